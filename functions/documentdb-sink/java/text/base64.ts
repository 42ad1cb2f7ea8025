const ALPHABET_ONLY = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * `Base64.getDecoder().decode`: the basic alphabet, with complete padding or without padding. Undefined if Java throws.
 * https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/util/Base64.Decoder.html
 */
export function decodeBase64(text: string): Buffer | undefined {
  if (!ALPHABET_ONLY.test(text)) return undefined;
  const digits = text.replace(/=+$/, '');
  const padding = text.length - digits.length;
  const rest = digits.length % 4;
  if (rest === 1 || (padding > 0 && rest + padding !== 4)) return undefined;
  return Buffer.from(digits, 'base64');
}
