import { describe, expect, it } from 'vitest';
import { UnconvertibleError } from '../../../../../../functions/documentdb-sink/bson/unconvertible-error.ts';
import { jsonTextOf } from '../../../../../../functions/documentdb-sink/connector/converters/json-encoding.ts';

const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex');
const utf32 = (text: string, isBigEndian: boolean): string => {
  const codes = [...text].map((character) => (character.codePointAt(0) ?? 0).toString(16).padStart(8, '0'));
  return codes.map((code) => (isBigEndian ? code : Buffer.from(code, 'hex').reverse().toString('hex'))).join('');
};
const utf16 = (text: string, isBigEndian: boolean): string => {
  const bytes = Buffer.from(text, 'utf16le');
  return (isBigEndian ? bytes.swap16() : bytes).toString('hex');
};
const TEXT = '{"a":"é€😀"}';
const UTF8 = Buffer.from(TEXT).toString('hex');

describe('the text of JSON', () => {
  it.each([
    ['UTF-8', UTF8],
    ['UTF-8 with a mark', `efbbbf${UTF8}`],
    ['UTF-16, big end first', utf16(TEXT, true)],
    ['UTF-16, big end first, with a mark', `feff${utf16(TEXT, true)}`],
    ['UTF-16, little end first', utf16(TEXT, false)],
    ['UTF-16, little end first, with a mark', `fffe${utf16(TEXT, false)}`],
    ['UTF-32, big end first', utf32(TEXT, true)],
    ['UTF-32, big end first, with a mark', `0000feff${utf32(TEXT, true)}`],
    ['UTF-32, little end first', utf32(TEXT, false)],
    ['UTF-32, little end first, with a mark', `fffe0000${utf32(TEXT, false)}`],
  ])('is read from %s', (_, bytes) => {
    expect(jsonTextOf(hex(bytes))).toBe(TEXT);
  });

  it.each([
    ['', ''],
    ['35', '5'],
    ['00', '\0'],
    ['00 35', '5'],
    ['35 00', '5'],
    ['35 36', '56'],
    ['35 36 37', '567'],
    ['00 35 00', '5\ufffd'],
    ['00 35 00 36', '56'],
    ['35 00 36 00', '56'],
    ['fe ff 00 35', '5'],
    ['fe ff fe ff 00 35', '\ufeff5'],
    ['00 00 fe ff 00 00 fe ff', '\ufeff'],
    ['00 00 fe ff 00 00 00 35 00', '5'],
    ['00 00 00 00 00 00 00 35', '\x005'],
    ['00 00 fe ff 00 10 ff ff 00 11 00 00', '\u{10ffff}\0'],
  ])('of the bytes %s is %j', (bytes, text) => {
    expect(jsonTextOf(hex(bytes))).toBe(text);
  });

  it.each(['00 00 ff fe 00 00 00 35', 'fe ff 00 00 00 00 00 35', '00 7b 00 00', '00 00 7b 00'])(
    'has no order of bytes that is neither of the two: %s',
    (bytes) => {
      expect(() => jsonTextOf(hex(bytes))).toThrow(UnconvertibleError);
      expect(() => jsonTextOf(hex(bytes))).toThrow('its byte order is not valid in UTF-32');
    },
  );

  it.each(['00 00 fe ff 00 00 d8 00', 'ff fe 00 00 00 de 00 00'])('has no half of a surrogate pair: %s', (bytes) => {
    expect(() => jsonTextOf(hex(bytes))).toThrow('a text holds half of a surrogate pair');
  });
});

describe('bytes that are no UTF-8', () => {
  it.each([
    ['two bytes where one is enough: an escape', '41 c1 81 42', 'A\\u0041B'],
    ['three bytes where one is enough: an escape', 'e0 81 81', '\\u0041'],
    ['three bytes where two are enough: an escape', 'e0 9f bf', '\\u07ff'],
    ['two bytes for NUL: an escape', 'c0 80', '\\u0000'],
    ['what is UTF-8 beside them stays', 'c3 a9 e2 82 ac f0 9f 98 80 c1 81', 'é€😀\\u0041'],
    ['the character before the surrogates stays', 'ed 9f bf ff', '\ud7ff\0'],
    ['the first surrogate', 'ed a0 80', '\0'],
    ['the last surrogate', 'ed bf bf', '\0'],
    ['the character behind the surrogates stays', 'ee 80 80 ff', '\ue000\0'],
    ['four bytes where fewer are enough', 'f0 80 80 80', '\0'],
    ['a byte alone', '41 ff 42', 'A\0B'],
    ['the first byte of a mark alone', 'ff 41 42 43', '\0ABC'],
    ['the first byte of another mark alone', 'ef 41 42 43', '\0ABC'],
    ['a byte that only goes on', '80', '\0'],
    ['a sequence that is cut', '41 e2 82', 'A\0\0'],
  ])('are read as Jackson reads them: %s', (_, bytes, text) => {
    expect(jsonTextOf(hex(bytes))).toBe(text);
  });
});
