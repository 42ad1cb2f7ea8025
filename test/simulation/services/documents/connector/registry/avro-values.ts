import { Binary, Decimal128, Double } from 'mongodb';
import { avroLong, avroText } from '../../../../../support/avro-bytes.ts';
import { doc } from '../../../../../support/document-server/bson-values.ts';
import type { Reference } from './format.ts';

/** A value as Avro writes it, and as it has to be stored. */
export interface AvroValue {
  /** https://avro.apache.org/docs/1.12.0/specification/#schema-declaration */
  readonly schema: unknown;
  readonly bytes: Buffer;
  readonly value: unknown;
  /** Where the schema is another one's. */
  readonly reference?: Reference;
}

const ofBytes = (...bytes: readonly number[]): Buffer => Buffer.from(bytes);
const END_OF_BLOCKS = ofBytes(0);
const record = (name: string, fields: readonly object[]) => ({ type: 'record', name, fields });
const logical = (type: string, logicalType: string, more: object = {}) => ({ type, logicalType, ...more });

const DAY_MS = 86_400_000;

/**
 * Each value was written and read by hand, and none by the sink: for the bytes
 * https://avro.apache.org/docs/1.12.0/specification/#binary-encoding, for the types of Kafka Connect
 * https://docs.confluent.io/platform/current/schema-registry/connect.html, for the BSON
 * https://www.mongodb.com/docs/kafka-connector/current/introduction/converters/.
 */
export const AVRO_VALUES: readonly AvroValue[] = [
  { schema: 'int', bytes: avroLong(-2_147_483_648), value: -2_147_483_648 },
  { schema: 'long', bytes: avroLong(9_007_199_254_740_993n), value: 9_007_199_254_740_993n },
  { schema: 'long', bytes: avroLong(-1), value: -1n },
  // The nearest number of 32 bits to 0.1, and 0.1 itself, the lowest byte first.
  { schema: 'float', bytes: ofBytes(0xcd, 0xcc, 0xcc, 0x3d), value: new Double(0.100_000_001_490_116_12) },
  {
    schema: 'double',
    bytes: ofBytes(0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f),
    value: new Double(0.1),
  },
  { schema: 'boolean', bytes: ofBytes(1), value: true },
  { schema: 'string', bytes: avroText('é\u{1f600}'), value: 'é\u{1f600}' },
  { schema: 'bytes', bytes: ofBytes(4, 0, 255), value: new Binary(ofBytes(0, 255)) },
  { schema: { type: 'fixed', name: 'Two', size: 2 }, bytes: ofBytes(7, 8), value: new Binary(ofBytes(7, 8)) },
  { schema: { type: 'enum', name: 'Suit', symbols: ['HEARTS', 'SPADES'] }, bytes: avroLong(1), value: 'SPADES' },
  { schema: ['null', 'long'], bytes: avroLong(0), value: null },
  { schema: ['null', 'long'], bytes: Buffer.concat([avroLong(1), avroLong(7)]), value: 7n },
  { schema: ['string', 'null'], bytes: Buffer.concat([avroLong(0), avroText('here')]), value: 'here' },
  // A union of two types is a struct with a field for each.
  {
    schema: ['null', 'string', 'int'],
    bytes: Buffer.concat([avroLong(2), avroLong(5)]),
    value: doc({ string: null, int: 5 }),
  },
  {
    schema: { type: 'array', items: 'long' },
    bytes: Buffer.concat([avroLong(2), avroLong(1), avroLong(2), END_OF_BLOCKS]),
    value: [1n, 2n],
  },
  // A block with a negative count says how many bytes it has.
  {
    schema: { type: 'array', items: 'int' },
    bytes: Buffer.concat([avroLong(-1), avroLong(1), avroLong(3), avroLong(1), avroLong(4), END_OF_BLOCKS]),
    value: [3, 4],
  },
  {
    schema: { type: 'map', values: 'int' },
    bytes: Buffer.concat([avroLong(1), avroText('a'), avroLong(9), END_OF_BLOCKS]),
    value: doc({ a: 9 }),
  },
  {
    schema: record('Inner', [
      { name: 'a', type: 'long' },
      { name: 'b', type: ['null', 'string'] },
    ]),
    bytes: Buffer.concat([avroLong(1), avroLong(0)]),
    value: doc({ a: 1n, b: null }),
  },
  { schema: logical('int', 'date'), bytes: avroLong(-1), value: new Date(-DAY_MS) },
  { schema: logical('int', 'time-millis'), bytes: avroLong(3_600_000), value: new Date(3_600_000) },
  {
    schema: logical('long', 'timestamp-millis'),
    bytes: avroLong(1_700_000_000_001),
    value: new Date(1_700_000_000_001),
  },
  {
    schema: logical('bytes', 'decimal', { precision: 9, scale: 2 }),
    bytes: ofBytes(4, 0x30, 0x39),
    value: Decimal128.fromString('123.45'),
  },
  {
    schema: 'shop.Part',
    bytes: Buffer.concat([avroText('wheel'), avroLong(4)]),
    value: doc({ name: 'wheel', count: 4n }),
    reference: { name: 'shop.Part', subject: 'shop part/avro' },
  },
];
