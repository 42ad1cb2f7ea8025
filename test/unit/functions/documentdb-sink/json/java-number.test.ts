import { Double } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { UnconvertibleError } from '../../../../../functions/documentdb-sink/bson/unconvertible-error.ts';
import { doubleOfToken, wholeIn } from '../../../../../functions/documentdb-sink/json/java-number.ts';

describe('a number without its fraction, in so many bits', () => {
  it.each([
    [32, '5', 5n],
    [32, '2147483648', -2147483648n],
    [32, '-2147483649', 2147483647n],
    [64, '9223372036854775808', -9223372036854775808n],
    [64, '1234567890123456789', 1234567890123456789n],
    [32, '2.9', 2n],
    [32, '-2.9', -2n],
    [32, '0.9', 0n],
    [32, '1e2', 100n],
    [32, '-1.5E1', -15n],
    [32, '123e-2', 1n],
    [32, '5e-9', 0n],
    [32, '123e-5', 0n],
    [32, '12e-2', 0n],
    [32, '-12e-2', 0n],
    [32, '-0.9', 0n],
    [64, '-1234567890123456789', -1234567890123456789n],
    [64, '-12345678901234567.9', -12345678901234567n],
    [64, '1'.repeat(1_000), BigInt('1'.repeat(1_000))],
    [64, `-${'1'.repeat(1_000)}`, -BigInt('1'.repeat(1_000))],
    [64, '1e400', 10n ** 400n],
    [64, '1e-400', 0n],
    [64, '1e19', 1n * 10_000_000_000_000_000_000n - 2n ** 64n],
  ])('%i bits of %s are %s', (bits, token, expected) =>
    expect(wholeIn(bits, token)).toBe(BigInt.asIntN(bits, expected)),
  );

  it.each(['1e401', '1e-401', '1'.repeat(1_001), `-${'1'.repeat(1_001)}`])(
    '%s is refused: it would take for ever',
    (token) => {
      expect(() => wholeIn(64, token)).toThrow(UnconvertibleError);
    },
  );
});

describe('doubleOf', () => {
  it('marks whole numbers as doubles, and gives zero no sign', () => {
    expect(doubleOfToken('5.0')).toEqual(new Double(5));
    expect(doubleOfToken('2.5')).toBe(2.5);
    expect(Object.is((doubleOfToken('-0.0') as Double).value, 0)).toBe(true);
  });
});
