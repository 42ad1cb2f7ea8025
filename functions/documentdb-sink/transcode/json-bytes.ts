export const SPACE = 0x20;
export const QUOTE = 0x22;
export const DOLLAR = 0x24;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const DOT = 0x2e;
export const ZERO = 0x30;
export const COLON = 0x3a;
export const BRACKET_OPEN = 0x5b;
export const BACKSLASH = 0x5c;
export const BRACKET_CLOSE = 0x5d;
export const UNDERSCORE = 0x5f;
export const LETTER_U = 0x75;
export const BRACE_OPEN = 0x7b;
export const BRACE_CLOSE = 0x7d;
export const PLUS = 0x2b;
export const SLASH = 0x2f;
export const NINE = 0x39;

/** In place of a position: the transcoder leaves the value to the JSON reader. */
export const LEFT = -1;

export const isDigit = (code: number | undefined): boolean => code !== undefined && code >= ZERO && code <= NINE;

export function skipBlanks(text: Buffer, at: number): number {
  let place = at;
  for (let code = text[place]; code === SPACE || code === 0x0a || code === 0x0d || code === 0x09; code = text[place]) {
    place += 1;
  }
  return place;
}
