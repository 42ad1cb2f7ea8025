import { isUtf8 } from 'node:buffer';

/**
 * `new String(bytes, UTF_8)`: like Node, Java replaces invalid UTF-8 by U+FFFD. But Java replaces an encoded surrogate,
 * complete or truncated, by one U+FFFD instead of one for each byte.
 */
export function decodeUtf8(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString() : withoutSurrogates(bytes).toString();
}

/** Latin-1 maps each byte to one character. */
const withoutSurrogates = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.toString('latin1').replaceAll(/\xed[\xa0-\xbf][\x80-\xbf]?/g, '\xef\xbf\xbd'), 'latin1');
