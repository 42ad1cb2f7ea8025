import { BSON } from 'mongodb';

/** The types of BSON elements that this project writes itself: https://bsonspec.org/spec.html */
export const BsonType = {
  Double: 0x01,
  String: 0x02,
  Document: 0x03,
  Array: 0x04,
  Boolean: 0x08,
  Null: 0x0a,
  Int32: 0x10,
  Int64: 0x12,
} as const;

export type BsonType = (typeof BsonType)[keyof typeof BsonType];

/** The elements of a document, as a part of some bytes. */
export interface BsonElements {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** A document that writes its own elements. */
export abstract class Encoded {
  abstract writeTo(writer: BsonWriter): void;
}

/** The driver's commands have null for `undefined`; its serializer alone leaves the field out. */
const AS_IN_COMMANDS = { ignoreUndefined: false };

/** The kind of a section of a message that holds documents. */
const DOCUMENT_SEQUENCE = 1;
/** A document begins with its length. */
const LENGTH_BYTES = 4;
/** Texts up to this length are written without a native call. */
const SHORT_TEXT_MAX = 32;

/**
 * Writes documents of BSON one behind another. Writes the few types of a guard itself and leaves all others to the driver,
 * with the same bytes: a property test compares both.
 */
export class BsonWriter {
  #out: Buffer;
  #end = 0;

  /** @param bytes the expected number of bytes; the writer grows */
  constructor(bytes: number) {
    this.#out = Buffer.allocUnsafeSlow(bytes);
  }

  /** What is written so far. */
  written(): Uint8Array {
    return this.#out.subarray(0, this.#end);
  }

  /** Writes a document. @param write writes the elements */
  document(write: () => void): void {
    const start = this.#end;
    this.#reserve(LENGTH_BYTES);
    this.#end += LENGTH_BYTES;
    write();
    this.#byte(0);
    this.#out.writeInt32LE(this.#end - start, start);
  }

  /**
   * Writes a section of a message that holds documents one behind another:
   * https://github.com/mongodb/specifications/blob/master/source/message/OP_MSG.md#sections
   * @param write writes the documents
   */
  section(identifier: string, write: () => void): void {
    this.#byte(DOCUMENT_SEQUENCE);
    const start = this.#end;
    this.#reserve(LENGTH_BYTES + identifier.length);
    this.#end += LENGTH_BYTES;
    this.#ascii(identifier);
    this.#byte(0);
    write();
    this.#out.writeInt32LE(this.#end - start, start);
  }

  element(name: string, value: unknown): void {
    if (isPlainName(name)) this.#ownElement(name, value);
    else this.#driversElement(name, value);
  }

  /** Elements that are BSON already. */
  elements({ bytes, start, end }: BsonElements): void {
    this.#reserve(end - start);
    this.#end += bytes.copy(this.#out, this.#end, start, end);
  }

  #ownElement(name: string, value: unknown): void {
    switch (typeof value) {
      case 'string':
        this.#head(BsonType.String, name);
        this.#text(value);
        break;
      case 'boolean':
        this.#head(BsonType.Boolean, name);
        this.#byte(Number(value));
        break;
      case 'bigint':
        this.#head(BsonType.Int64, name);
        this.#int64(value);
        break;
      default:
        if (value instanceof Encoded) this.#nested(name, () => value.writeTo(this));
        else if (isPlainObject(value)) this.#nested(name, () => this.#fields(value));
        else this.#driversElement(name, value);
    }
  }

  #nested(name: string, write: () => void): void {
    this.#head(BsonType.Document, name);
    this.document(write);
  }

  #fields(value: Readonly<Record<string, unknown>>): void {
    for (const name of Object.keys(value)) this.element(name, value[name]);
  }

  #driversElement(name: string, value: unknown): void {
    const document = BSON.serialize(new Map([[name, value]]) as unknown as BSON.Document, AS_IN_COMMANDS);
    const bytes = Buffer.from(document.buffer, document.byteOffset, document.byteLength);
    this.elements({ bytes, start: LENGTH_BYTES, end: bytes.length - 1 });
  }

  #head(type: BsonType, name: string): void {
    this.#reserve(2 + name.length);
    this.#out[this.#end] = type;
    this.#end += 1;
    this.#ascii(name);
    this.#byte(0);
  }

  #ascii(text: string): void {
    for (let index = 0; index < text.length; index += 1) this.#out[this.#end + index] = text.charCodeAt(index);
    this.#end += text.length;
  }

  #text(text: string): void {
    this.#reserve(5 + 3 * text.length);
    const start = this.#end;
    this.#end += 4;
    if (text.length <= SHORT_TEXT_MAX && isAscii(text)) this.#ascii(text);
    else this.#end += this.#out.write(text, this.#end);
    this.#byte(0);
    this.#out.writeInt32LE(this.#end - start - 4, start);
  }

  #int64(value: bigint): void {
    this.#reserve(8);
    this.#out.writeBigInt64LE(BigInt.asIntN(64, value), this.#end);
    this.#end += 8;
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#out[this.#end] = value;
    this.#end += 1;
  }

  #reserve(count: number): void {
    if (this.#end + count <= this.#out.length) return;
    const grown = Buffer.allocUnsafeSlow(2 * (this.#end + count));
    this.#out.copy(grown, 0, 0, this.#end);
    this.#out = grown;
  }
}

/** A name that is written byte by byte; the driver refuses NUL in a name. */
const isPlainName = (name: string): boolean => isAscii(name) && !name.includes('\0');

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}

/** Without a prototype of its own, and without the mark of a BSON type. */
const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  Object.getPrototypeOf(value) === Object.prototype &&
  !('_bsontype' in value);
