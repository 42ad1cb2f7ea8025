import { describe, expect, it } from 'vitest';
import {
  BigDecimal,
  bigDecimalOf,
} from '../../../../../../../functions/documentdb-sink/connector/transforms/data/big-decimal.ts';

describe('a BigDecimal', () => {
  it.each([
    [0n, 0, '0'],
    [123n, 0, '123'],
    [-123n, 2, '-1.23'],
    [5n, 3, '0.005'],
    [0n, 2, '0.00'],
    [1n, 6, '0.000001'],
    [1n, 7, '1E-7'],
    [12n, 8, '1.2E-7'],
    [123n, -2, '1.23E+4'],
    [1n, -2, '1E+2'],
    [-5n, -1, '-5E+1'],
    [0n, -2, '0E+2'],
    [0n, 7, '0E-7'],
  ])('of %s with the scale %i is the text %s', (unscaled, scale, text) => {
    expect(String(new BigDecimal(unscaled, scale))).toBe(text);
  });

  it.each([
    [1_299n, 2, 12n, 12.99],
    [-199n, 2, -1n, -1.99],
    [12n, -2, 1_200n, 1_200],
    [5n, 0, 5n, 5],
    [0n, 1, 0n, 0],
  ])('of %s with the scale %i is %s and %d', (unscaled, scale, whole, double) => {
    const decimal = new BigDecimal(unscaled, scale);
    expect([decimal.whole(), decimal.double()]).toEqual([whole, double]);
  });

  it.each([
    ['1.50', 150n, 2],
    ['-1.5e3', -15n, -2],
    ['+.5', 5n, 1],
    ['5.', 5n, 0],
    ['-0', 0n, 0],
    ['1E-2', 1n, 2],
    ['1e1000', 1n, -1_000],
    ['1e-1000', 1n, 1_000],
    ['1'.repeat(1_000), BigInt('1'.repeat(1_000)), 0],
  ])('is read from %.20s', (text, unscaled, scale) => {
    expect(bigDecimalOf(text)).toEqual(new BigDecimal(unscaled, scale));
  });

  it.each(['', '.', '-', 'e5', 'x', '1x', 'x1', '1e', '1.5.2', '1e1001', '1e-1001', '1'.repeat(1_001)])(
    'is not read from %.20s',
    (text) => {
      expect(bigDecimalOf(text)).toBeUndefined();
    },
  );
});
