import fc from 'fast-check';
import {
  Binary,
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
  UUID,
} from 'mongodb';
import { describe, expect, it } from 'vitest';
import { identityOf, identityOfFilter } from '../../../../../functions/documentdb-sink/bson/identity.ts';
import { doc } from '../../../../support/write-models.ts';

const bytes = Buffer.from([1, 2]);
const oid = '0123456789abcdef01234567';

/** Each row is one value to the server, in all its spellings; any two rows are two. */
const CLASSES: readonly (readonly unknown[])[] = [
  [
    1,
    1n,
    new Int32(1),
    new Double(1),
    Long.fromInt(1),
    Decimal128.fromString('1'),
    Decimal128.fromString('1.000'),
    Decimal128.fromString('10E-1'),
  ],
  [0, -0, 0n, new Double(-0), Decimal128.fromString('0E+10'), Decimal128.fromString('-0')],
  [0.5, new Double(0.5), Decimal128.fromString('0.50')],
  [-0.5, Decimal128.fromString('-5E-1')],
  [0.1, new Double(0.1)],
  [Decimal128.fromString('0.1')],
  [5e-324],
  [2 ** -1022 + 2 ** -1074],
  [1e300, new Double(1e300), BigInt(1e300)],
  [2 ** 53, 2n ** 53n, new Double(2 ** 53), Long.fromBigInt(2n ** 53n), Decimal128.fromString('9007199254740992')],
  [2n ** 53n + 1n, Long.fromBigInt(2n ** 53n + 1n), Decimal128.fromString('9007199254740993')],
  [-120, Decimal128.fromString('-1.2E+2')],
  [Number.NaN, new Double(Number.NaN), Decimal128.fromString('NaN')],
  [Number.POSITIVE_INFINITY, Decimal128.fromString('Infinity')],
  [Number.NEGATIVE_INFINITY, Decimal128.fromString('-Infinity')],
  ['1', new BSONSymbol('1')],
  [''],
  [true],
  [false],
  [null, undefined],
  [new Date(1)],
  [new Timestamp({ t: 0, i: 1 })],
  [new Timestamp({ t: 0, i: 2 })],
  [new Binary(bytes), new Binary(bytes, 0), bytes],
  [new Binary(bytes, 5)],
  [
    new UUID('00112233-4455-6677-8899-aabbccddeeff'),
    new Binary(Buffer.from('00112233445566778899aabbccddeeff', 'hex'), 4),
  ],
  [new ObjectId(oid)],
  [new ObjectId(oid.replace('0', 'f'))],
  [oid],
  [/a/i, new BSONRegExp('a', 'i')],
  [/a/],
  [new Code('a')],
  [doc({ code: 'a' })],
  [new Code('a', { b: 1 })],
  [new MinKey()],
  [new MaxKey()],
  [new Map(), {}],
  [[]],
  [[1], [1n], [new Double(1)]],
  [['1'], [new BSONSymbol('1')]],
  [[null], [undefined]],
  [['a', 'b']],
  [['a,text b']],
  [['a,b']],
  [[[1]]],
  [
    doc({ a: 1, b: { c: 1 } }),
    new Map<string, unknown>([
      ['a', 1n],
      ['b', { c: Decimal128.fromString('1.0') }],
    ]),
  ],
  [doc({ b: { c: 1 }, a: 1 })],
  [
    new Map([
      ['2', 1],
      ['1', 1],
    ]),
  ],
  [
    new Map([
      ['1', 1],
      ['2', 1],
    ]),
  ],
  [doc({ a: 1, b: [{ c: -0 }] }), doc({ a: 1, b: [doc({ c: 0 })] })],
  [doc({ _bsontype: 'ObjectId', a: 1 }), { _bsontype: 'ObjectId', a: 1 }],
  [doc({ a: '1,"b":2' })],
  [doc({ a: '1', b: 2 })],
];

describe('the identity of a value', () => {
  it.each(CLASSES.map((values, index) => ({ index, values })))(
    'is one for all spellings of row $index',
    ({ values }) => {
      expect(new Set(values.map(identityOf)).size).toBe(1);
    },
  );

  it('is another for every other value', () => {
    const identities = CLASSES.map(([first]) => identityOf(first));
    expect(new Set(identities).size).toBe(CLASSES.length);
    const nested = CLASSES.map(([first]) => identityOf([first]));
    expect(new Set(nested).size).toBe(CLASSES.length);
  });

  it('of a number is that of its value, whatever its type, at any depth', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        fc.array(fc.string(), { maxLength: 4 }),
        (value, path) => {
          const within = (number: unknown) => path.reduce((inner, name) => new Map([[name, [inner]]]), number);
          const spellings = [
            value,
            BigInt(value),
            new Int32(value),
            new Double(value),
            Decimal128.fromString(String(value)),
          ];
          expect(new Set(spellings.map((each) => identityOf(within(each)))).size).toBe(1);
        },
      ),
    );
  });

  it('of two doubles is one exactly where they are equal, but NaN is one as well', () => {
    const double = fc.double();
    fc.assert(
      fc.property(double, double, (one, other) => {
        expect(identityOf(one) === identityOf(other)).toBe(one === other || (Number.isNaN(one) && Number.isNaN(other)));
        expect(identityOf(one)).toBe(identityOf(new Double(one)));
      }),
    );
  });

  it('of a double is that of the decimal that is exactly as large', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 30), max: 2 ** 30 }), fc.nat(10), (significand, halvings) => {
        const double = significand / 2 ** halvings;
        expect(identityOf(double)).toBe(identityOf(Decimal128.fromString(double.toFixed(12))));
      }),
    );
  });

  it('distinguishes documents by the order and the names of their fields', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 5 }), (names) => {
        const of = (order: readonly string[]) => identityOf(new Map(order.map((name) => [name, 1])));
        expect(of(names)).not.toBe(of(names.toReversed()));
        expect(of(names)).not.toBe(of(names.slice(1)));
      }),
    );
  });
});

describe('the identity of a filter', () => {
  const filter = (...fields: readonly (readonly [string, unknown])[]) => identityOfFilter(new Map(fields));

  it('with _id is that of the _id, whatever else it says', () => {
    expect(filter(['_id', 1], ['region', 'eu'])).toBe(filter(['region', 'us'], ['_id', 1n]));
    expect(filter(['_id', 'a'])).toBe(identityOf('a'));
  });

  it('of a business key has no order, but every value counts', () => {
    expect(filter(['a', 1], ['b.c', 'x'])).toBe(filter(['b.c', 'x'], ['a', 1n]));
    expect(filter(['a', 1], ['b', 2])).not.toBe(filter(['a', 2], ['b', 1]));
    expect(filter(['a', doc({ x: 1, y: 2 })])).not.toBe(filter(['a', doc({ y: 2, x: 1 })]));
    expect(filter(['a.b', 1])).not.toBe(filter(['a', doc({ b: 1 })]));
  });

  it('of a business key is none of an _id', () => {
    expect(filter(['a', 1])).not.toBe(filter(['_id', doc({ a: 1 })]));
  });
});
