import { isUtf8 } from 'node:buffer';
import type { Payload } from '../../../shared/record.ts';
import { type BsonElements, BsonType } from '../bson/bson-writer.ts';
import { ID_FIELD, RESERVED_FIELDS } from '../bson/documents.ts';
import { BSON_BYTES_PER_JSON_BYTE, NESTING_MAX } from '../limits.ts';
import type { Dialect } from './dialect.ts';
import { FIELDS_MAX, FieldStack } from './field-stack.ts';
import {
  BACKSLASH,
  BRACE_CLOSE,
  BRACE_OPEN,
  BRACKET_CLOSE,
  BRACKET_OPEN,
  COLON,
  COMMA,
  DOLLAR,
  LEFT,
  QUOTE,
  skipBlanks,
  UNDERSCORE,
  ZERO,
} from './json-bytes.ts';
import { NumberReader } from './number-reader.ts';
import { isAscii, StringCopier, WORD_BYTES } from './string-copier.ts';

/** A longer value is left to the JSON reader, so that the buffers stay small. */
const VALUE_BYTES_MAX = 256 * 1_024;
/** The documents of so many bytes share a block of memory. */
const BLOCK_BYTES = 256 * 1_024;
const INT32_LIMIT = 2 ** 31;
const UINT32_RANGE = 2 ** 32;

/**
 * Writes the plain JSON documents that most records are, from the bytes of the text to the bytes of BSON. Every other value is left to
 * the JSON reader and the driver: names that begin with `$`, repeated names, invalid JSON, reserved fields, whole numbers of more
 * than 15 digits, .. The transcoder gives the bytes that reader and driver give: a property test compares them.
 * Figures: docs/decisions/0018-straight-path.md.
 */
export class Transcoder {
  readonly #dialect: Dialect;
  readonly #fieldStack = new FieldStack();
  readonly #numberReader = new NumberReader();
  readonly #stringCopier = new StringCopier();
  #text = Buffer.allocUnsafeSlow(16 * 1_024);
  #textView = new DataView(this.#text.buffer);
  /** The documents of many values, one behind another. The memory is free once none of them is in use. */
  #out = Buffer.allocUnsafeSlow(0);
  #view = new DataView(this.#out.buffer);
  /** End of what is written. */
  #end = 0;
  /** The bitwise disjunction of the bytes of all names and strings. */
  #union = 0;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /**
   * @returns the fields of the document without `_id`, in BSON; undefined if the value is left to the JSON reader
   */
  transcode(value: Payload): BsonElements | undefined {
    const length = value.byteLength;
    if (length > VALUE_BYTES_MAX) return undefined;
    this.#makeRoom(length);
    const text = this.#text;
    text.write(value.base64, 'base64');
    text[length] = 0; // no value, name or blank goes on here
    this.#union = 0;
    this.#fieldStack.clear();
    const start = this.#end;
    if (this.#document(length)) return { bytes: this.#out, start, end: this.#end };
    this.#end = start;
    return undefined;
  }

  #document(length: number): boolean {
    const text = this.#text;
    const start = skipBlanks(text, 0);
    if (text[start] !== BRACE_OPEN) return false;
    const end = this.#fields(start + 1, 1, true);
    if (end === LEFT || skipBlanks(text, end) !== length) return false;
    return isAscii(this.#union) || isUtf8(text.subarray(0, length));
  }

  #makeRoom(length: number): void {
    if (length + 1 + WORD_BYTES > this.#text.length) {
      this.#text = Buffer.allocUnsafeSlow(2 * (length + WORD_BYTES));
      this.#textView = new DataView(this.#text.buffer);
    }
    const bytesMax = BSON_BYTES_PER_JSON_BYTE * (length + NESTING_MAX);
    if (this.#end + bytesMax <= this.#out.length) return;
    this.#out = Buffer.allocUnsafeSlow(Math.max(bytesMax, BLOCK_BYTES));
    this.#view = new DataView(this.#out.buffer);
    this.#end = 0;
  }

  /**
   * Writes the fields of an object.
   * @param at behind the opening brace
   * @param isWhole whether the object is the whole value
   * @returns behind the closing brace, or `LEFT`
   */
  #fields(at: number, depth: number, isWhole: boolean): number {
    const text = this.#text;
    const first = this.#fieldStack.count;
    let place = skipBlanks(text, at);
    if (text[place] === BRACE_CLOSE) return place + 1;
    for (;;) {
      place = text[place] === QUOTE ? this.#field(place + 1, first, depth, isWhole) : LEFT;
      if (place === LEFT) return LEFT;
      place = skipBlanks(text, place);
      if (text[place] === BRACE_CLOSE) break;
      if (text[place] !== COMMA) return LEFT;
      place = skipBlanks(text, place + 1);
    }
    return this.#endObject(first) ? place + 1 : LEFT;
  }

  #endObject(first: number): boolean {
    const isSorted = this.#dialect.order === 'text' || this.#fieldStack.sort(this.#out, first, this.#end);
    this.#fieldStack.removeFrom(first);
    return isSorted;
  }

  /** @param start behind the quote of the name @returns behind the value, or `LEFT` */
  #field(start: number, first: number, depth: number, isWhole: boolean): number {
    const text = this.#text;
    const elementAt = this.#end;
    const nameEnd = this.#name(start, first);
    if (nameEnd === LEFT) return LEFT;
    const own = isWhole && text[start] === UNDERSCORE ? text.toString('latin1', start, nameEnd) : undefined;
    if (own !== undefined && this.#isLeft(own)) return LEFT;
    const colon = skipBlanks(text, nameEnd + 1);
    if (text[colon] !== COLON) return LEFT;
    const end = this.#value(skipBlanks(text, colon + 1), elementAt, depth + 1);
    if (own === ID_FIELD) this.#end = elementAt; // the record's own one takes its place
    return end;
  }

  /** @param own the name of a field of the whole value */
  #isLeft(own: string): boolean {
    return RESERVED_FIELDS.includes(own) || (own === ID_FIELD && this.#dialect.ownId === 'left');
  }

  /** Writes the head of an element: its type comes later. @param start behind the quote @returns at the closing quote, or `LEFT` */
  #name(start: number, first: number): number {
    const text = this.#text;
    const out = this.#out;
    const elementAt = this.#end;
    let hash = 0;
    let all = 0;
    let at = elementAt + 1;
    let end = start;
    for (let code = text[end] as number; code !== QUOTE; code = text[end] as number) {
      if (code < 0x20 || code === BACKSLASH) return LEFT;
      hash = (Math.imul(hash, 31) + code) | 0;
      all |= code;
      out[at] = code;
      at += 1;
      end += 1;
    }
    if (!this.#takesName(start, end, all)) return LEFT;
    out[at] = 0;
    this.#end = at + 1;
    this.#union |= all;
    return this.#fieldStack.add(text, first, { start, end, hash, elementAt }) ? end : LEFT;
  }

  /** @param all the bitwise disjunction of the name's bytes */
  #takesName(start: number, end: number, all: number): boolean {
    const { nameBytesMax, order } = this.#dialect;
    if (this.#text[start] === DOLLAR || end - start > nameBytesMax || this.#fieldStack.count === FIELDS_MAX)
      return false;
    return all <= 0x7f || order === 'text'; // Java's hash is one of UTF-16 units
  }

  /** Writes a value. @param typeAt where its type goes @returns behind the value, or `LEFT` */
  #value(at: number, typeAt: number, depth: number): number {
    switch (this.#text[at]) {
      case QUOTE:
        this.#out[typeAt] = BsonType.String;
        return this.#string(at + 1);
      case BRACE_OPEN:
        return this.#nested(at, typeAt, BsonType.Document, depth);
      case BRACKET_OPEN:
        return this.#nested(at, typeAt, BsonType.Array, depth);
      case 0x74: // t
        return this.#word(at, 'true', typeAt, BsonType.Boolean);
      case 0x66: // f
        return this.#word(at, 'false', typeAt, BsonType.Boolean);
      case 0x6e: // n
        return this.#word(at, 'null', typeAt, BsonType.Null);
      default:
        return this.#number(at, typeAt);
    }
  }

  #nested(at: number, typeAt: number, type: BsonType, depth: number): number {
    if (depth > NESTING_MAX) return LEFT;
    this.#out[typeAt] = type;
    const start = this.#end;
    this.#end += 4;
    const place = type === BsonType.Document ? this.#fields(at + 1, depth, false) : this.#elements(at + 1, depth);
    if (place === LEFT) return LEFT;
    this.#out[this.#end] = 0;
    this.#end += 1;
    this.#view.setInt32(start, this.#end - start, true);
    return place;
  }

  #elements(at: number, depth: number): number {
    const text = this.#text;
    let place = skipBlanks(text, at);
    if (text[place] === BRACKET_CLOSE) return place + 1;
    for (let index = 0; ; index += 1) {
      const typeAt = this.#end;
      this.#end += 1;
      this.#index(index);
      place = this.#value(place, typeAt, depth + 1);
      if (place === LEFT) return LEFT;
      place = skipBlanks(text, place);
      if (text[place] === BRACKET_CLOSE) return place + 1;
      if (text[place] !== COMMA) return LEFT;
      place = skipBlanks(text, place + 1);
    }
  }

  /** The name of an element of an array. */
  #index(index: number): void {
    if (index < 10) this.#out[this.#end] = ZERO + index;
    this.#end += index < 10 ? 1 : this.#out.write(String(index), this.#end, 'latin1');
    this.#out[this.#end] = 0;
    this.#end += 1;
  }

  #word(at: number, word: string, typeAt: number, type: BsonType): number {
    for (let index = 0; index < word.length; index += 1) {
      if (this.#text[at + index] !== word.charCodeAt(index)) return LEFT;
    }
    this.#out[typeAt] = type;
    if (type === BsonType.Boolean) {
      this.#out[this.#end] = Number(word === 'true');
      this.#end += 1;
    }
    return at + word.length;
  }

  /** @param start behind the quote */
  #string(start: number): number {
    const copier = this.#stringCopier;
    const lengthAt = this.#end;
    const end = copier.copy(this.#textView, start, this.#view, lengthAt + 4);
    if (end === LEFT) return LEFT;
    this.#union |= copier.union;
    this.#out[copier.end] = 0;
    this.#end = copier.end + 1;
    this.#view.setInt32(lengthAt, this.#end - lengthAt - 4, true);
    return end;
  }

  #number(start: number, typeAt: number): number {
    const number = this.#numberReader;
    if (!number.read(this.#text, start)) return LEFT;
    if (number.isWhole) this.#whole(number.value, typeAt);
    else this.#double(number.value, typeAt);
    return number.end;
  }

  #double(value: number, typeAt: number): void {
    this.#out[typeAt] = BsonType.Double;
    this.#view.setFloat64(this.#end, this.#dialect.hasNegativeZero ? value : value || 0, true);
    this.#end += 8;
  }

  #whole(value: number, typeAt: number): void {
    if (this.#dialect.wholeNumbers === 'smallest' && value >= -INT32_LIMIT && value < INT32_LIMIT) {
      this.#out[typeAt] = BsonType.Int32;
      this.#view.setInt32(this.#end, value, true);
      this.#end += 4;
      return;
    }
    this.#out[typeAt] = BsonType.Int64;
    this.#view.setUint32(this.#end, value >>> 0, true);
    this.#view.setInt32(this.#end + 4, Math.floor(value / UINT32_RANGE), true);
    this.#end += 8;
  }
}
