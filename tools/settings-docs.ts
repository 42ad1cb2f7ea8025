import { isDeepStrictEqual } from 'node:util';
import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { stageFile } from '../infra/stage-file/stage-file.ts';

/** config/schema.json: the schema with which an editor validates a stage file. */
export function settingsJsonSchema(): string {
  const schema = toJsonSchema(stageFile, {
    typeMode: 'output',
    errorMode: 'ignore', // packaging runs the checks that a schema cannot express
    ignoreActions: ['metadata'],
    // The only schema of this type takes every object.
    overrideSchema: ({ valibotSchema }) => (valibotSchema.type === 'custom' ? { type: 'object' } : undefined),
  });
  return `${JSON.stringify(forEditors(schema), null, 2)}\n`;
}

const NOTHING = { not: {} };

type JsonSchema = Record<string, unknown>;

/** Makes settings with a default optional, and writes unknown names as `additionalProperties: false`. */
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

/** docs/settings.md: a table of every setting of a stage file. */
export function settingsTable(): string {
  const sections = sectionsOf(stageFile as unknown as Schema);
  return `${[HEAD, ...sections.map(({ title, rows }) => `## ${title}\n\n${TABLE_HEAD}\n${rows.join('\n')}`)].join('\n\n')}\n`;
}

const HEAD = `# Settings

All settings of \`config/<stage>.yml\`, generated from their declarations by \`npm run generate\`. A setting without a default is
required unless it is marked optional. Packaging passes the settings to the functions as environment variables.`;

const TABLE_HEAD = '| setting | form | default | description |\n|---|---|---|---|';

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

/** The entries of a section, optional or not. */
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
