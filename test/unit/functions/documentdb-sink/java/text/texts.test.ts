import { describe, expect, it } from 'vitest';
import { decodeBase64 } from '../../../../../../functions/documentdb-sink/java/text/base64.ts';
import { decodeUtf8 } from '../../../../../../functions/documentdb-sink/java/text/utf8.ts';
import { parseUuid } from '../../../../../../functions/documentdb-sink/java/text/uuid.ts';

describe('Base64.getDecoder().decode', () => {
  it.each([
    ['', ''],
    ['QQ==', 'A'],
    ['QQ', 'A'],
    ['QUI=', 'AB'],
    ['QUI', 'AB'],
    ['QUJD', 'ABC'],
    ['QUJDRA==', 'ABCD'],
    ['+/+/', '\u{fb}\u{ff}\u{bf}'],
  ])('reads %j', (text, bytes) => {
    expect(decodeBase64(text)?.toString('latin1')).toBe(bytes);
  });

  it.each([
    'Q',
    'QQ=',
    'Q===',
    'QUJD=',
    'QUJD==',
    'QUI==',
    '=',
    '==',
    'QUJDR',
    'Q=Q=',
    'Q Q=',
    'QQ-_',
    '\nQQ==',
    'QQ==\n',
  ])('refuses %j', (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });
});

describe('new String(bytes, UTF_8)', () => {
  it.each([
    ['valid text', [0x61, 0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80], 'aé😀'],
    ['a byte that begins nothing', [0x61, 0xff, 0x62], 'a\ufffdb'],
    ['half of a surrogate pair', [0x61, 0xed, 0xa0, 0x80, 0x62], 'a\ufffdb'],
    ['the other half', [0xed, 0xbf, 0xbf, 0x62], '\ufffdb'],
    ['both halves', [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80], '\ufffd\ufffd'],
    ['a truncated half', [0xed, 0xa0, 0x62], '\ufffdb'],
    ['letters beside it that are as near', [0xed, 0x9f, 0xbf, 0xff], '\ud7ff\ufffd'],
  ])('reads %s', (_, bytes, text) => {
    expect(decodeUtf8(Buffer.from(bytes))).toBe(text);
  });
});

// https://github.com/openjdk/jdk17u/blob/master/src/java.base/share/classes/java/util/UUID.java
describe('the UUID strategies of the connector', () => {
  const digits = (text: string, length: number) => text.padStart(length, '0');

  it.each([
    ['00112233-4455-6677-8899-aabbccddeeff', '00112233445566778899aabbccddeeff'],
    ['00112233-4455-6677-8899-AABBCCDDEEFF', '00112233445566778899aabbccddeeff'],
    ['00112233445566778899aabbccddeeff', '00112233445566778899aabbccddeeff'],
    ['FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF', 'ffffffffffffffffffffffffffffffff'],
    [`1-2-3-4-${digits('5', 28)}`, '00000001000200030004000000000005'],
    [`+1-+2-+3-+4-+${digits('5', 23)}`, '00000001000200030004000000000005'],
    [`123456789-23456-3-4-${digits('5', 16)}`, '23456789345600030004000000000005'],
    [`7fffffffffffffff-2-3-4-${digits('5', 13)}`, 'ffffffff000200030004000000000005'],
  ])('read %s', (text, hex) => {
    expect(parseUuid(text)?.toString('hex')).toBe(hex);
  });

  it.each([
    '',
    '00112233-4455-6677-8899-aabbccddeef',
    '00112233-4455-6677-8899-aabbccddeeff0',
    '00112233445566778899aabbccddeef',
    '00112233445566778899aabbccddeefg',
    'g0112233-4455-6677-8899-aabbccddeeff',
    '00112233-4455-6677-8899-aabbccddeefg',
    '00112233-4455-6677-8899+aabbccddeeff',
    '00112233-4455-6677-8899-aabb-cddeeff',
    '-0112233-4455-6677-8899-aabbccddeef0',
    '00112233--4455-6677-8899aabbccddeeff',
    '00112233-4455-6677-8899aabbccddeeff00',
    `8000000000000000-2-3-4-${digits('5', 13)}`,
    `++1-2-3-4-${digits('5', 26)}`,
    `1+-2-3-4-${digits('5', 27)}`,
  ])('refuse %j', (text) => {
    expect(parseUuid(text)).toBeUndefined();
  });
});
