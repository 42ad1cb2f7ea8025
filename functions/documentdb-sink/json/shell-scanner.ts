import { UnconvertibleError } from '../bson/unconvertible-error.ts';
import { parseWhole } from '../java/text/numbers.ts';

export type Token =
  | { readonly kind: 'sign'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  /** Letters without quotes. */
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'int32'; readonly value: number }
  | { readonly kind: 'int64'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'regex'; readonly pattern: string; readonly options: string }
  | { readonly kind: 'end' };

/** The text is not of the shape that was tried; it may be of another. */
export class ShapeError extends UnconvertibleError {}

export const notJson = (): never => {
  throw new ShapeError('the value is not JSON');
};

export const isSign = (token: Token, sign: string): boolean => token.kind === 'sign' && token.text === sign;

/** `Character.isWhitespace` */
const BLANK = '\\t-\\r\\x1c- \\u1680\\u2000-\\u2006\\u2008-\\u200a\\u2028\\u2029\\u205f\\u3000';
const BLANKS = new RegExp(`[${BLANK}]*`, 'y');
/** What must follow a number or a pattern. */
const AFTER = `(?=[,}\\])${BLANK}]|$)`;
/** Java reads units of UTF-16: letters beyond the first plane are none. */
const WORD = /[[$_\p{L}]--[\u{10000}-\u{10FFFF}]][[$_\p{L}\p{Nd}]--[\u{10000}-\u{10FFFF}]]*/vy;
const NUMBER = new RegExp(`-Infinity${AFTER}|-?\\p{Nd}+(?:(\\.\\p{Nd}+)?([eE][+-]?\\p{Nd}+(?!$))?)${AFTER}`, 'uy');
const STRING = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"|'[^'\\]*(?:\\[\s\S][^'\\]*)*'/y;
const REGEX = new RegExp(`/((?:[^/\\\\]|\\\\[\\s\\S])*)/([imxs]*)${AFTER}`, 'y');
const SIGNS = '{}[](),:';

/**
 * Takes text apart as the Java driver's `JsonScanner` does.
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

  /** Where the next token begins, unless one was pushed back. */
  get place(): number {
    return this.at;
  }

  /** @throws ShapeError where no token begins */
  next(): Token {
    const pushed = this.pushed;
    this.pushed = undefined;
    return pushed ?? this.scan();
  }

  push(token: Token): void {
    this.pushed = token;
  }

  /** Whether the next token is this sign, which is then behind us. */
  skip(sign: string): boolean {
    const before = this.at;
    const pushed = this.pushed;
    if (isSign(this.next(), sign)) return true;
    this.at = before;
    this.pushed = pushed;
    return false;
  }

  /** What is read; undefined, with nothing read, where the text has another shape. */
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
    // The server keeps no half of a character.
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

/** `Integer.parseInt` of four characters takes a sign. */
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
