import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBase64, payloadOf, payloadOfBytes } from '../../../shared/record.ts';

/** https://www.rfc-editor.org/rfc/rfc4648#section-4 */
const STANDARD = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

describe('isBase64', () => {
  it.each(['', 'AAAA', 'AA==', 'AAA=', '+/+/', `${'A'.repeat(199_998)}==`])('accepts standard base64 (%#)', (text) => {
    expect(isBase64(text)).toBe(true);
  });

  it.each([
    'A',
    'AAA',
    'A===',
    '====',
    'AA=A',
    'AAA=AAAA',
    'AA==AA==',
    'AA A',
    'AAA\n',
    'AA-A',
    'AA_A',
    'AA\u0141A',
    '\uFF21AAA',
    'AAA\u00C1',
    '\u0000AAA',
    `${'A'.repeat(200_000)}\u0141AAA`,
  ])('refuses %j', (text) => {
    expect(isBase64(text)).toBe(false);
  });

  it('agrees with the grammar on any text of the characters that decoders treat differently', () => {
    const unit = fc.constantFrom(
      'A',
      'z',
      '9',
      '+',
      '/',
      '=',
      '-',
      '_',
      ' ',
      '\n',
      '\u0141',
      '\u00C1',
      '\u2028',
      '\u0000',
    );
    const text = fc.string({ unit, maxLength: 12 });
    fc.assert(
      fc.property(text, (text) => {
        expect(isBase64(text)).toBe(STANDARD.test(text));
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('a payload', () => {
  it.each([0, 1, 2, 3, 4, 1_000])('of %i bytes has their length and gives them back, decoded once', (length) => {
    const bytes = Buffer.alloc(length, 0xe9);
    const payload = payloadOf(bytes.toString('base64'));
    expect(payload.byteLength).toBe(length);
    expect(Buffer.from(payload.bytes())).toEqual(bytes);
    expect(payload.bytes()).toBe(payload.bytes());
    expect(payloadOfBytes(bytes).base64).toBe(payload.base64);
  });
});
