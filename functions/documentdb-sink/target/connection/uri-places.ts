/** Fits what a placeholder stands for into its place. @param start of the placeholder in the connection string */
export type Fit = (placeholder: string, start: number, content: string) => string;

/**
 * Encodes what placeholders stand for where it stands in a connection string: a password may hold any character. Content that
 * can stand there as it is, percent-encoded or plain, is left alone, for Kafka Connect puts it in unchanged. So is what stands
 * for the whole string, its hosts, or all of its options.
 * @param masked the connection string, its placeholders replaced by as many letters
 */
export function fitInto(masked: string): Fit {
  const scheme = /^mongodb(?:\+srv)?:\/\//.exec(masked)?.[0].length;
  if (scheme === undefined) return (_placeholder, _start, content) => content;
  const pathAt = scheme + masked.slice(scheme).search(/[/?]|$/);
  const loginEnd = masked.lastIndexOf('@', pathAt);
  const optionsAt = masked.indexOf('?', pathAt);
  return (placeholder, start, content) => {
    if (start < loginEnd) {
      const isWhole = start === scheme && start + placeholder.length === loginEnd;
      return isWhole ? loginOf(content) : encoded(content, RESERVED_IN_LOGIN);
    }
    const isValue = optionsAt !== -1 && start > optionsAt && masked[start - 1] === '=';
    return isValue ? encoded(content, RESERVED_IN_VALUE) : content;
  };
}

/** The same text with letters in place of its placeholders. */
export const masked = (value: string, placeholders: readonly { readonly text: string }[]): string =>
  placeholders.reduce((text, { text: each }) => text.replace(each, 'x'.repeat(each.length)), value);

/** https://www.mongodb.com/docs/manual/reference/connection-string/#components */
const RESERVED_IN_LOGIN = /[:/?#[\]@\s]/;
const RESERVED_IN_VALUE = /[&;#\s]/;
const MALFORMED_PERCENT = /%(?![0-9A-Fa-f]{2})/;

/** `user:password` in one secret. */
function loginOf(content: string): string {
  const [user = ''] = content.split(':', 1);
  const password = content.slice(user.length + 1);
  const isAlone = !content.includes(':');
  return isAlone
    ? encoded(user, RESERVED_IN_LOGIN)
    : [user, password].map((part) => encoded(part, RESERVED_IN_LOGIN)).join(':');
}

const encoded = (content: string, reserved: RegExp): string =>
  reserved.test(content) || MALFORMED_PERCENT.test(content) || !isDecodable(content)
    ? encodeURIComponent(content)
    : content;

function isDecodable(content: string): boolean {
  try {
    return decodeURIComponent(content) !== undefined;
  } catch {
    return false;
  }
}
