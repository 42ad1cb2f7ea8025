/**
 * Encodes the content of a placeholder for its place. @param start index of the placeholder in the connection string
 */
export type Fit = (placeholder: string, start: number, content: string) => string;

/**
 * Encodes the contents of placeholders for their places in a connection string, because a password may contain any
 * character. Content that is already valid in its place, percent-encoded or plain, stays unchanged: Kafka Connect never
 * encodes. Content that replaces the whole string, its hosts or all of its options stays unchanged too.
 * @param masked the connection string with each placeholder replaced by the same number of letters
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

/** The text with each placeholder replaced by the same number of letters. */
export const masked = (value: string, placeholders: readonly { readonly text: string }[]): string =>
  placeholders.reduce((text, { text: each }) => text.replace(each, 'x'.repeat(each.length)), value);

/** https://www.mongodb.com/docs/manual/reference/connection-string/#components */
const RESERVED_IN_LOGIN = /[:/?#[\]@\s]/;
const RESERVED_IN_VALUE = /[&;#\s]/;

/** One secret with `user:password`. */
function loginOf(content: string): string {
  const [user = ''] = content.split(':', 1);
  const password = content.slice(user.length + 1);
  const isAlone = !content.includes(':');
  return isAlone
    ? encoded(user, RESERVED_IN_LOGIN)
    : [user, password].map((part) => encoded(part, RESERVED_IN_LOGIN)).join(':');
}

const encoded = (content: string, reserved: RegExp): string =>
  reserved.test(content) || !isDecodable(content) ? encodeURIComponent(content) : content;

function isDecodable(content: string): boolean {
  try {
    return decodeURIComponent(content) !== undefined;
  } catch {
    return false;
  }
}
