import { isUtf8 } from 'node:buffer';

/**
 * `new String(bytes, UTF_8)`: what is no UTF-8 becomes U+FFFD, as in Node; but an encoded surrogate, whole or cut short,
 * becomes one of them, and not one a byte.
 */
export function decodeUtf8(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString() : withoutSurrogates(bytes).toString();
}

/** One character a byte. */
const withoutSurrogates = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.toString('latin1').replaceAll(/\xed[\xa0-\xbf][\x80-\xbf]?/g, '\xef\xbf\xbd'), 'latin1');
