import { Binary, Decimal128, Double } from 'mongodb';
import { doc } from '../../../../support/document-server/bson-values.ts';

/** A value as JsonConverter with schemas is given it, and as it has to be stored. */
export interface SchemaValue {
  /** Of a field. https://kafka.apache.org/documentation/#connect_schemas */
  readonly schema: Readonly<Record<string, unknown>>;
  /** Undefined: the field is missing. */
  readonly text: string | undefined;
  readonly value: unknown;
}

const optional = (type: string, more: object = {}) => ({ type, optional: true, ...more });
const required = (type: string, more: object = {}) => ({ type, optional: false, ...more });
const logical = (type: string, name: string, parameters?: object) =>
  optional(type, { name: `org.apache.kafka.connect.data.${name}`, version: 1, ...(parameters && { parameters }) });

const DAY_MS = 86_400_000;

/**
 * Each value was read by hand from the documentation, and none by the sink: for the JSON
 * https://kafka.apache.org/41/javadoc/org/apache/kafka/connect/data/package-summary.html, for the BSON
 * https://www.mongodb.com/docs/kafka-connector/current/introduction/converters/.
 */
const SCHEMA_VALUES: readonly SchemaValue[] = [
  { schema: required('int8'), text: '-128', value: -128 },
  { schema: required('int16'), text: '32767', value: 32_767 },
  { schema: required('int32'), text: '-2147483648', value: -2_147_483_648 },
  { schema: required('int64'), text: '9007199254740993', value: 9_007_199_254_740_993n },
  { schema: required('int64'), text: '7', value: 7n },
  // The nearest number of 32 bits.
  { schema: required('float'), text: '0.1', value: new Double(0.100_000_001_490_116_12) },
  { schema: required('double'), text: '0.1', value: new Double(0.1) },
  { schema: required('double'), text: '5', value: new Double(5) },
  { schema: required('boolean'), text: 'true', value: true },
  { schema: required('string'), text: String.raw`"\u00e9\ud83d\ude00"`, value: 'é\u{1f600}' },
  { schema: required('bytes'), text: '"AP8="', value: new Binary(Buffer.from([0, 255])) },
  { schema: optional('string'), text: 'null', value: null },
  { schema: optional('string'), text: undefined, value: null },
  { schema: required('string', { default: 'by default' }), text: undefined, value: 'by default' },
  { schema: optional('int32', { default: 7 }), text: 'null', value: 7 },
  { schema: optional('int64', { default: 8 }), text: undefined, value: 8n },
  { schema: required('array', { items: required('int64') }), text: '[1,2]', value: [1n, 2n] },
  {
    schema: required('map', { keys: required('string'), values: required('double') }),
    text: '{"a":1}',
    value: doc({ a: new Double(1) }),
  },
  {
    schema: required('struct', {
      fields: [
        { field: 'a', ...required('int64') },
        { field: 'b', ...optional('string') },
      ],
    }),
    text: '{"a":1}',
    value: doc({ a: 1n, b: null }),
  },
  { schema: logical('int32', 'Date'), text: '19000', value: new Date(19_000 * DAY_MS) },
  { schema: logical('int32', 'Date'), text: '-1', value: new Date(-DAY_MS) },
  { schema: logical('int32', 'Time'), text: '3600000', value: new Date(3_600_000) },
  { schema: logical('int64', 'Timestamp'), text: '1700000000001', value: new Date(1_700_000_000_001) },
  { schema: logical('bytes', 'Decimal', { scale: '2' }), text: '"MDk="', value: Decimal128.fromString('123.45') },
  { schema: logical('bytes', 'Decimal', { scale: '0' }), text: '"/w=="', value: Decimal128.fromString('-1') },
];

export const SCHEMA_VALUES_COUNT = SCHEMA_VALUES.length;
const IN_ONE_RECORD = 5;

/** Some of them by the names of their fields, from the given one on. */
export const schemaValuesFrom = (first: number): readonly (SchemaValue & { readonly name: string })[] =>
  Array.from({ length: IN_ONE_RECORD }, (_, index) => (first + index) % SCHEMA_VALUES_COUNT).map((index) => ({
    ...(SCHEMA_VALUES[index] as SchemaValue),
    name: `typed${index}`,
  }));
