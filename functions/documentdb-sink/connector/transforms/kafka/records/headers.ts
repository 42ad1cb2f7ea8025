import { anyText, exactly } from '../../../file/forms.ts';
import { PropertyError } from '../../../property-error.ts';
import type { ConnectHeader, Side, Transform } from '../../connect-record.ts';
import type { ConnectMap, ConnectValue } from '../../data/connect-value.ts';
import { hashMap, tableForCopy, textKeys } from '../../data/hash-map.ts';
import { basicsOf, fieldOf, type Schema, structSchema } from '../../data/schema.ts';
import { Struct } from '../../data/struct.ts';
import type { SchemaAndValue } from '../../data/to-document.ts';
import { TransformError } from '../../data/transform-error.ts';
import { reader, requireMap, requireStruct } from '../../fields.ts';
import {
  bothSides,
  type Classes,
  KAFKA_PACKAGE,
  REPLACE_NULLS,
  replaceNulls,
  someNames,
} from '../../transform-class.ts';
import { required, type TransformSettings } from '../../transform-settings.ts';

const PURPOSE = 'fields as headers';

function dropHeaders(settings: TransformSettings): Transform {
  const dropped = new Set(settings.list('headers'));
  return (record) => ({ ...record, headers: record.headers.filter(({ name }) => !dropped.has(name)) });
}

/** The header is always a string, because no transform here reads the type that Java would give it. */
function insertHeader(settings: TransformSettings): Transform {
  const header = { name: settings.text('header'), schema: undefined, value: settings.text('value.literal') };
  return (record) => ({ ...record, headers: [...record.headers, header] });
}

interface HeaderFields {
  readonly fields: readonly string[];
  readonly headers: readonly string[];
  readonly moves: boolean;
  readonly read: (struct: Struct, name: string) => ConnectValue;
}

/** Copies or moves fields of the key or the value to headers. */
function headerFrom(side: Side, settings: TransformSettings): Transform {
  const [fields, headers] = [settings.list('fields'), settings.list('headers')];
  if (fields.length !== headers.length) {
    throw new PropertyError(`${settings.prefix}headers`, headers.join(','), 'must have as many names as `fields`');
  }
  const moves = settings.text('operation') === 'move';
  const take = taker({ fields, headers, moves, read: reader(settings.flag(REPLACE_NULLS)) });
  return (record) => {
    const { left, taken } = take(record[side]());
    return { ...record, [side]: () => left, headers: [...record.headers, ...taken] };
  };
}

interface Taken {
  readonly left: SchemaAndValue;
  readonly taken: readonly ConnectHeader[];
}

function taker(settings: HeaderFields): (data: SchemaAndValue) => Taken {
  return ({ schema, value }) =>
    schema === undefined
      ? takenOfMap(requireMap(value, PURPOSE), settings)
      : takenOfStruct(requireStruct(value, PURPOSE), schema, settings);
}

function takenOfMap(map: ConnectMap, { fields, headers, moves }: HeaderFields): Taken {
  const entries = [...textKeys(map)].filter(([name]) => !(moves && fields.includes(name)));
  return {
    // The table keeps the size that all entries need.
    left: { schema: undefined, value: hashMap(new Map(entries), tableForCopy(map.size)) },
    taken: fields.map((field, index) => ({
      name: headers[index] ?? '',
      schema: undefined,
      value: map.get(field) ?? null,
    })),
  };
}

function takenOfStruct(struct: Struct, schema: Schema, { fields, headers, moves, read }: HeaderFields): Taken {
  const taken = fields.map((field, index) => {
    const fieldSchema = fieldOf(schema, field)?.schema;
    if (fieldSchema === undefined) throw new TransformError(`the record has no field ${field}`);
    const value = read(struct, field);
    if (value === null && !fieldSchema.isOptional)
      throw new TransformError('a required field is null and cannot become a header');
    return { name: headers[index] ?? '', schema: fieldSchema, value };
  });
  if (!moves) return { left: { schema, value: struct }, taken };
  const left = structSchema(
    struct.schema.fields.filter(({ name }) => !fields.includes(name)),
    basicsOf(schema),
  );
  return { left: { schema: left, value: Struct.of(left, (name) => read(struct, name)) }, taken };
}

export const HEADERS: Classes = [
  [`${KAFKA_PACKAGE}DropHeaders`, { properties: [required('headers', someNames)], create: dropHeaders }],
  [
    `${KAFKA_PACKAGE}InsertHeader`,
    { properties: [required('header', anyText), required('value.literal', anyText)], create: insertHeader },
  ],
  ...bothSides(
    'HeaderFrom',
    [
      required('fields', someNames),
      required('headers', someNames),
      required('operation', exactly('move', 'copy')),
      replaceNulls,
    ],
    headerFrom,
  ),
];
