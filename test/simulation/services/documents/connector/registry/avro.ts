import { avroLong, avroText } from '../../../../../support/avro-bytes.ts';
import { AVRO_VALUES, type AvroValue } from './avro-values.ts';
import { namedFrom, type RegistryFormat, type StoryField } from './format.ts';

/** https://avro.apache.org/docs/1.12.0/specification/ */
function formatOf(values: readonly AvroValue[]): RegistryFormat {
  const valuesFrom = (first: number | undefined) => (first === undefined ? [] : namedFrom(values, first));
  return {
    type: 'AVRO',
    typedCount: values.length,
    typedFrom: valuesFrom,
    schemaText: (fields, first) =>
      JSON.stringify({
        type: 'record',
        name: 'Order',
        namespace: 'shop',
        fields: [
          ...fields.map(({ name, type, isNullable }) => ({ name, type: isNullable ? ['null', type] : type })),
          ...valuesFrom(first).map(({ name, schema }) => ({ name, type: schema })),
        ],
      }),
    contentOf: (fields, given, first) =>
      Buffer.concat([
        ...fields.map((field) => written(field, given[field.name] ?? null)),
        ...valuesFrom(first).map(({ bytes }) => bytes),
      ]),
    ofText: { schemaText: '"string"', contentOf: avroText },
    subjectText: () =>
      JSON.stringify({
        type: 'record',
        name: 'Part',
        namespace: 'shop',
        fields: [
          { name: 'name', type: 'string' },
          { name: 'count', type: 'long' },
        ],
      }),
  };
}

export const AVRO = formatOf(AVRO_VALUES);

/** Glue has no references between schemas. */
export const GLUE_AVRO = formatOf(AVRO_VALUES.filter(({ reference }) => reference === undefined));

function written({ type, isNullable }: StoryField, value: unknown): Buffer {
  if (isNullable && value === null) return avroLong(0);
  const plain = type === 'int' ? avroLong(Number(value)) : avroText(String(value));
  return isNullable ? Buffer.concat([avroLong(1), plain]) : plain;
}
