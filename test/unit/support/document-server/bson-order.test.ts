import {
  Binary,
  BSON,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'mongodb';
import { describe, expect, it } from 'vitest';
import { bucketOf, compare, isEqual } from '../../../support/document-server/bson-order.ts';
import { doc } from '../../../support/write-models.ts';

const decimal = (text: string) => Decimal128.fromString(text);

/** In each line all are equal. */
const EQUAL: readonly (readonly unknown[])[] = [
  [1, 1n, new Int32(1), new Double(1), Long.fromNumber(1), decimal('1'), decimal('1.0'), decimal('10E-1')],
  [0, -0, 0n, new Double(-0), decimal('0'), decimal('-0'), decimal('0E+3')],
  [Number.NaN, new Double(Number.NaN), decimal('NaN')],
  [Number.POSITIVE_INFINITY, decimal('Infinity')],
  [0.5, new Double(0.5), decimal('0.5'), decimal('5E-1')],
  [2 ** 53, 2n ** 53n, Long.fromBigInt(2n ** 53n), decimal('9007199254740992')],
  [-(2n ** 63n), -(2 ** 63), decimal('-9223372036854775808')],
  ['text', new BSONSymbol('text')],
  ['\ud800', '\ufffd'],
  [null, undefined],
  [
    doc({ a: 1, b: 2n }),
    { a: 1n, b: 2 },
    new Map<string, unknown>([
      ['a', decimal('1')],
      ['b', 2],
    ]),
  ],
  [
    [1, [2]],
    [1n, [new Double(2)]],
  ],
  [Buffer.from([1]), new Binary(Buffer.from([1])), new Binary(Buffer.from([1]), 0)],
  [new Date(5), new Date(5)],
  [/a/i, new BSONRegExp('a', 'i')],
  [new BSONRegExp('a', 'mi'), new BSONRegExp('a', 'im')],
];

/** Ascending, no two of them equal. */
const ASCENDING: readonly unknown[] = [
  new MinKey(),
  null,
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  -1,
  decimal('-1E-6176'),
  0,
  5e-324,
  0.1,
  decimal('0.11'),
  1,
  2 ** 53,
  2n ** 53n + 1n,
  decimal('1E+400'),
  Number.POSITIVE_INFINITY,
  '',
  '1',
  'a',
  'ab',
  'b',
  '\uffff',
  '\u{10000}',
  doc({}),
  doc({ a: 1 }),
  doc({ a: 1, b: 2 }),
  doc({ a: 2 }),
  doc({ b: 2, a: 1 }),
  doc({ a: '1' }),
  [],
  [1],
  [1, 2],
  [2],
  new Binary(Buffer.from([9])),
  new Binary(Buffer.from([1, 2])),
  new Binary(Buffer.from([1, 2]), 4),
  new Binary(Buffer.from([1, 3]), 4),
  new ObjectId('00'.repeat(12)),
  new ObjectId('ff'.repeat(12)),
  false,
  true,
  new Date(-1),
  new Date(1),
  new Timestamp({ t: 1, i: 9 }),
  new Timestamp({ t: 4_000_000_000, i: 1 }),
  new BSONRegExp('a', ''),
  new BSONRegExp('a', 'i'),
  new BSONRegExp('b', ''),
  new Code('a'),
  new Code('a', { x: 1 }),
  new MaxKey(),
];

const textOf = (value: unknown) =>
  value === undefined
    ? 'undefined'
    : BSON.EJSON.stringify(value instanceof Map ? [...value] : value, { relaxed: false });

describe("MongoDB's order of values", () => {
  it.each(EQUAL.map((values) => [values.map(textOf).join(', '), values] as const))(
    'has as equal %s',
    (_name, values) => {
      for (const one of values) for (const other of values) expect(isEqual(one, other)).toBe(true);
      expect(new Set(values.map(bucketOf)).size).toBe(1);
    },
  );

  it('is a strict one: each of these is less than all that follow', () => {
    for (const [index, one] of ASCENDING.entries()) {
      for (const [place, other] of ASCENDING.entries()) {
        const message = `${textOf(one)} and ${textOf(other)}`;
        expect(Math.sign(compare(one, other)), message).toBe(Math.sign(index - place));
      }
    }
  });

  it('refuses what no driver sends rather than call it equal to something', () => {
    expect(() => compare(Symbol('a'), 1)).toThrow('stores no symbol');
  });
});
