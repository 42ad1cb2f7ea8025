import { UnconvertibleError } from './unconvertible-error.ts';

export type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'regex'; readonly pattern: string; readonly options: string }
  | { readonly kind: 'sign'; readonly text: string }
  | { readonly kind: 'end' };

export const notJson = (): never => {
  throw new UnconvertibleError('the value is not JSON');
};

export const isSign = (token: Token, sign: string): boolean => token.kind === 'sign' && token.text === sign;

const BLANKS = /\s*/y;
const WORD = /[$_\p{L}][$_\p{L}\p{Nd}]*/uy;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?=[,}\])\s]|$)|-Infinity(?=[,}\])\s]|$)/y;
const TEXT = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"|'[^'\\]*(?:\\[\s\S][^'\\]*)*'/y;
const REGEX = /\/((?:[^/\\]|\\[\s\S])*)\/([imxs]*)/y;
const SIGNS = '{}[](),:';

/** Takes text apart as the Java driver's `JsonScanner` does. */
export class ShellScanner {
  private readonly text: string;
  private at = 0;
  private pushed: Token | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** @throws UnconvertibleError where no token begins */
  next(): Token {
    const pushed = this.pushed;
    this.pushed = undefined;
    return pushed ?? this.scan();
  }

  /** Whether the next token is this sign, which is then behind us. */
  skip(sign: string): boolean {
    const token = this.next();
    if (isSign(token, sign)) return true;
    this.pushed = token;
    return false;
  }

  private scan(): Token {
    this.match(BLANKS);
    const first = this.text[this.at];
    if (first === undefined) return { kind: 'end' };
    if (SIGNS.includes(first)) {
      this.at += 1;
      return { kind: 'sign', text: first };
    }
    if (first === '"' || first === "'") return { kind: 'text', text: unescaped(this.match(TEXT)?.[0] ?? notJson()) };
    if (first === '/') {
      const [, pattern = '', options = ''] = this.match(REGEX) ?? notJson();
      return { kind: 'regex', pattern, options };
    }
    if (/[-\d]/.test(first)) return { kind: 'number', text: this.match(NUMBER)?.[0] ?? notJson() };
    return { kind: 'word', text: this.match(WORD)?.[0] ?? notJson() };
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    this.at += found?.[0].length ?? 0;
    return found;
  }
}

const ESCAPE = /\\(?:u([0-9A-Fa-f]{4})|([\s\S]))/g;
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
    .replace(ESCAPE, (_all, code: string | undefined, character: string | undefined = '') =>
      code === undefined ? (ESCAPED[character] ?? notJson()) : String.fromCharCode(Number.parseInt(code, 16)),
    );
