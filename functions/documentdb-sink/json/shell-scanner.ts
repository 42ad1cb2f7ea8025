import { UnconvertibleError } from '../bson/unconvertible-error.ts';
import { parseWhole } from '../java/text/numbers.ts';

export type Token =
  | { readonly kind: 'sign'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  /** a word without quotes */
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'int32'; readonly value: number }
  | { readonly kind: 'int64'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'regex'; readonly pattern: string; readonly options: string }
  | { readonly kind: 'end' };

/** The text does not have the shape that was tried, but may have another one. */
export class ShapeError extends UnconvertibleError {}

export const notJson = (): never => {
  throw new ShapeError('the value is not JSON');
};

export const isSign = (token: Token, sign: string): boolean => token.kind === 'sign' && token.text === sign;

/** The characters of `Character.isWhitespace`. */
const BLANK = '\\t-\\r\\x1c- \\u1680\\u2000-\\u2006\\u2008-\\u200a\\u2028\\u2029\\u205f\\u3000';
const BLANKS = new RegExp(`[${BLANK}]*`, 'y');
/** The end of the text, or a character that may follow a number or a regular expression. */
const AFTER = `(?=[,}\\])${BLANK}]|$)`;
/** Java reads UTF-16 code units, so a letter beyond U+FFFF is no letter to Java. */
const WORD = /[[$_\p{L}]--[\u{10000}-\u{10FFFF}]][[$_\p{L}\p{Nd}]--[\u{10000}-\u{10FFFF}]]*/vy;
const NUMBER = new RegExp(`-Infinity${AFTER}|-?\\p{Nd}+(?:(\\.\\p{Nd}+)?([eE][+-]?\\p{Nd}+(?!$))?)${AFTER}`, 'uy');
const STRING = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"|'[^'\\]*(?:\\[\s\S][^'\\]*)*'/y;
const REGEX = new RegExp(`/((?:[^/\\\\]|\\\\[\\s\\S])*)/([imxs]*)${AFTER}`, 'y');
const SIGNS = '{}[](),:';

/**
 * Splits text into tokens like the Java driver's `JsonScanner`.
 * https://github.com/mongodb/mongo-java-driver/blob/main/bson/src/main/org/bson/json/JsonScanner.java
 */
export class ShellScanner {
  private readonly text: string;
  private at: number;
  private pushed: Token | undefined;

  constructor(text: string, at = 0) {
    this.text = text;
    this.at = at;
  }

  /** The position of the next token, unless a token was pushed back. */
  get place(): number {
    return this.at;
  }

  /** @throws ShapeError if no token begins here */
  next(): Token {
    const pushed = this.pushed;
    this.pushed = undefined;
    return pushed ?? this.scan();
  }

  push(token: Token): void {
    this.pushed = token;
  }

  /** Consumes the next token if it is this sign. @returns whether it is */
  skip(sign: string): boolean {
    const before = this.at;
    const pushed = this.pushed;
    if (isSign(this.next(), sign)) return true;
    this.at = before;
    this.pushed = pushed;
    return false;
  }

  /** Runs `read`; if the text has another shape, returns undefined and restores the position. */
  attempt<T>(read: () => T): T | undefined {
    const [at, pushed] = [this.at, this.pushed];
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      [this.at, this.pushed] = [at, pushed];
      return undefined;
    }
  }

  private scan(): Token {
    this.match(BLANKS);
    const first = this.text[this.at];
    if (first === undefined) return { kind: 'end' };
    if (SIGNS.includes(first)) {
      this.at += 1;
      return { kind: 'sign', text: first };
    }
    if (first === '"' || first === "'") return this.string();
    if (first === '/') {
      const [, pattern = '', options = ''] = this.match(REGEX) ?? notJson();
      return { kind: 'regex', pattern, options };
    }
    if (/^[-\p{Nd}]$/u.test(first)) return this.number();
    return { kind: 'word', text: this.match(WORD)?.[0] ?? notJson() };
  }

  private string(): Token {
    const text = unescaped(this.match(STRING)?.[0] ?? notJson());
    // The server does not store half of a surrogate pair.
    if (!text.isWellFormed()) throw new UnconvertibleError('a text holds half of a surrogate pair');
    return { kind: 'string', text };
  }

  private number(): Token {
    const [text, fraction, exponent] = this.match(NUMBER) ?? notJson();
    if (text === '-Infinity') return { kind: 'double', value: Number.NEGATIVE_INFINITY };
    if (fraction !== undefined || exponent !== undefined) {
      const value = Number(text);
      return Number.isNaN(value) ? notJson() : { kind: 'double', value };
    }
    const value = parseWhole(text, 64);
    if (value === undefined) throw new UnconvertibleError('a whole number does not fit into 64 bits');
    return BigInt.asIntN(32, value) === value ? { kind: 'int32', value: Number(value) } : { kind: 'int64', value };
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    this.at += found?.[0].length ?? 0;
    return found;
  }
}

/** `Integer.parseInt` also accepts a sign, so a sign may replace one of the four digits. */
const ESCAPE = /\\(?:u([\s\S]{4})|([\s\S]))/g;
const CODE_UNIT = /^(?:[0-9A-Fa-f]{4}|[+-][0-9A-Fa-f]{3})$/;
const ESCAPED: Readonly<Record<string, string>> = {
  "'": "'",
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

const unescaped = (quoted: string): string =>
  quoted
    .slice(1, -1)
    .replace(ESCAPE, (_all, unit: string | undefined, character: string | undefined = '') =>
      unit === undefined ? (ESCAPED[character] ?? notJson()) : codeUnit(unit),
    );

const codeUnit = (digits: string): string =>
  CODE_UNIT.test(digits) ? String.fromCharCode(Number.parseInt(digits, 16)) : notJson();
