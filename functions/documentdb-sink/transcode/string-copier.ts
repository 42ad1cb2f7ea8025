import { BACKSLASH, LEFT, LETTER_U, NINE, QUOTE, SLASH, SPACE, ZERO } from './json-bytes.ts';

/** So many characters that need no care are copied at once. */
export const WORD_BYTES = 4;
/** The highest bit of each byte of a word. */
const HIGH_BITS = 0x80808080;

/** Whether all bytes are ASCII. @param union the bitwise disjunction of bytes and words */
export const isAscii = (union: number): boolean => (union & HIGH_BITS) === 0;

/** Copies the content of one JSON string after another: https://www.rfc-editor.org/rfc/rfc8259#section-7 */
export class StringCopier {
  /** Behind the last copy. */
  end = 0;
  /** The bitwise disjunction of the bytes and words that were copied last, without those of escapes. */
  union = 0;

  /**
   * @param text with a NUL and at least `WORD_BYTES` more bytes behind the JSON text
   * @param start behind the opening quote
   * @param out with room for `WORD_BYTES` more than the longest copy
   * @returns behind the closing quote; `LEFT` for an invalid string, and for half of a surrogate pair
   */
  copy(text: DataView, start: number, out: DataView, at: number): number {
    let union = 0;
    let end = at;
    for (let place = start; ; ) {
      for (let word = text.getInt32(place, true); isPlain(word); word = text.getInt32(place, true)) {
        union |= word;
        out.setInt32(end, word, true);
        end += WORD_BYTES;
        place += WORD_BYTES;
      }
      let code = text.getUint8(place);
      for (; code >= SPACE && code !== QUOTE && code !== BACKSLASH; code = text.getUint8(place)) {
        union |= code;
        out.setUint8(end, code);
        end += 1;
        place += 1;
      }
      if (code === QUOTE) {
        this.end = end;
        this.union = union;
        return place + 1;
      }
      const unit = code === BACKSLASH ? escapedUnit(text, place + 1) : LEFT;
      if (unit === LEFT) return LEFT;
      end = writeUnit(out, end, unit);
      place += text.getUint8(place + 1) === LETTER_U ? 6 : 2;
    }
  }
}

/** Whether no byte of the word is a control character, a quote or a backslash: https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord */
function isPlain(word: number): boolean {
  const quotes = word ^ 0x22222222; // a quote becomes 0
  const backslashes = word ^ 0x5c5c5c5c;
  const special =
    ((word - 0x20202020) & ~word) | ((quotes - 0x01010101) & ~quotes) | ((backslashes - 0x01010101) & ~backslashes);
  return (special & HIGH_BITS) === 0;
}

/** The UTF-16 unit of an escape; `LEFT` for half of a surrogate pair and for what is no escape. @param at behind the backslash */
function escapedUnit(text: DataView, at: number): number {
  const code = text.getUint8(at);
  switch (code) {
    case QUOTE:
    case BACKSLASH:
    case SLASH:
      return code;
    case 0x62: // b
      return 0x08;
    case 0x66: // f
      return 0x0c;
    case 0x6e: // n
      return 0x0a;
    case 0x72: // r
      return 0x0d;
    case 0x74: // t
      return 0x09;
    case LETTER_U:
      return hexUnit(text, at + 1);
    default:
      return LEFT;
  }
}

function hexUnit(text: DataView, at: number): number {
  let unit = 0;
  for (let place = at; place < at + 4; place += 1) {
    const digit = hexDigit(text.getUint8(place));
    if (digit === LEFT) return LEFT;
    unit = unit * 16 + digit;
  }
  return unit >= 0xd800 && unit < 0xe000 ? LEFT : unit;
}

function hexDigit(code: number): number {
  if (code >= ZERO && code <= NINE) return code - ZERO;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : LEFT;
}

/** Writes a UTF-16 unit that is a whole character. @returns behind the character */
function writeUnit(out: DataView, at: number, unit: number): number {
  if (unit < 0x80) {
    out.setUint8(at, unit);
    return at + 1;
  }
  if (unit < 0x800) {
    out.setUint8(at, 0xc0 | (unit >> 6));
    out.setUint8(at + 1, 0x80 | (unit & 0x3f));
    return at + 2;
  }
  out.setUint8(at, 0xe0 | (unit >> 12));
  out.setUint8(at + 1, 0x80 | ((unit >> 6) & 0x3f));
  out.setUint8(at + 2, 0x80 | (unit & 0x3f));
  return at + 3;
}
