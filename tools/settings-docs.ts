import { isDeepStrictEqual } from 'node:util';
import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { stageFile } from '../infra/stage-file/stage-file.ts';

/** config/schema.json: what an editor checks a stage file against. */
export function settingsJsonSchema(): string {
  const schema = toJsonSchema(stageFile, {
    typeMode: 'output',
    errorMode: 'ignore', // checks that only code can do run before packaging
    ignoreActions: ['metadata'],
  });
  return `${JSON.stringify(forEditors(schema), null, 2)}\n`;
}

const NOTHING = { not: {} };

type JsonSchema = Record<string, unknown>;

/** A setting with a default may be left out, whatever comes of it after parsing; an unknown name is `false`, not a riddle. */
function forEditors(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(forEditors);
  if (typeof node !== 'object' || node === null) return node;
  const schema = Object.fromEntries(
    Object.entries(node).map(([name, value]) => [name, forEditors(value)]),
  ) as JsonSchema;
  const properties = schema['properties'] as Record<string, JsonSchema> | undefined;
  if (properties === undefined || !Array.isArray(schema['required'])) return schema;
  return {
    ...schema,
    required: schema['required'].filter((name: string) => !('default' in (properties[name] ?? {}))),
    ...(isDeepStrictEqual(schema['additionalProperties'], NOTHING) && { additionalProperties: false }),
  };
}

/** docs/settings.md: every setting of a stage file. */
export function settingsTable(): string {
  const sections = sectionsOf(stageFile as unknown as Schema);
  return `${[HEAD, ...sections.map(({ title, rows }) => `## ${title}\n\n${TABLE_HEAD}\n${rows.join('\n')}`)].join('\n\n')}\n`;
}

const HEAD = `# Settings

All settings of \`config/<stage>.yml\`, made from their declarations in the code by \`npm run generate\`. A setting without a
default must be written unless it says optional. The functions get theirs as environment variables, which are derived.`;

const TABLE_HEAD = '| setting | form | default | what it does |\n|---|---|---|---|';

type Schema = v.GenericSchema & {
  readonly entries?: Readonly<Record<string, Schema>>;
  readonly wrapped?: Schema;
  readonly default?: unknown;
  readonly options?: readonly (string | number)[];
  readonly item?: Schema;
  readonly pipe?: readonly {
    readonly type: string;
    readonly requirement?: unknown;
    readonly metadata?: { readonly unit?: string; readonly form?: string };
  }[];
};

function sectionsOf(root: Schema, path: readonly string[] = []): readonly Section[] {
  const entries = Object.entries(entriesOf(root) ?? {});
  const isSection = ([, schema]: readonly [string, Schema]) => path.length === 0 && entriesOf(schema) !== undefined;
  const title = path.length === 0 ? 'Top level' : `\`${path.join('.')}\``;
  const rows = entries.filter((entry) => !isSection(entry)).map(([name, schema]) => rowOf(name, schema));
  return [
    { title, rows },
    ...entries.filter(isSection).flatMap(([name, schema]) => sectionsOf(schema, [...path, name])),
  ];
}

interface Section {
  readonly title: string;
  readonly rows: readonly string[];
}

/** Of a section, be it optional or not. */
function entriesOf(schema: Schema): Readonly<Record<string, Schema>> | undefined {
  const { wrapped, pipe } = schema;
  return schema.entries ?? (wrapped && entriesOf(wrapped)) ?? (pipe?.[0] as Schema | undefined)?.entries;
}

function rowOf(name: string, schema: Schema): string {
  const inner = schema.wrapped ?? schema;
  const fallback = schema.type === 'optional' ? defaultOf(schema.default) : '';
  return `| \`${name}\` | ${formOf(inner)} | ${fallback} | ${v.getDescription(inner) ?? ''} |`;
}

const defaultOf = (value: unknown): string => {
  if (value === undefined) return 'optional';
  return Array.isArray(value) ? value.map((each) => `\`${each}\``).join(', ') : `\`${value}\``;
};

function formOf(schema: Schema): string {
  const action = (type: string) => schema.pipe?.find((each) => each.type === type);
  const { form } = action('metadata')?.metadata ?? {};
  if (form) return form;
  const first = (schema.pipe?.find((each) => each.type === 'picklist') ?? schema) as Schema;
  if (first.options) return first.options.map((option) => `\`${option}\``).join(', ');
  const unit = action('metadata')?.metadata?.unit;
  if (unit) return `${unit}, ${action('min_value')?.requirement} to ${action('max_value')?.requirement}`;
  return action('array') || (schema.pipe?.[0] as Schema | undefined)?.type === 'array' ? 'list' : 'text';
}
