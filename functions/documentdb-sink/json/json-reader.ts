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

/** What no word can be followed by. */
const WORD_CHARACTER = /[\p{L}\p{N}_$\0]/u;

/** What numbers and objects become, and how strict the reader is. */
export interface JsonDialect {
  /** @param token as it is spelt */
  readonly number: (token: string) => unknown;
  readonly object: (fields: Map<string, unknown>) => unknown;
  /** As Kafka Connect has Jackson read it: zeros may lead a number, and text may follow the value. */
  readonly lenient: boolean;
  /** Reads an object whose first name is a type's from the text itself; undefined: `object` sees it like any other. */
  readonly extended?: ExtendedReader;
  /** Longer names are refused. */
  readonly nameBytesMax?: number;
}

/** Another reader takes over at the brace of an object, and gives its value and the place behind it. */
export interface ExtendedReader {
  readonly isName: (name: string) => boolean;
  readonly read: (text: string, start: number, depth: number) => { readonly value: unknown; readonly end: number };
}

/** Extended JSON, of which numbers have the type they need. */
const EXTENDED: JsonDialect = {
  number: numberOf,
  object: (fields) => (isExtended(fields) ? interpret(fields) : fields),
  lenient: false,
};

const notJson = (): never => {
  throw new UnconvertibleError('the value is not JSON');
};

/**
 * Reads JSON (RFC 8259, as strictly as `JSON.parse`) without losing what `JSON.parse` loses: how a number was spelt and
 * the order of names. An object becomes a Map. Takes no longer than `JSON.parse` and a scan for the cases in which that
 * is wrong: docs/decisions/0003-documentdb-client.md has the figures.
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

  /** @throws UnconvertibleError when the text is not JSON, or has no BSON equivalent; its message quotes nothing. */
  read(): unknown {
    const value = this.readValue(1);
    if (this.dialect.lenient) return value;
    this.skipBlanks();
    return this.at === this.text.length ? value : notJson();
  }

  private readValue(depth: number): unknown {
    if (depth > NESTING_MAX) throw new UnconvertibleError(`the value is nested deeper than ${NESTING_MAX} levels`);
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
    // A unit of UTF-16 is three bytes at most.
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

  /** Whether an odd number of backslashes stands before this place. */
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

function withoutEscapes(raw: string): string {
  const text = unescaped(raw);
  // The server keeps no half of a character. Text without escapes was decoded from bytes, and has none.
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
