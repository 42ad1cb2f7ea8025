import { describe, expect, it } from 'vitest';
import { decodeText } from '../../../../infra/stage-file/decode-text.ts';

const TEXT = 'topics=bestellungen\nname=Größe';
const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16();
const withBytes = (...parts: readonly (readonly number[] | Buffer)[]) =>
  Buffer.concat(parts.map((part) => Buffer.from(part)));

describe('the text of a file', () => {
  it.each([
    ['UTF-8', Buffer.from(TEXT), TEXT],
    ['UTF-8 with a byte order mark', withBytes([0xef, 0xbb, 0xbf], Buffer.from(TEXT)), TEXT],
    ['UTF-16 LE', Buffer.from(TEXT, 'utf16le'), TEXT],
    ['UTF-16 LE with a byte order mark', withBytes([0xff, 0xfe], Buffer.from(TEXT, 'utf16le')), TEXT],
    ['UTF-16 LE with a mark before a letter beyond ASCII', withBytes([0xff, 0xfe], [0xd6, 0x04]), 'Ӗ'],
    ['UTF-16 BE', bigEndian(TEXT), TEXT],
    ['UTF-16 BE with a byte order mark', withBytes([0xfe, 0xff], bigEndian(TEXT)), TEXT],
    ['UTF-16 BE with a mark before a letter beyond ASCII', withBytes([0xfe, 0xff], [0x04, 0xd6]), 'Ӗ'],
    ['ISO-8859-1', Buffer.from(TEXT, 'latin1'), TEXT],
    ['ISO-8859-1 that begins like half of a mark', Buffer.from('ÿa=1', 'latin1'), 'ÿa=1'],
    ['ISO-8859-1 that begins like half of the other mark', Buffer.from('þa=1', 'latin1'), 'þa=1'],
    ['ISO-8859-1 whose second letter ends the mark', Buffer.from('aþ=1', 'latin1'), 'aþ=1'],
    ['ISO-8859-1 whose second letter ends the other mark', Buffer.from('aÿ=1', 'latin1'), 'aÿ=1'],
    ['one letter', Buffer.from('a'), 'a'],
    ['nothing', Buffer.from(''), ''],
    ['two zeros', withBytes([0, 0]), '\0\0'],
    ['a zero alone', withBytes([0]), '\0'],
  ])('is read from %s', (_, bytes, text) => {
    expect(decodeText(bytes)).toBe(text);
  });
});
