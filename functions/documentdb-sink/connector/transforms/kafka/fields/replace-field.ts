import type { Form } from '../../../file/property.ts';
import { onSide, type Side, type Transform } from '../../connect-record.ts';
import type { ConnectMap, ConnectValue } from '../../data/connect-value.ts';
import { hashMap, tableFor, textKeys } from '../../data/hash-map.ts';
import { basicsOf, structSchema } from '../../data/schema.ts';
import { Struct } from '../../data/struct.ts';
import type { SchemaAndValue } from '../../data/to-document.ts';
import { reader, requireMap, requireStruct } from '../../fields.ts';
import { bothSides, names, REPLACE_NULLS, replaceNulls } from '../../transform-class.ts';
import { listOf, optional, type TransformSettings } from '../../transform-settings.ts';

const PURPOSE = 'field replacement';

export interface FieldReplacement {
  readonly exclude: ReadonlySet<string>;
  /** Empty means all fields. */
  readonly include: ReadonlySet<string>;
  /** Maps old names to new names. */
  readonly renames: ReadonlyMap<string, string>;
  readonly replacesNulls: boolean;
}

/** Drops, keeps and renames fields. */
const replaceField = (side: Side, settings: TransformSettings): Transform =>
  onSide(
    side,
    fieldReplacer({
      exclude: new Set(settings.list('exclude')),
      include: new Set(settings.list('include')),
      renames: renamesOf(settings.list('renames')),
      replacesNulls: settings.flag(REPLACE_NULLS),
    }),
  );

export function fieldReplacer({ exclude, include, renames, replacesNulls }: FieldReplacement) {
  const isKept = (name: string) => !exclude.has(name) && (include.size === 0 || include.has(name));
  const renamed = (name: string) => renames.get(name) ?? name;
  const original = new Map([...renames].map(([from, to]) => [to, from]));
  const read = reader(replacesNulls);
  return (data: SchemaAndValue): SchemaAndValue => {
    const { schema, value } = data;
    if (value === null) return data;
    if (schema === undefined) return { schema, value: replaced(requireMap(value, PURPOSE), isKept, renamed) };
    const struct = requireStruct(value, PURPOSE);
    const updated = structSchema(
      struct.schema.fields
        .filter(({ name }) => isKept(name))
        .map((field) => ({ name: renamed(field.name), schema: field.schema })),
      basicsOf(struct.schema),
    );
    return { schema: updated, value: Struct.of(updated, (name) => read(struct, original.get(name) ?? name)) };
  };
}

function replaced(map: ConnectMap, isKept: (name: string) => boolean, renamed: (name: string) => string): ConnectMap {
  const kept = [...textKeys(map)].filter(([name]) => isKept(name));
  const entries = kept.map(([name, value]): [string, ConnectValue] => [renamed(name), value]);
  return hashMap(new Map(entries), tableFor(map.size));
}

const RENAME = /^([^:]*):([^:]+):*$/;

const renamesOf = (mappings: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    mappings.map((mapping): [string, string] => {
      const [, from = '', to = ''] = RENAME.exec(mapping) ?? [];
      return [from, to];
    }),
  );

const renames: Form = {
  text: 'pairs `old:new`, separated by commas',
  accepts: (value) => listOf(value).every((mapping) => RENAME.test(mapping)),
};

export const REPLACE_FIELD = bothSides(
  'ReplaceField',
  [
    { ...optional('exclude', names, ''), deprecated: 'blacklist' },
    { ...optional('include', names, ''), deprecated: 'whitelist' },
    optional('renames', renames, ''),
    replaceNulls,
  ],
  replaceField,
);
