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
const SLASH = 0x2f;
const NINE = 0x39;

/** In place of a position: the transcoder leaves the value to the JSON reader. */
export const LEFT = -1;

export const isDigit = (code: number | undefined): boolean => code !== undefined && code >= ZERO && code <= NINE;

export function skipBlanks(text: Buffer, at: number): number {
  let place = at;
  for (let code = text[place]; code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09; code = text[place]) {
    place += 1;
  }
  return place;
}

/** The UTF-16 unit of an escape; `LEFT` for half of a surrogate pair and for what is no escape. @param at behind the backslash */
export function escapedUnit(text: Buffer, at: number): number {
  switch (text[at]) {
    case QUOTE:
    case BACKSLASH:
    case SLASH:
      return text[at] as number;
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
    case 0x75: // u
      return hexUnit(text, at + 1);
    default:
      return LEFT;
  }
}

function hexUnit(text: Buffer, at: number): number {
  let unit = 0;
  for (let place = at; place < at + 4; place += 1) {
    const digit = hexDigit(text[place] as number);
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
export function writeUnit(out: Buffer, at: number, unit: number): number {
  if (unit < 0x80) {
    out[at] = unit;
    return at + 1;
  }
  if (unit < 0x800) {
    out[at] = 0xc0 | (unit >> 6);
    out[at + 1] = 0x80 | (unit & 0x3f);
    return at + 2;
  }
  out[at] = 0xe0 | (unit >> 12);
  out[at + 1] = 0x80 | ((unit >> 6) & 0x3f);
  out[at + 2] = 0x80 | (unit & 0x3f);
  return at + 3;
}
