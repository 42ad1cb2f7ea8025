import { UnconvertibleError } from '../../../bson/unconvertible-error.ts';
import { decodeUtf8 } from '../../../java/text/utf8.ts';
import { DOCUMENT_BYTES_MAX, NESTING_MAX } from '../../../limits.ts';

const malformed = (): never => {
  throw new UnconvertibleError('the value does not fit its Avro schema');
};

/** An element takes a byte for its type, and a name of a digit and an end; a document its length and its end besides. */
const [ELEMENT_BYTES_MIN, RECORD_BYTES_MIN] = [3, 5];

/**
 * Avro's binary encoding, read from the front. Bytes behind the value are passed over, as in Java.
 * https://avro.apache.org/docs/1.12.0/specification/#binary-encoding
 */
export class AvroInput {
  readonly #bytes: Buffer;
  #at = 0;
  #depth = 0;
  /** Nulls, and records without fields, take no bytes of the value at all. They take some of the document. */
  #documentBytesLeft = DOCUMENT_BYTES_MAX;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Where the next value begins, for {@link goTo}. */
  at(): number {
    return this.#at;
  }

  goTo(at: number): void {
    this.#at = at;
  }

  boolean(): boolean {
    return this.#byte() === 1;
  }

  /** 32 bits, zigzag, 5 bytes at most. @throws UnconvertibleError when the bytes are no such number, as everything here */
  int(): number {
    let number = 0;
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = this.#byte();
      number |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (number >>> 1) ^ -(number & 1);
    }
    return malformed();
  }

  /** 64 bits, zigzag, 10 bytes at most. */
  long(): bigint {
    let low = 0;
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.#byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt((low >>> 1) ^ -(low & 1));
    }
    let number = BigInt(low);
    for (let shift = 28n; shift <= 63n; shift += 7n) {
      const byte = this.#byte();
      number |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, (BigInt.asUintN(64, number) >> 1n) ^ -(number & 1n));
    }
    return malformed();
  }

  float(): number {
    return this.fixed(4).readFloatLE();
  }

  double(): number {
    return this.fixed(8).readDoubleLE();
  }

  bytes(): Buffer {
    return this.fixed(this.#length());
  }

  string(): string {
    return decodeUtf8(this.bytes());
  }

  /** So many bytes. They share the memory of the record. */
  fixed(size: number): Buffer {
    const end = this.#at + size;
    if (size < 0 || end > this.#bytes.length) return malformed();
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  /** A place in a list of so many: a branch of a union, a symbol of an enum. */
  index(count: number): number {
    const index = this.int();
    return index >= 0 && index < count ? index : malformed();
  }

  /** The elements of an array or a map, which come in blocks. */
  blocks(readElement: () => void): void {
    for (let count = this.#length(); count !== 0; count = this.#length()) {
      // A negative count is followed by the block's size in bytes, so that a reader may pass over the block.
      if (count < 0) this.long();
      this.#spend(Math.abs(count) * ELEMENT_BYTES_MIN);
      for (let index = Math.abs(count); index > 0; index -= 1) readElement();
    }
  }

  /** A record in a record: a schema that refers to itself says nothing of how deep its values go. */
  nested<T>(read: () => T): T {
    if (this.#depth >= NESTING_MAX)
      throw new UnconvertibleError(`the value is nested deeper than ${NESTING_MAX} levels`);
    this.#spend(RECORD_BYTES_MIN);
    this.#depth += 1;
    try {
      return read();
    } finally {
      this.#depth -= 1;
    }
  }

  #spend(documentBytes: number): void {
    this.#documentBytesLeft -= documentBytes;
    if (this.#documentBytesLeft < 0) throw new UnconvertibleError('the value has more elements than a document holds');
  }

  #length(): number {
    return Number(this.long());
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) return malformed();
    this.#at += 1;
    return byte;
  }
}
