import { describe, expect, it } from 'vitest';
import {
  parseDouble,
  parseHexadecimal,
  parseWhole,
} from '../../../../../../functions/documentdb-sink/java/text/numbers.ts';

// https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/lang/Double.html#valueOf(java.lang.String)
describe('Double.valueOf', () => {
  it.each([
    ['1.5', 1.5],
    ['.5', 0.5],
    ['5.', 5],
    ['+5', 5],
    ['-0', -0],
    ['1e3', 1_000],
    ['1E+3', 1_000],
    ['15e-1', 1.5],
    ['1.5f', 1.5],
    ['1.5F', 1.5],
    ['2d', 2],
    ['2e1D', 20],
    ['NaN', Number.NaN],
    ['+NaN', Number.NaN],
    ['-NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['+Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['  1.5 ', 1.5],
    ['\t\n1\u00001\u0000', undefined],
    ['\t\n1\u0000 ', 1],
    ['0x1.8p1', 3],
    ['0x10p0', 16],
    ['0X.8P+1', 1],
    ['-0x1p-1d', -0.5],
    ['+0xA.p0F', 10],
    ['0x1p-1074', 5e-324],
    ['0x1p1023', 2 ** 1023],
    ['0x1p1030', Number.POSITIVE_INFINITY],
    ['0x0.00001p1040', 2 ** 1020],
  ])('reads %j as %s', (text, value) => {
    expect(parseDouble(text)).toBe(value);
  });

  it.each([
    ...[
      '',
      ' ',
      '.',
      'e5',
      '1e',
      '1e+',
      '1.5x',
      'x1.5',
      '1_0',
      '--1',
      '1,5',
      '1 5',
      'nan',
      'infinity',
      'NaNf',
      'Infinityd',
    ],
    ...['0x10', '0x1.8', '0xp1', '0x.p1', '0x1p', '0x1p1x', 'x0x1p1', '0xgp1', '\u00a01', '1ff', 'f'],
  ])('refuses %j', (text) => {
    expect(parseDouble(text)).toBeUndefined();
  });
});

describe('Long.parseLong and Integer.parseInt', () => {
  it.each<readonly [string, bigint | undefined, bigint | undefined]>([
    ['12', 12n, 12n],
    ['+12', 12n, 12n],
    ['-12', -12n, -12n],
    ['007', 7n, 7n],
    ['2147483647', 2_147_483_647n, 2_147_483_647n],
    ['2147483648', 2_147_483_648n, undefined],
    ['-2147483648', -2_147_483_648n, -2_147_483_648n],
    ['-2147483649', -2_147_483_649n, undefined],
    ['9223372036854775807', 9_223_372_036_854_775_807n, undefined],
    ['9223372036854775808', undefined, undefined],
    ['-9223372036854775808', -9_223_372_036_854_775_808n, undefined],
    ['-9223372036854775809', undefined, undefined],
    ['\u0660\u0661\u0669', 19n, 19n],
    ['-\uff11\uff19', -19n, -19n],
    // Java looks at each half of a surrogate pair, and neither is a digit.
    ['\u{1d7d7}', undefined, undefined],
    ...['', '+', '-', '+-1', '1-', '1.0', ' 1', '1 ', '1L', '0x1', 'a'].map(
      (text) => [text, undefined, undefined] as const,
    ),
  ])('read %j as %s and %s', (text, long, int) => {
    expect([parseWhole(text, 64), parseWhole(text, 32)]).toEqual([long, int]);
  });
});

describe('Integer.parseInt in base 16', () => {
  it.each<readonly [string, number | undefined]>([
    ['ff', 255],
    ['Aa', 170],
    ['+1f', 31],
    ['-80000000', -2_147_483_648],
    ['7fffffff', 2_147_483_647],
    ...['80000000', '-80000001', '', '-', '0x1', 'fg', 'gf', ' f', 'f ', '--1'].map(
      (text) => [text, undefined] as const,
    ),
  ])('reads %j as %s', (text, value) => {
    expect(parseHexadecimal(text)).toBe(value);
  });
});
