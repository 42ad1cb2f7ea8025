import { Binary, BSON, Double } from 'mongodb';
import { bytesOf, type Statement } from '../../../functions/documentdb-sink/target/document-store.ts';

/**
 * A statement as the server receives it: a document that the sink sends as bytes is read from these bytes. Written for the
 * tests, so that no encoder of the project judges itself. https://bsonspec.org/spec.html
 */
export const received = (statement: Statement): Statement =>
  Object.fromEntries(
    Object.entries(statement).map(([name, value]) => {
      const bytes = bytesOf(value);
      return [name, bytes === undefined ? value : withReadableVersions(documentIn(bytes))];
    }),
  );

/** The driver reads the stored versions as an object, and doubles as numbers. */
function withReadableVersions(document: ReadonlyMap<string, unknown>): ReadonlyMap<string, unknown> {
  const versions = document.get('_k');
  if (!(versions instanceof Map)) return document;
  const read = [...versions].map(([name, value]) => [name, value instanceof Double ? value.value : value] as const);
  return new Map(document).set('_k', Object.fromEntries(read));
}

/** The values of a document, with the types that the driver's serializer tells apart. @throws Error for anything but one whole document */
export function documentIn(bytes: Uint8Array): ReadonlyMap<string, unknown> {
  const reader = new Reader(Buffer.from(bytes));
  const document = reader.document();
  if (reader.at !== bytes.length) throw new Error(`${bytes.length - reader.at} bytes follow the document`);
  return document;
}

/** https://bsonspec.org/spec.html: ObjectId, date, timestamp, Decimal128, MaxKey, MinKey. */
const FIXED_BYTES: Readonly<Record<number, number>> = { 7: 12, 9: 8, 17: 8, 19: 16, 127: 0, 255: 0 };

class Reader {
  at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  document(): Map<string, unknown> {
    return new Map(this.#elements());
  }

  #elements(): (readonly [string, unknown])[] {
    const start = this.at;
    const length = this.#int32();
    const elements: (readonly [string, unknown])[] = [];
    for (let type = this.#byte(); type !== 0; type = this.#byte()) {
      const end = this.#bytes.indexOf(0, this.at);
      const name = this.#bytes.toString('utf8', this.at, end);
      this.at = end + 1;
      if (elements.some(([other]) => other === name)) throw new Error('a name stands twice in a document');
      elements.push([name, this.#value(type)]);
    }
    if (this.at !== start + length) throw new Error('a document has another length than it says');
    return elements;
  }

  #value(type: number): unknown {
    switch (type) {
      case 0x01:
        return asDouble(this.#take(8).readDoubleLE());
      case 0x02:
        return this.#text();
      case 0x03:
        return this.document();
      case 0x04:
        return this.#array();
      case 0x05:
        return this.#binary();
      case 0x08:
        return this.#byte() === 1;
      case 0x0a:
        return null;
      case 0x10:
        return this.#int32();
      case 0x12:
        return this.#take(8).readBigInt64LE();
      default:
        return this.#driversValue(type);
    }
  }

  /** A value of a type that only an `_id` has here. */
  #driversValue(type: number): unknown {
    const start = this.at;
    this.#skip(type);
    const content = this.#bytes.subarray(start, this.at);
    const document = Buffer.concat([Buffer.alloc(4), Buffer.from([type, 0x76, 0]), content, Buffer.alloc(1)]);
    document.writeInt32LE(document.length);
    return BSON.deserialize(document, { bsonRegExp: true })['v'];
  }

  #skip(type: number): void {
    const fixedBytes = FIXED_BYTES[type];
    if (fixedBytes !== undefined) this.#take(fixedBytes);
    else if (type === 0x0b) for (let count = 0; count < 2; count += 1) this.at = this.#bytes.indexOf(0, this.at) + 1;
    else if (type === 0x0d || type === 0x0e) this.#take(this.#int32());
    else throw new Error(`type ${type} is not read here`);
  }

  #array(): unknown[] {
    const elements = this.#elements();
    if (elements.some(([name], index) => name !== String(index))) throw new Error('the names of an array do not count');
    return elements.map(([, value]) => value);
  }

  #text(): string {
    const bytes = this.#take(this.#int32());
    if (bytes.at(-1) !== 0) throw new Error('a text has another length than it says');
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, -1));
  }

  #binary(): Binary {
    const length = this.#int32();
    const subtype = this.#byte();
    return new Binary(this.#take(length), subtype);
  }

  #byte(): number {
    return this.#take(1).readUInt8();
  }

  #int32(): number {
    return this.#take(4).readInt32LE();
  }

  #take(count: number): Buffer {
    this.at += count;
    if (this.at > this.#bytes.length) throw new Error('the document ends too early');
    return this.#bytes.subarray(this.at - count, this.at);
  }
}

/** The driver would write a whole number of JavaScript as Int32. */
const asDouble = (value: number): number | Double => (Number.isInteger(value) ? new Double(value) : value);
