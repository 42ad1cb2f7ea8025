import { parseAvro } from '../../functions/documentdb-sink/connector/registry/avro/avro-type.ts';
import { compileAvro } from '../../functions/documentdb-sink/connector/registry/avro/compile-avro.ts';
import { bsonOf } from '../../functions/documentdb-sink/connector/transforms/data/to-document.ts';

/** Of Confluent's converter, as it is where no property says otherwise. */
export const OPTIONS = {
  enhanced: false,
  metaData: true,
  flattenSingletonUnions: true,
  namespace: 'io.confluent.connect.avro',
  keepsTopUnion: false,
};

/** Reads the parts as a value of the schema. */
export function readAvro(
  schema: unknown,
  parts: readonly Buffer[] = [],
  references: readonly unknown[] = [],
  options = OPTIONS,
) {
  const type = parseAvro(
    JSON.stringify(schema),
    references.map((each) => JSON.stringify(each)),
  );
  return compileAvro(type, options)(Buffer.concat(parts));
}

export const record = (fields: Readonly<Record<string, unknown>>, name = 'R') => ({
  type: 'record',
  name,
  fields: Object.entries(fields).map(([each, type]) => ({ name: each, type })),
});

/** The same as BSON. */
export function bsonOfAvro(schema: unknown, parts: readonly Buffer[]): unknown {
  const read = readAvro(schema, parts);
  return bsonOf(read.value, read.schema);
}

/** The BSON of a record's only field. */
export const fieldOf = (type: unknown, ...parts: readonly Buffer[]): unknown =>
  (bsonOfAvro(record({ f: type }), parts) as Map<string, unknown>).get('f');

/** Connect's pair of a map whose keys need not be texts, or a record like that. */
export function mapEntry(...names: readonly string[]) {
  const types: Readonly<Record<string, string>> = { key: 'string', value: 'int', third: 'int' };
  const fields = names.map((name) => [name, types[name]]);
  return { ...record(Object.fromEntries(fields), 'Pair'), 'connect.internal.type': 'MapEntry' };
}
