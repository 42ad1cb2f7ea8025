import { describe, expect, it } from 'vitest';
import { isAscii, StringCopier, WORD_BYTES } from '../../../../../functions/documentdb-sink/transcode/string-copier.ts';

/** Copies the string that begins behind the first byte. The text ends as a transcoder's does. */
function copied(bytes: readonly number[]) {
  const text = Buffer.alloc(bytes.length + 1 + WORD_BYTES, '"');
  text.set(bytes);
  text[bytes.length] = 0;
  const out = Buffer.alloc(3 * text.length);
  const copier = new StringCopier();
  const end = copier.copy(new DataView(text.buffer, text.byteOffset), 1, new DataView(out.buffer, out.byteOffset), 0);
  return { end, text: out.subarray(0, copier.end), isAscii: isAscii(copier.union) };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** A string of nine letters with one other byte. */
const withByteAt = (place: number, byte: number, letter: string) => {
  const content = Buffer.from(letter.repeat(9));
  content[place] = byte;
  return { content, bytes: [QUOTE, ...content, QUOTE] };
};
const places = Array.from({ length: 9 }, (_, place) => place);

describe('each byte of a string, wherever it stands', () => {
  // A letter above 0x5f, which makes an escape of a backslash, and one below.
  it.each(places.flatMap((place) => ['n', 'N'].map((letter) => ({ place, letter }))))(
    'at place $place among $letter',
    ({ place, letter }) => {
      for (let byte = 0; byte <= 0xff; byte += 1) {
        const { content, bytes } = withByteAt(place, byte, letter);
        const { end, text, isAscii: plain } = copied(bytes);
        if (byte < 0x20) expect(end).toBe(-1);
        else if (byte === QUOTE) expect({ end, text }).toEqual({ end: place + 2, text: content.subarray(0, place) });
        else if (byte !== BACKSLASH) {
          expect({ end, text: text.toString('hex') }).toEqual({ end: bytes.length, text: content.toString('hex') });
          expect(plain).toBe(byte < 0x80);
        }
      }
    },
  );

  it.each(places.slice(0, -1))('an escape at place %i', (place) => {
    const { bytes, content } = withByteAt(place, BACKSLASH, 'n');
    const expected = Buffer.from(content.toString().replace('\\n', '\n'));
    expect(copied(bytes)).toEqual({ end: bytes.length, text: expected, isAscii: true });
  });
});

describe('a string without an end', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])('is none, with %i characters', (length) => {
    expect(copied([QUOTE, ...Buffer.from('x'.repeat(length))]).end).toBe(-1);
  });
});
