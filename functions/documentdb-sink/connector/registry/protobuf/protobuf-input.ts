import { UnconvertibleError } from '../../../bson/unconvertible-error.ts';

export const malformed = (): never => {
  throw new UnconvertibleError('the value does not fit its Protobuf schema');
};

export const WIRE = { varint: 0, fixed64: 1, bytes: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const;

/**
 * Protobuf's binary encoding, read from the front, with the strictness of Google's Java library.
 * https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufInput {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Field number and wire type. @throws UnconvertibleError when the bytes are no such thing, as everything here */
  tag(): { readonly number: number; readonly wire: number } {
    const tag = this.varint32();
    const number = tag >>> 3;
    return number === 0 ? malformed() : { number, wire: tag & 7 };
  }

  /** The lower 32 bits, signed, of 10 bytes at most. */
  varint32(): number {
    let number = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte();
      if (shift < 32) number |= (byte & 0x7f) << shift;
      if (byte < 0x80) return number;
    }
    return malformed();
  }

  zigzag32(): number {
    const number = this.varint32();
    return (number >>> 1) ^ -(number & 1);
  }

  /** 64 bits, signed, of 10 bytes at most. */
  varint64(): bigint {
    let low = 0;
    let shift = 0;
    for (; shift <= 21; shift += 7) {
      const byte = this.#byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt(low);
    }
    let number = BigInt(low);
    for (; shift < 70; shift += 7) {
      const byte = this.#byte();
      number |= BigInt(byte & 0x7f) << BigInt(shift);
      if (byte < 0x80) return BigInt.asIntN(64, number);
    }
    return malformed();
  }

  zigzag64(): bigint {
    const number = this.varint64();
    return BigInt.asIntN(64, (BigInt.asUintN(64, number) >> 1n) ^ -(number & 1n));
  }

  fixed32(): number {
    return this.#take(4).readInt32LE();
  }

  fixed64(): bigint {
    return this.#take(8).readBigInt64LE();
  }

  float(): number {
    return this.#take(4).readFloatLE();
  }

  double(): number {
    return this.#take(8).readDoubleLE();
  }

  /** A length, and so many bytes. They share the memory of the record. */
  bytes(): Buffer {
    return this.#take(this.varint32());
  }

  /** Everything that has not been read. */
  rest(): Buffer {
    return this.#bytes.subarray(this.#at);
  }

  #take(size: number): Buffer {
    const end = this.#at + size;
    if (size < 0 || end > this.#bytes.length) return malformed();
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) return malformed();
    this.#at += 1;
    return byte;
  }
}
