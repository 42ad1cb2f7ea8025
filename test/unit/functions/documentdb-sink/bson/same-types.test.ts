import { Binary, Decimal128, Double, Int32, Long, ObjectId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { identityOf } from '../../../../../functions/documentdb-sink/bson/identity.ts';
import { haveSameTypes } from '../../../../../functions/documentdb-sink/bson/same-types.ts';
import { doc } from '../../../../support/write-models.ts';

const OID = '0123456789abcdef01234567';

describe('two values that the server compares as equal', () => {
  it.each([
    [1, 1],
    ['a', 'a'],
    [null, null],
    [new Int32(1), new Int32(1)],
    [Decimal128.fromString('1.0'), Decimal128.fromString('1.0')],
    [new ObjectId(OID), new ObjectId(OID)],
    [new Date(1), new Date(1)],
    [/a/i, /a/i],
    [new Binary(Buffer.of(1)), new Binary(Buffer.of(1))],
    [
      [1, 'a'],
      [1, 'a'],
    ],
    [[], []],
    [doc({ a: 1, b: { c: [1n] } }), doc({ a: 1, b: { c: [1n] } })],
    [doc({}), doc({})],
  ])('have the same types where a document keeps either: %s, %s', (one, other) => {
    expect(identityOf(one)).toBe(identityOf(other));
    expect(haveSameTypes(one, other)).toBe(true);
  });

  it.each([
    [1, 1n],
    [1, new Int32(1)],
    [new Double(1), 1],
    [new Int32(1), new Double(1)],
    [Long.fromInt(1), 1n],
    [0, -0],
    [Decimal128.fromString('1.0'), Decimal128.fromString('1.00')],
    [
      [1, 2],
      [1, 2n],
    ],
    [
      [1, 2],
      [1n, 2],
    ],
    [[[1]], [[1n]]],
    [doc({ a: 1, b: 2 }), doc({ a: 1, b: 2n })],
    [doc({ a: 1, b: 2 }), doc({ a: 1n, b: 2 })],
    [doc({ a: { b: 1 } }), doc({ a: { b: 1n } })],
  ])('may differ in type, at any depth: %s, %s', (one, other) => {
    expect(identityOf(one)).toBe(identityOf(other));
    expect(haveSameTypes(one, other)).toBe(false);
    expect(haveSameTypes(other, one)).toBe(false);
  });
});

describe('two values that the server tells apart', () => {
  it.each([
    [null, doc({})],
    [doc({}), []],
    ['a', doc({ a: 1 })],
    [doc({ a: 1 }), doc({ a: 1, b: 2 })],
    [[1], [1, 2]],
    [doc({ a: 1 }), doc({ b: 1 })],
  ])('have not the same types: %s, %s', (one, other) => {
    expect(haveSameTypes(one, other)).toBe(false);
    expect(haveSameTypes(other, one)).toBe(false);
  });
});
