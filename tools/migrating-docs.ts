import { PROPERTY_GROUPS } from '../functions/documentdb-sink/connector/file/properties-table.ts';
import type { Property, PropertySupport } from '../functions/documentdb-sink/connector/file/property.ts';
import { anchorOf, REFUSALS } from '../test/vectors/mongo-sink/refusals.ts';

/** docs/migrating.md with regenerated tables. The text between the tables is written by hand. */
export function migratingDocs(current: string): string {
  return Object.entries(TABLES).reduce((text, [name, table]) => withRegion(text, name, table()), current);
}

const TABLES: Readonly<Record<string, () => string>> = {
  properties: () =>
    PROPERTY_GROUPS.map(({ title, properties }) => `### ${title}\n\n${propertyTable(properties)}`).join('\n\n'),
  refusals: () => refusalTable(),
};

const beginOf = (name: string): string => `<!-- begin ${name}: made by npm run generate -->`;
const endOf = (name: string): string => `<!-- end ${name} -->`;

function withRegion(text: string, name: string, content: string): string {
  const [begin, end] = [text.indexOf(beginOf(name)), text.indexOf(endOf(name))];
  if (begin === -1 || end < begin)
    throw new Error(`docs/migrating.md lacks the markers of the table ${name}: ${beginOf(name)} .. ${endOf(name)}`);
  return `${text.slice(0, begin)}${beginOf(name)}\n\n${content}\n\n${text.slice(end)}`;
}

const propertyTable = (properties: readonly Property[]): string =>
  ['| property | form | default | here | what it does |', '|---|---|---|---|---|', ...properties.map(rowOf)].join('\n');

const rowOf = ({ name, family, form, default: fallback, support, perTopic, description }: Property): string =>
  `| \`${name}${family ? '*' : ''}\` | ${cell(form.text)} | ${defaultOf(fallback)} | ${cell(hereOf(support))}${perTopic ? ', per topic' : ''} | ${cell(description)} |`;

const defaultOf = (fallback: string | null): string => {
  if (fallback === null) return 'must be written';
  return fallback === '' ? '' : cell(`\`${shortened(fallback)}\``);
};

/** A class name without its package, which would make the column too wide. */
const shortened = (value: string): string => value.replace(/^(?:com|org)\.[\w.]+\.(\w+)$/, '$1');

function hereOf(support: PropertySupport): string {
  switch (support.kind) {
    case 'implemented':
      return 'implemented';
    case 'meaningless':
      return `no meaning: ${support.reason}`;
    case 'refused':
      return `refused: ${support.reason}; ${support.remedy}`;
  }
}

const refusalTable = (): string =>
  [
    '| name | the connector | here |',
    '|---|---|---|',
    ...REFUSALS.map(({ id, connector, here }) => `| ${anchorOf(id)} | ${cell(connector)} | ${cell(here)} |`),
  ].join('\n');

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
