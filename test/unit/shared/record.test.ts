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
  it.each([0, 1, 2, 3, 4, 1_000])('of %i bytes has their length and gives them back', (length) => {
    const bytes = Buffer.alloc(length, 0xe9);
    const payload = payloadOf(bytes.toString('base64'));
    expect(payload.byteLength).toBe(length);
    expect(Buffer.from(payload.bytes())).toEqual(bytes);
    expect(payloadOfBytes(bytes).base64).toBe(payload.base64);
  });

  it('is text exactly if the bytes are valid UTF-8', () => {
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const textOf = (bytes: Uint8Array) => {
      try {
        return strict.decode(bytes);
      } catch {
        return undefined;
      }
    };
    const valid = fc.string({ unit: 'binary' }).map((text) => Buffer.from(text.toWellFormed()));
    const some = fc.oneof(fc.uint8Array({ maxLength: 8 }), valid);
    fc.assert(
      fc.property(some, (content) => {
        const bytes = Buffer.from(content);
        expect(payloadOf(bytes.toString('base64')).text()).toBe(textOf(bytes));
        expect(payloadOfBytes(bytes).text()).toBe(textOf(bytes));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    { what: 'a byte-order mark', bytes: Buffer.from('\ufeffa'), text: '\ufeffa' },
    {
      what: 'the character that decoders put in place of what is not UTF-8',
      bytes: Buffer.from('\ufffd'),
      text: '\ufffd',
    },
    { what: 'a long text', bytes: Buffer.alloc(200_000, 'é'), text: 'é'.repeat(100_000) },
    { what: 'half of a surrogate pair', bytes: Buffer.from([0xed, 0xa0, 0x80]), text: undefined },
  ])('keeps $what', ({ bytes, text }) => {
    expect(payloadOf(bytes.toString('base64')).text()).toBe(text);
  });
});
