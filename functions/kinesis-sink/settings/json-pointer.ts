/**
 * https://www.rfc-editor.org/rfc/rfc6901#section-3: at most 256 characters; the empty pointer is excluded because it
 * names the whole document.
 */
export const JSON_POINTER = /^(?=.{1,256}$)(?:\/(?:[^~/]|~[01])*)+$/;

/**
 * The names on the way to the value. https://www.rfc-editor.org/rfc/rfc6901#section-4: `~1` is replaced before `~0`, otherwise `~01` would become a slash.
 */
export const tokensOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));

/** The value at the pointer in a parsed document; undefined if there is none. */
export function valueAt(document: unknown, pointer: string): unknown {
  let value = document;
  for (const token of tokensOf(pointer)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return undefined;
    if (Array.isArray(value) && token === 'length') return undefined;
    value = (value as Readonly<Record<string, unknown>>)[token];
  }
  return value;
}
