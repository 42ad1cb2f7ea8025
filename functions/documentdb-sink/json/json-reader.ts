import { UnconvertibleError } from '../bson/unconvertible-error.ts';
import { NESTING_MAX } from '../limits.ts';
import { interpret, isExtended } from './extended-json.ts';
import { numberOf } from './number.ts';

const QUOTE = 0x22;
const DOLLAR = 0x24;
const COMMA = 0x2c;
const COLON = 0x3a;
const BRACKET_OPEN = 0x5b;
const BACKSLASH = 0x5c;
const BRACKET_CLOSE = 0x5d;
const BRACE_OPEN = 0x7b;
const BRACE_CLOSE = 0x7d;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LENIENT_NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these inside a string.
const CONTROL = /[\0-\x1f]/;

/** A character that must not follow a word. */
const WORD_CHARACTER = /[\p{L}\p{N}_$\0]/u;

/** How numbers and objects are converted, and how strict the reader is. */
export interface JsonDialect {
  /** @param token the number as text */
  readonly number: (token: string) => unknown;
  readonly object: (fields: Map<string, unknown>) => unknown;
  /** Accepts what Jackson accepts for Kafka Connect: leading zeros, and text after the value. */
  readonly lenient: boolean;
  /**
   * Reads an object from the text itself if its first name is a type of extended JSON; without this reader, `object`
   * receives the fields.
   */
  readonly extended?: ExtendedReader;
  /** The maximum length of a name; longer names are refused. */
  readonly nameBytesMax?: number;
}

/** Reads an object from its opening brace, and returns the value and the position after it. */
export interface ExtendedReader {
  readonly isName: (name: string) => boolean;
  readonly read: (text: string, start: number, depth: number) => { readonly value: unknown; readonly end: number };
}

/** Extended JSON, with numbers in their smallest type. */
const EXTENDED: JsonDialect = {
  number: numberOf,
  object: (fields) => (isExtended(fields) ? interpret(fields) : fields),
  lenient: false,
};

const notJson = (): never => {
  throw new UnconvertibleError('the value is not JSON');
};

const tooDeep = (): never => {
  throw new UnconvertibleError(`the value is nested deeper than ${NESTING_MAX} levels`);
};

/**
 * Reads JSON (RFC 8259, as strict as `JSON.parse`) and keeps what `JSON.parse` loses: the text of numbers and the order
 * of names. An object becomes a Map. The reader is as fast as `JSON.parse` plus a scan for the cases in which
 * `JSON.parse` is wrong (figures: docs/decisions/0003-documentdb-client.md).
 */
export class JsonReader {
  private readonly text: string;
  private readonly dialect: JsonDialect;
  private readonly nameBytesMax: number;
  private readonly hasEscapes: boolean;
  private readonly hasControls: boolean;
  private at = 0;

  constructor(text: string, dialect: JsonDialect = EXTENDED) {
    this.text = text;
    this.dialect = dialect;
    this.nameBytesMax = dialect.nameBytesMax ?? Number.POSITIVE_INFINITY;
    this.hasEscapes = text.includes('\\');
    this.hasControls = CONTROL.test(text);
  }

  /** @throws UnconvertibleError if the text is not JSON or has no BSON equivalent; the message quotes nothing */
  read(): unknown {
    const value = this.readValue(1);
    if (this.dialect.lenient) return value;
    this.skipBlanks();
    return this.at === this.text.length ? value : notJson();
  }

  /** @param depth of the value, if it is an object or an array: each of them is a level */
  private readValue(depth: number): unknown {
    switch (this.skipBlanks()) {
      case BRACE_OPEN:
        return this.readObject(depth);
      case BRACKET_OPEN:
        return this.readArray(depth);
      case QUOTE:
        return this.readString();
      case 0x74: // t
        return this.readWord('true', true);
      case 0x66: // f
        return this.readWord('false', false);
      case 0x6e: // n
        return this.readWord('null', null);
      default:
        return this.readNumber();
    }
  }

  private readObject(depth: number): unknown {
    if (depth > NESTING_MAX) tooDeep();
    const fields = new Map<string, unknown>();
    const start = this.at;
    this.at += 1;
    if (this.skipBlanks() === BRACE_CLOSE) this.at += 1;
    else {
      do {
        const name = this.skipBlanks() === QUOTE ? this.readName() : notJson();
        const { extended } = this.dialect;
        if (extended !== undefined && name.charCodeAt(0) === DOLLAR && fields.size === 0 && extended.isName(name)) {
          return this.readExtended(extended, start, depth);
        }
        if (this.skipBlanks() !== COLON) notJson();
        this.at += 1;
        fields.set(name, this.readValue(depth + 1));
      } while (this.readSeparator(BRACE_CLOSE));
    }
    return this.dialect.object(fields);
  }

  private readName(): string {
    const name = this.readString();
    if (name.includes('\0')) throw new UnconvertibleError('a field name holds a NUL character');
    // A UTF-16 code unit has at most three bytes in UTF-8.
    if (name.length > this.nameBytesMax / 3 && Buffer.byteLength(name) > this.nameBytesMax) {
      throw new UnconvertibleError(`a field name is longer than ${this.nameBytesMax} bytes`);
    }
    return name;
  }

  private readExtended(extended: ExtendedReader, start: number, depth: number): unknown {
    const { value, end } = extended.read(this.text, start, depth);
    this.at = end;
    return value;
  }

  private readArray(depth: number): unknown[] {
    if (depth > NESTING_MAX) tooDeep();
    const elements: unknown[] = [];
    this.at += 1;
    if (this.skipBlanks() === BRACKET_CLOSE) this.at += 1;
    else {
      do elements.push(this.readValue(depth + 1));
      while (this.readSeparator(BRACKET_CLOSE));
    }
    return elements;
  }

  /** Whether another member follows: true after a comma, false after the closing bracket. */
  private readSeparator(close: number): boolean {
    const code = this.skipBlanks();
    if (code !== COMMA && code !== close) notJson();
    this.at += 1;
    return code === COMMA;
  }

  private readString(): string {
    const start = this.at;
    let end = this.text.indexOf('"', start + 1);
    while (this.hasEscapes && this.isEscaped(end)) end = this.text.indexOf('"', end + 1);
    if (end === -1) notJson();
    this.at = end + 1;
    const raw = this.text.slice(start + 1, end);
    if (this.hasControls && CONTROL.test(raw)) notJson();
    return this.hasEscapes && raw.includes('\\') ? withoutEscapes(raw) : raw;
  }

  /** Whether an odd number of backslashes precedes this position. */
  private isEscaped(place: number): boolean {
    let first = place;
    while (this.text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
    return (place - first) % 2 === 1;
  }

  private readWord<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) notJson();
    this.at += word.length;
    if (WORD_CHARACTER.test(this.text[this.at] ?? '')) notJson();
    return value;
  }

  private readNumber(): unknown {
    const number = this.dialect.lenient ? LENIENT_NUMBER : NUMBER;
    number.lastIndex = this.at;
    const token = number.exec(this.text)?.[0] ?? notJson();
    this.at += token.length;
    return this.dialect.number(token);
  }

  private skipBlanks(): number {
    let code = this.text.charCodeAt(this.at);
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) {
      this.at += 1;
      code = this.text.charCodeAt(this.at);
    }
    return code;
  }
}

/**
 * Refuses half of a surrogate pair, which the server does not store. Text without escapes was decoded from bytes and
 * contains no such half.
 */
function withoutEscapes(raw: string): string {
  const text = unescaped(raw);
  if (!text.isWellFormed()) throw new UnconvertibleError('a text holds half of a surrogate pair');
  return text;
}

function unescaped(raw: string): string {
  try {
    return JSON.parse(`"${raw}"`);
  } catch {
    return notJson();
  }
}
