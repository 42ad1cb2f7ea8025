import { describe, expect, it } from 'vitest';
import { decimal128OfDouble, parseDecimal128 } from '../../../../../../functions/documentdb-sink/java/text/decimal.ts';

const NINES = '9'.repeat(34);

// https://github.com/mongodb/mongo-java-driver/blob/main/bson/src/main/org/bson/types/Decimal128.java
describe('Decimal128.parse', () => {
  it.each([
    ['1', '1'],
    ['+1.50', '1.50'],
    ['-1.5', '-1.5'],
    ['-0', '-0'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1e3', '1E+3'],
    ['1E+3', '1E+3'],
    ['15E-1', '1.5'],
    ['\u0661.\u0665', '1.5'],
    [NINES, NINES],
    [`${NINES}0`, `9.${NINES.slice(1)}E+34`],
    [`${NINES}E6111`, `9.${NINES.slice(1)}E+6144`],
    ['1E6144', `1.${'0'.repeat(33)}E+6144`],
    ['1E-6176', '1E-6176'],
    ['10E-6177', '1E-6176'],
    [`1${'0'.repeat(33)}E-6209`, '1E-6176'],
    ['0E9999', '0E+6111'],
    ['0E-9999', '0E-6176'],
    ['-0E-2147483647', '-0E-6176'],
    ['0E2147483647', '0E+6111'],
    ['nan', 'NaN'],
    ['NaN', 'NaN'],
    ['inf', 'Infinity'],
    ['+Inf', 'Infinity'],
    ['infinity', 'Infinity'],
    ['+Infinity', 'Infinity'],
    ['-inf', '-Infinity'],
    ['-INFINITY', '-Infinity'],
    [`0.${'0'.repeat(9_997)}1`.slice(0, 40), '0E-38'],
  ])('reads %s', (text, expected) => {
    expect(parseDecimal128(text)?.toString()).toBe(expected);
  });

  it.each([
    ...['', '.', '+', '-', 'e5', '1e', '1e+', '1x', 'x1', '--1', ' 1', '1 ', '1,5', '1.2.3', '+nan', '--inf', '0x1'],
    `${NINES}1`,
    `${NINES}E6112`,
    '1E6145',
    '1E-6177',
    '11E-6177',
    `1${'0'.repeat(33)}E-6210`,
    '0E2147483648',
    '0E-2147483648',
    '0.1E-2147483647',
    '0E12345678901',
    '0'.repeat(10_001),
  ])('refuses %s', (text) => {
    expect(parseDecimal128(text)).toBeUndefined();
  });

  it('reads 10,000 digits, and the sign of no number', () => {
    expect(parseDecimal128('0'.repeat(10_000))?.toString()).toBe('0');
    expect(Buffer.from(parseDecimal128('-NaN')?.bytes ?? []).toString('hex')).toBe(`${'00'.repeat(15)}fc`);
  });
});

describe('BsonDouble.decimal128Value', () => {
  it.each([
    [3, '3'],
    [-2, '-2'],
    [0.5, '0.5'],
    [-1.25, '-1.25'],
    [1 / 1024, '0.0009765625'],
    [0, '0'],
    [-0, '0'],
    [2 ** 70, '1180591620717411303424'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    [0.1, undefined],
    [2 ** 120, undefined],
  ])('of %d is %s', (value, expected) => {
    expect(decimal128OfDouble(value)?.toString()).toBe(expected);
  });
});
