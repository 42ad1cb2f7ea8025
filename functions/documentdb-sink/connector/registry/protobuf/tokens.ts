import { UnconvertibleError } from '../../../bson/unconvertible-error.ts';

interface Token {
  /** `text`: a string in quotes, which stand no more around it. */
  readonly kind: 'word' | 'number' | 'text' | 'symbol' | 'end';
  readonly text: string;
}

const TOKEN =
  /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+|(?<word>\.?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|(?<number>\.?\d(?:[eE][+-]|[\w.])*)|(?<text>"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*')|(?<symbol>[{}[\]()<>=;,:+.-])/y;

const END: Token = { kind: 'end', text: '' };

export const wrongSchema = (detail: string): never => {
  throw new UnconvertibleError(`the Protobuf schema is wrong: ${detail}`);
};

/** The words of a `.proto` text, one after another. Comments are passed over. */
export class Tokens {
  readonly #tokens: readonly Token[];
  #at = 0;

  /** @throws UnconvertibleError for a character that is none of the language, as everything here */
  constructor(source: string) {
    this.#tokens = tokensOf(source);
  }

  /** The next token, which stays the next. */
  get next(): Token {
    return this.#tokens[this.#at] ?? END;
  }

  take(): Token {
    const { next } = this;
    this.#at += 1;
    return next;
  }

  /** Takes the next token where it is this word or symbol. */
  takes(text: string): boolean {
    if (this.next.kind === 'text' || this.next.text !== text) return false;
    this.#at += 1;
    return true;
  }

  expect(symbol: string): void {
    if (!this.takes(symbol)) wrongSchema(`a ${symbol} is missing`);
  }

  word(): string {
    const { kind, text } = this.take();
    return kind === 'word' ? text : wrongSchema('a name is missing');
  }

  /** Texts that follow each other are one. */
  string(): string {
    if (this.next.kind !== 'text') return wrongSchema('a text in quotes is missing');
    let whole = '';
    while (this.next.kind === 'text') whole += this.take().text;
    return whole;
  }

  integer(): number {
    const sign = this.takes('-') ? -1 : 1;
    const { kind, text } = this.take();
    const number = kind === 'number' ? integerOf(text) : undefined;
    return number === undefined ? wrongSchema('a number is missing') : sign * number;
  }

  /** Passes over a statement, to its semicolon. */
  skipStatement(): void {
    while (!this.takes(';')) {
      if (this.next.kind === 'end') wrongSchema('a ; is missing');
      if (this.next.kind === 'symbol' && this.next.text === '{') this.skipBlock();
      else this.take();
    }
  }

  /** Passes over everything to the brace that closes the next one that opens. */
  skipBlock(): void {
    for (let depth = 0; ; ) {
      const { kind, text } = this.take();
      if (kind === 'end') wrongSchema('a brace is missing');
      if (kind !== 'symbol') continue;
      if (text === '{') depth += 1;
      if (text === '}') depth -= 1;
      if (text === '}' && depth === 0) return;
    }
  }
}

/** Confluent's library reads no octal numbers. */
const integerOf = (text: string): number | undefined =>
  /^(?:\d+|0[xX][\da-fA-F]+)$/.test(text) ? Number(text) : undefined;

function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const groups = TOKEN.exec(source)?.groups;
    if (groups === undefined) return wrongSchema('it has a character that is none of the language');
    const { word, number, text, symbol } = groups;
    if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (text !== undefined) tokens.push({ kind: 'text', text: unescaped(text.slice(1, -1)) });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol });
  }
  return tokens;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b', f: '\f', v: '\v' };

const unescaped = (text: string): string =>
  text.replaceAll(
    /\\(?:([0-7]{1,3})|[xX]([\da-fA-F]{1,2})|([\s\S]))/g,
    (_all, octal?: string, hex?: string, one?: string) => {
      if (one !== undefined) return ESCAPES[one] ?? one;
      return String.fromCharCode(octal === undefined ? Number(`0x${hex}`) : Number.parseInt(octal, 8));
    },
  );
