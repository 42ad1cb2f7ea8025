import { Binary, BSONRegExp, Decimal128, Double, Long, MinKey, ObjectId, Timestamp } from 'mongodb';
import { doc } from '../../support/document-server/bson-values.ts';

/** A value as a producer writes it, and as it has to be stored. */
export interface WideValue {
  readonly text: string;
  readonly value: unknown;
}

/** No limit of the sink's code is near: whatever cuts a text cuts this one. */
const LONG_TEXT = 'é\u{1f600}"\\ '.repeat(150);

/**
 * Each value was read by hand from the specification, and none by the sink.
 * https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/ , and for numbers docs/documentdb.md: a whole number is
 * an int32 if it fits, else an int64; one with a fraction or an exponent is a double.
 */
const WIDE_VALUES: readonly WideValue[] = [
  { text: '2147483647', value: 2_147_483_647 },
  { text: '-2147483649', value: Long.fromBigInt(-2_147_483_649n) },
  { text: '999999999999999', value: 999_999_999_999_999n },
  { text: '9007199254740993', value: 9_007_199_254_740_993n },
  { text: '-9223372036854775808', value: -(2n ** 63n) },
  { text: '5.0', value: new Double(5) },
  { text: '1e3', value: new Double(1_000) },
  { text: '-0.0', value: new Double(-0) },
  { text: '-0', value: 0 },
  { text: '0.1', value: 0.1 },
  { text: '{"$numberInt":"-7"}', value: -7 },
  { text: '{"$numberLong":"9223372036854775807"}', value: 9_223_372_036_854_775_807n },
  { text: '{"$numberLong":"7"}', value: 7n },
  { text: '{"$numberDouble":"-Infinity"}', value: Number.NEGATIVE_INFINITY },
  { text: '{"$numberDouble":"NaN"}', value: Number.NaN },
  { text: '{"$numberDecimal":"1.10"}', value: Decimal128.fromString('1.10') },
  { text: '{"$oid":"0123456789abcdef01234567"}', value: new ObjectId('0123456789abcdef01234567') },
  { text: '{"$date":"1969-12-31T23:59:59.999Z"}', value: new Date(-1) },
  { text: '{"$date":{"$numberLong":"253402300800000"}}', value: new Date(253_402_300_800_000) },
  { text: '{"$binary":{"base64":"AP8=","subType":"05"}}', value: new Binary(Buffer.from([0, 255]), 5) },
  { text: '{"$timestamp":{"t":4000000000,"i":1}}', value: new Timestamp({ t: 4_000_000_000, i: 1 }) },
  { text: '{"$regularExpression":{"pattern":"^a/","options":"i"}}', value: new BSONRegExp('^a/', 'i') },
  { text: '{"$minKey":1}', value: new MinKey() },
  { text: 'null', value: null },
  { text: '{"a":1,"b":2,"a":3}', value: doc({ a: 3, b: 2 }) },
  {
    text: '{"":[{},[],[1,2.5,{"a":null}]],"7":true}',
    value: doc({ '': [doc({}), [], [1, 2.5, doc({ a: null })]], 7: true }),
  },
  { text: '{"__proto__":1}', value: new Map([['__proto__', 1]]) },
  { text: JSON.stringify(LONG_TEXT), value: LONG_TEXT },
  { text: '"\\ud83d\\ude00\\u0000"', value: '\u{1f600}\u0000' },
];

export const WIDE_VALUES_COUNT = WIDE_VALUES.length;
const IN_ONE_RECORD = 8;

/**
 * An array of some of them, from the given one on. From {@link WIDE_VALUES_COUNT} on one of them alone: a single value that is no plain
 * JSON sends its whole record by the way of all values, so that none beside it would go straight.
 */
export function wideValueFrom(first: number): WideValue {
  const alone = WIDE_VALUES[first - WIDE_VALUES_COUNT];
  if (alone !== undefined) return alone;
  const values = [...WIDE_VALUES, ...WIDE_VALUES].slice(first, first + IN_ONE_RECORD);
  return { text: `[${values.map(({ text }) => text).join()}]`, value: values.map(({ value }) => value) };
}
