import { anyText } from '../../../file/forms.ts';
import { PropertyError } from '../../../property-error.ts';
import type { ConnectRecord, Side, Transform } from '../../connect-record.ts';
import { type ConnectValue, int32 } from '../../data/connect-value.ts';
import { copyWith } from '../../data/hash-map.ts';
import { dateAt } from '../../data/json-value.ts';
import { basicsOf, logical, primitive, type Schema, structSchema } from '../../data/schema.ts';
import { Struct } from '../../data/struct.ts';
import type { SchemaAndValue } from '../../data/to-document.ts';
import { reader, requireMap, requireStruct } from '../../fields.ts';
import { bothSides, REPLACE_NULLS, replaceNulls } from '../../transform-class.ts';
import { optional, type TransformSettings } from '../../transform-settings.ts';

const PURPOSE = 'field insertion';

/** A field to insert, and its value in a record. Undefined if the record has no such value. */
interface Insertion {
  readonly name: string;
  readonly schema: Schema;
  readonly valueIn: (record: ConnectRecord) => ConnectValue | undefined;
  /** The value for data without a schema, if it differs. */
  readonly schemalessOf?: (record: ConnectRecord) => ConnectValue | undefined;
}

/** Inserts the record's position, its timestamp, or a constant text. */
function insertField(side: Side, settings: TransformSettings): Transform {
  const insertions = insertionsOf(settings);
  if (insertions.length === 0) {
    throw new PropertyError(
      `${settings.prefix}type`,
      'InsertField',
      'inserts nothing: set one of topic.field, partition.field, offset.field, timestamp.field and static.field',
    );
  }
  const insert = inserter(insertions, settings.flag(REPLACE_NULLS));
  return (record) => {
    const data = record[side]();
    if (data.value === null) return record;
    const inserted = insert(data, record);
    return { ...record, [side]: () => inserted };
  };
}

function inserter(insertions: readonly Insertion[], replacesNulls: boolean) {
  const read = reader(replacesNulls);
  return ({ schema, value }: SchemaAndValue, record: ConnectRecord): SchemaAndValue => {
    if (schema === undefined) {
      const puts = insertions.map(({ name, valueIn, schemalessOf = valueIn }) => [name, schemalessOf(record)] as const);
      return { schema, value: copyWith(requireMap(value, PURPOSE), new Map(puts.filter(isPresent))) };
    }
    const struct = requireStruct(value, PURPOSE);
    const updated = structSchema([...struct.schema.fields, ...insertions], basicsOf(struct.schema));
    const inserted = new Map(insertions.map(({ name, valueIn }) => [name, valueIn]));
    const valueOfField = (name: string) => {
      const valueIn = inserted.get(name);
      return valueIn === undefined ? read(struct, name) : valueIn(record);
    };
    return { schema: updated, value: Struct.of(updated, valueOfField) };
  };
}

const isPresent = (put: readonly [string, ConnectValue | undefined]): put is readonly [string, ConnectValue] =>
  put[1] !== undefined;

/** `name?` and `name` are optional fields, `name!` is a required one. */
const nameIn = (spec: string): string => spec.replace(/[?!]$/, '');

function insertionsOf(settings: TransformSettings): readonly Insertion[] {
  const insertion = (
    property: string,
    schemaOf: (isOptional: boolean) => Schema,
    rest: Omit<Insertion, 'name' | 'schema'>,
  ) => {
    const spec = settings.optional(property);
    if (spec === undefined) return [];
    return [{ name: nameIn(spec), schema: schemaOf(!spec.endsWith('!')), ...rest }];
  };
  const timeOf = ({ timestampMs }: ConnectRecord) => timestampMs;
  return [
    ...insertion('topic.field', (isOptional) => primitive('string', isOptional), { valueIn: ({ topic }) => topic }),
    ...insertion('partition.field', (isOptional) => primitive('int32', isOptional), {
      valueIn: ({ partition }) => int32(partition),
    }),
    ...insertion('offset.field', (isOptional) => primitive('int64', isOptional), {
      valueIn: ({ offset }) => BigInt(offset),
    }),
    ...insertion('timestamp.field', (isOptional) => logical('Timestamp', isOptional), {
      valueIn: (record) => optionalMap(timeOf(record), (ms) => dateAt(BigInt(ms))),
      schemalessOf: (record) => optionalMap(timeOf(record), BigInt),
    }),
    ...insertion('static.field', (isOptional) => primitive('string', isOptional), staticValue(settings)),
  ];
}

const optionalMap = <T>(value: number | undefined, change: (value: number) => T): T | undefined =>
  value === undefined ? undefined : change(value);

function staticValue(settings: TransformSettings): Pick<Insertion, 'valueIn'> {
  const value = settings.optional('static.value');
  if (value === undefined && settings.optional('static.field') !== undefined) {
    throw new PropertyError(`${settings.prefix}static.value`, '', 'is missing: static.field says where it goes');
  }
  return { valueIn: () => value };
}

/** Inserts one optional constant text into a struct. */
export function staticInserter(name: string, text: string, replacesNulls: boolean) {
  const read = reader(replacesNulls);
  return ({ value }: SchemaAndValue): SchemaAndValue => {
    const struct = requireStruct(value, PURPOSE);
    const fields = [...struct.schema.fields, { name, schema: primitive('string', true) }];
    const schema = structSchema(fields, basicsOf(struct.schema));
    return { schema, value: Struct.of(schema, (field) => (field === name ? text : read(struct, field))) };
  };
}

export const INSERT_FIELD = bothSides(
  'InsertField',
  [
    ...['topic.field', 'partition.field', 'offset.field', 'timestamp.field', 'static.field', 'static.value'].map(
      (name) => optional(name, anyText),
    ),
    replaceNulls,
  ],
  insertField,
);
