import { Binary, Decimal128, Double, ObjectId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { isSameValue } from '../../../../../../functions/documentdb-sink/connector/cdc/same-value.ts';
import { documentOf } from '../../../../../support/sink-documents.ts';

const doc = documentOf;

describe('isSameValue', () => {
  it.each<[unknown, unknown]>([
    [1, 1],
    [null, null],
    ['a', 'a'],
    [5n, 5n],
    [new Double(1), new Double(1)],
    [new Date(5), new Date(5)],
    [new ObjectId('599af247bb69cd89961c986d'), new ObjectId('599af247bb69cd89961c986d')],
    [new Binary(Buffer.from([1])), new Binary(Buffer.from([1]))],
    [Decimal128.fromString('1.0'), Decimal128.fromString('1.0')],
    [
      [1, [2]],
      [1, [2]],
    ],
    [doc('{a: 1, b: {c: 2, d: 3}}'), doc('{b: {d: 3, c: 2}, a: 1}')],
    [doc('{a: [{b: 1, c: NumberLong(2)}]}'), doc('{a: [{c: NumberLong(2), b: 1}]}')],
  ])('is true for %s and %s', (a, b) => {
    expect(isSameValue(a, b)).toBe(true);
  });

  it.each<[unknown, unknown]>([
    [1, 2],
    [1, 1n],
    [1, new Double(1)],
    [1, undefined],
    [null, undefined],
    [new Date(5), new Date(6)],
    [Decimal128.fromString('1.0'), Decimal128.fromString('1.00')],
    [[1], [1, 2]],
    [[1, 2], [1]],
    [
      [1, 2],
      [2, 1],
    ],
    [doc('{a: 1}'), doc('{a: 1, b: 2}')],
    [doc('{a: 1, b: 2}'), doc('{a: 1}')],
    [doc('{a: 1}'), doc('{b: 1}')],
    [doc('{a: {b: 1}}'), doc('{a: {b: 2}}')],
    [doc('{a: [{b: 1}]}'), doc('{a: [{b: NumberLong(1)}]}')],
    [doc('{a: 1, b: 2}'), doc('{a: 1, b: 3}')],
    [doc('{}'), []],
  ])('is false for %s and %s', (a, b) => {
    expect(isSameValue(a, b)).toBe(false);
  });
});
