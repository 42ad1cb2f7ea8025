import { Binary, Decimal128, Double } from 'mongodb';
import { doc } from '../../../../../support/document-server/bson-values.ts';
import { type Fields, namedFrom, type Reference, type RegistryFormat, type StoryField } from './format.ts';

/** A value as JSON, with its schema, and as it has to be stored. */
interface JsonValue {
  readonly schema: Fields;
  /** Undefined: the property is missing. */
  readonly text: string | undefined;
  readonly value: unknown;
  readonly reference?: Reference;
}

const ORDER = 'https://shop.example/schemas/order.json';
const PART: Reference = { name: 'https://shop.example/schemas/part.json', subject: 'shop part/json' };

const ofConnect = (type: string, connectType: string, more: Fields = {}): Fields => ({
  type,
  'connect.type': connectType,
  ...more,
});
const logical = (type: string, connectType: string, name: string, more: Fields = {}): Fields =>
  ofConnect(type, connectType, { title: `org.apache.kafka.connect.data.${name}`, 'connect.version': 1, ...more });

const DAY_MS = 86_400_000;
const PLACE = { type: 'object', properties: { city: { type: 'string' } } };

/**
 * Each value was written and read by hand, and none by the sink: for the types of Kafka Connect
 * https://docs.confluent.io/platform/current/schema-registry/connect.html, for references
 * https://json-schema.org/understanding-json-schema/structuring. What is missing of the whole value is null, also where the
 * schema does not say that it may be (`use.optional.for.nonrequired` is off).
 */
const JSON_VALUES: readonly JsonValue[] = [
  { schema: { type: 'integer' }, text: '9007199254740993', value: 9_007_199_254_740_993n },
  { schema: ofConnect('integer', 'int8'), text: '-128', value: -128 },
  { schema: ofConnect('integer', 'int32'), text: '70000', value: 70_000 },
  { schema: { type: 'number' }, text: '5', value: new Double(5) },
  { schema: { type: 'number' }, text: '0.1', value: new Double(0.1) },
  { schema: { type: 'string' }, text: undefined, value: null },
  { schema: ofConnect('number', 'float32'), text: '1.5', value: new Double(1.5) },
  { schema: { type: 'boolean' }, text: 'true', value: true },
  { schema: { type: 'string' }, text: String.raw`"\u00e9\ud83d\ude00"`, value: 'é\u{1f600}' },
  { schema: ofConnect('string', 'bytes'), text: '"AP8="', value: new Binary(Buffer.from([0, 255])) },
  { schema: { type: 'string', enum: ['HEARTS', 'SPADES'] }, text: '"SPADES"', value: 'SPADES' },
  { schema: PLACE, text: undefined, value: null },
  { schema: { oneOf: [{ type: 'null' }, { type: 'string' }] }, text: '"here"', value: 'here' },
  { schema: { oneOf: [{ type: 'null' }, { type: 'integer' }] }, text: 'null', value: null },
  { schema: { type: 'integer', default: 5 }, text: undefined, value: 5n },
  { schema: { type: 'array', items: { type: 'integer' } }, text: '[1,2]', value: [1n, 2n] },
  {
    schema: ofConnect('object', 'map', { additionalProperties: { type: 'integer' } }),
    text: '{"a":9}',
    value: doc({ a: 9n }),
  },
  { schema: { $ref: '#/definitions/Place' }, text: '{"city":"Oslo"}', value: doc({ city: 'Oslo' }) },
  { schema: { $ref: '#named' }, text: '{"city":"Bern"}', value: doc({ city: 'Bern' }) },
  {
    schema: { $ref: 'part.json' },
    text: '{"name":"wheel","count":4}',
    value: doc({ name: 'wheel', count: 4n }),
    reference: PART,
  },
  { schema: logical('integer', 'int32', 'Date'), text: '-1', value: new Date(-DAY_MS) },
  { schema: logical('integer', 'int64', 'Timestamp'), text: '1700000000001', value: new Date(1_700_000_000_001) },
  {
    schema: logical('string', 'bytes', 'Decimal', { 'connect.parameters': { scale: '2' } }),
    text: '"MDk="',
    value: Decimal128.fromString('123.45'),
  },
];

const valuesFrom = (first: number | undefined) => (first === undefined ? [] : namedFrom(JSON_VALUES, first));

const TYPES: Readonly<Record<StoryField['type'], Fields>> = {
  int: ofConnect('integer', 'int32'),
  string: { type: 'string' },
};

/** https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/serdes-json.html */
export const JSON_SCHEMA: RegistryFormat = {
  type: 'JSON',
  typedCount: JSON_VALUES.length,
  typedFrom: valuesFrom,
  schemaText: (fields, first) =>
    JSON.stringify({
      $id: ORDER,
      type: 'object',
      definitions: { Place: PLACE, Named: { ...PLACE, $id: '#named' } },
      properties: Object.fromEntries([
        ...fields.map(({ name, type, isNullable }) => [
          name,
          isNullable && type === 'string' ? { oneOf: [{ type: 'null' }, TYPES[type]] } : TYPES[type],
        ]),
        ...valuesFrom(first).map(({ name, schema }) => [name, schema]),
      ]),
    }),
  /** A property without a value is missing. */
  contentOf: (fields, values, first) =>
    Buffer.from(
      `{${[
        ...fields.flatMap(({ name }) => {
          const value = values[name] ?? null;
          return value === null ? [] : [`${JSON.stringify(name)}:${JSON.stringify(value)}`];
        }),
        ...valuesFrom(first).flatMap(({ name, text }) => (text === undefined ? [] : [`"${name}":${text}`])),
      ].join()}}`,
    ),
  ofText: { schemaText: '{"type":"string"}', contentOf: (text) => Buffer.from(JSON.stringify(text)) },
  subjectText: () =>
    JSON.stringify({ type: 'object', properties: { name: { type: 'string' }, count: { type: 'integer' } } }),
};
