/** One field of a message, with its content as it lies there. Fields of 4 and 8 bytes and groups come without theirs. */
export type Field =
  | { readonly kind: 'varint'; readonly number: number; readonly value: bigint }
  | { readonly kind: 'bytes'; readonly number: number; readonly value: Buffer }
  | { readonly kind: 'other'; readonly number: number };

/** The bytes are no protobuf message, or lack what the message must have. */
export class MalformedMessageError extends Error {
  override readonly name = 'MalformedMessageError';
}

/**
 * The fields of a message in wire order; a reader skips those it does not know.
 * https://protobuf.dev/programming-guides/encoding/
 * @throws MalformedMessageError where the message is cut or is none
 */
export function* fieldsOf(message: Buffer): Generator<Field> {
  const cursor = new Cursor(message);
  while (!cursor.atEnd()) {
    const { number, wireType } = cursor.tag();
    yield readField(cursor, number, wireType);
  }
}

const [VARINT, EIGHT_BYTES, BYTES, GROUP_START, GROUP_END, FOUR_BYTES] = [0, 1, 2, 3, 4, 5];

function readField(cursor: Cursor, number: number, wireType: number): Field {
  switch (wireType) {
    case VARINT:
      return { kind: 'varint', number, value: cursor.varint() };
    case BYTES:
      return { kind: 'bytes', number, value: cursor.bytes(cursor.varint()) };
    case EIGHT_BYTES:
      cursor.bytes(8n);
      return { kind: 'other', number };
    case FOUR_BYTES:
      cursor.bytes(4n);
      return { kind: 'other', number };
    case GROUP_START:
      skipGroup(cursor, number);
      return { kind: 'other', number };
    default:
      throw new MalformedMessageError(`field ${number} has wire type ${wireType}`);
  }
}

function skipGroup(cursor: Cursor, number: number): void {
  const open = [number];
  while (open.length > 0) {
    const tag = cursor.tag();
    if (tag.wireType === GROUP_START) open.push(tag.number);
    else if (tag.wireType !== GROUP_END) readField(cursor, tag.number, tag.wireType);
    else if (open.pop() !== tag.number) throw new MalformedMessageError(`group ${tag.number} ends, but was not open`);
  }
}

const VARINT_BYTES_MAX = 10;

class Cursor {
  readonly #message: Buffer;
  #at = 0;

  constructor(message: Buffer) {
    this.#message = message;
  }

  atEnd(): boolean {
    return this.#at === this.#message.length;
  }

  tag(): { readonly number: number; readonly wireType: number } {
    const tag = Number(BigInt.asUintN(32, this.varint()));
    if (tag >>> 3 === 0) throw new MalformedMessageError('a field has number 0');
    return { number: tag >>> 3, wireType: tag & 7 };
  }

  varint(): bigint {
    let value = 0n;
    for (let count = 0; count < VARINT_BYTES_MAX; count += 1) {
      const byte = this.#message[this.#at];
      if (byte === undefined) throw new MalformedMessageError('a number is cut');
      this.#at += 1;
      value |= BigInt(byte & 0x7f) << BigInt(7 * count);
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new MalformedMessageError(`a number has more than ${VARINT_BYTES_MAX} bytes`);
  }

  bytes(byteLength: bigint): Buffer {
    if (byteLength > BigInt(this.#message.length - this.#at)) throw new MalformedMessageError('a field is cut');
    const begin = this.#at;
    this.#at += Number(byteLength);
    return this.#message.subarray(begin, this.#at);
  }
}
