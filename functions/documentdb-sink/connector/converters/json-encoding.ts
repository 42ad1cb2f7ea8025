import { isUtf8 } from 'node:buffer';
import { UnconvertibleError } from '../../bson/unconvertible-error.ts';

/**
 * Decodes JSON in UTF-8, UTF-16 or UTF-32, with or without a byte order mark. As in Jackson, the mark or the zeros
 * among the first bytes decide.
 * https://github.com/FasterXML/jackson-core/blob/2.21/src/main/java/com/fasterxml/jackson/core/json/ByteSourceJsonBootstrapper.java
 * @throws UnconvertibleError for an invalid byte order
 */
export function jsonTextOf(bytes: Buffer): string {
  const [first, second] = bytes;
  // Nearly every payload is UTF-8 without a mark.
  if (first !== undefined && !FIRST_BYTES_OF_OTHERS.has(first) && second !== 0) return utf8TextOf(bytes);
  if (bytes.length < 2) return utf8TextOf(bytes);
  return (bytes.length < 4 ? undefined : (textWithMark(bytes) ?? utf32TextWithoutMark(bytes))) ?? textByZeros(bytes);
}

/** The first bytes of byte order marks, and zero. */
const FIRST_BYTES_OF_OTHERS: ReadonlySet<number> = new Set([0x00, 0xef, 0xfe, 0xff]);

function textWithMark(bytes: Buffer): string | undefined {
  const quad = bytes.readUInt32BE();
  if (quad === 0x0000_feff) return utf32TextOf(bytes.subarray(4), true);
  if (quad === 0xfffe_0000) return utf32TextOf(bytes.subarray(4), false);
  if (quad === 0x0000_fffe || quad === 0xfeff_0000) return wrongOrder();
  if (quad >>> 16 === 0xfeff) return utf16TextOf(bytes.subarray(2), true);
  if (quad >>> 16 === 0xfffe) return utf16TextOf(bytes.subarray(2), false);
  return quad >>> 8 === 0xef_bbbf ? utf8TextOf(bytes.subarray(3)) : undefined;
}

/** Assumes that the first character is ASCII. */
function utf32TextWithoutMark(bytes: Buffer): string | undefined {
  const [first, second, third, fourth] = bytes.subarray(0, 4).map((byte) => (byte === 0 ? 0 : 1));
  switch (`${first}${second}${third}${fourth}`) {
    case '0001':
    case '0000':
      return utf32TextOf(bytes, true);
    case '1000':
      return utf32TextOf(bytes, false);
    case '0100':
    case '0010':
      return wrongOrder();
    default:
      return undefined;
  }
}

const wrongOrder = (): never => {
  throw new UnconvertibleError('the value is not JSON: its byte order is not valid in UTF-32');
};

function textByZeros(bytes: Buffer): string {
  if (bytes[0] === 0) return utf16TextOf(bytes, true);
  return bytes[1] === 0 ? utf16TextOf(bytes, false) : utf8TextOf(bytes);
}

const utf16TextOf = (bytes: Buffer, isBigEndian: boolean): string =>
  new TextDecoder(isBigEndian ? 'utf-16be' : 'utf-16le', { ignoreBOM: true }).decode(bytes);

function utf32TextOf(bytes: Buffer, isBigEndian: boolean): string {
  let text = '';
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const code = isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
    text += code > 0x10_ffff ? NOT_JSON : String.fromCodePoint(code);
  }
  return text.isWellFormed() ? text : wrongText();
}

const wrongText = (): never => {
  throw new UnconvertibleError('a text holds half of a surrogate pair');
};

/** NUL is valid neither within JSON strings nor between them, so the reader fails when it reaches this character. */
const NOT_JSON = '\0';

const utf8TextOf = (bytes: Buffer): string => (isUtf8(bytes) ? bytes.toString() : looseTextOf(bytes));

/**
 * Jackson accepts overlong UTF-8 sequences as characters; inside of a string, such a character is written as an escape.
 */
function looseTextOf(bytes: Buffer): string {
  const latin1 = bytes.toString('latin1');
  return latin1.replaceAll(SEQUENCE, (sequence) => {
    const valid = Buffer.from(sequence, 'latin1');
    if (isUtf8(valid)) return valid.toString();
    const code = codeOf(valid);
    return code === undefined ? NOT_JSON : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

const SEQUENCE = /[\xc0-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf7][\x80-\xbf]{3}|[\x80-\xff]/g;

/** The code point of a sequence of two or three bytes; undefined for a sequence that Jackson refuses too. */
function codeOf([first = 0, second, third, fourth]: Buffer): number | undefined {
  if (second === undefined || fourth !== undefined) return undefined;
  if (third === undefined) return ((first & 0x1f) << 6) | (second & 0x3f);
  const code = ((first & 0x0f) << 12) | ((second & 0x3f) << 6) | (third & 0x3f);
  return code >= 0xd800 && code <= 0xdfff ? undefined : code;
}
