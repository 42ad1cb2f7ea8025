import { Binary, BSONSymbol, Code, Decimal128, MaxKey, MinKey, ObjectId, Timestamp } from 'mongodb';
import { regularExpressionOf } from '../../bson/regular-expression.ts';
import { UnconvertibleError } from '../../bson/unconvertible-error.ts';
import { decodeUtf8 } from '../../java/text/utf8.ts';
import { doubleOf } from '../../json/java-number.ts';
import { NESTING_MAX } from '../../limits.ts';

const notBson = (): never => {
  throw new UnconvertibleError('the value is not BSON');
};

/**
 * Reads a BSON document (https://bsonspec.org/spec.html) into Maps. The driver's own reader returns objects, which put
 * integer-like names first, and returns an Int64 as a number.
 * @throws UnconvertibleError if the bytes are no BSON document; the message quotes nothing
 */
export function readBson(bytes: Buffer): Map<string, unknown> {
  return new BsonReader(bytes).readDocument(1);
}

const OLD_BINARY = 2;
const DATE_MS_MAX = 8.64e15;

class BsonReader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  readDocument(depth: number): Map<string, unknown> {
    const fields = new Map<string, unknown>();
    this.readFields(depth, (name, value) => fields.set(name, value));
    return fields;
  }

  /** The names of array elements have no meaning, and may repeat. */
  private readArray(depth: number): unknown[] {
    const elements: unknown[] = [];
    this.readFields(depth, (_name, value) => elements.push(value));
    return elements;
  }

  private readFields(depth: number, take: (name: string, value: unknown) => void): void {
    if (depth > NESTING_MAX) throw new UnconvertibleError(`the value is nested deeper than ${NESTING_MAX} levels`);
    const start = this.at;
    const end = start + this.int32();
    for (let type = this.byte(); type !== 0; type = this.byte()) take(this.name(), this.value(type, depth));
    if (this.at !== end) notBson();
  }

  private codeWithScope(depth: number): Code {
    const start = this.at;
    const length = this.int32();
    const code = this.string();
    const scope = this.readDocument(depth + 1);
    return this.at === start + length ? new Code(code, scope as unknown as Record<string, unknown>) : notBson();
  }

  private value(type: number, depth: number): unknown {
    switch (type) {
      case 0x01:
        return doubleOf(this.take(8).readDoubleLE());
      case 0x02:
        return this.string();
      case 0x03:
        return this.readDocument(depth + 1);
      case 0x04:
        return this.readArray(depth + 1);
      case 0x05:
        return this.binary();
      case 0x07:
        return new ObjectId(this.take(12));
      case 0x08:
        return this.boolean();
      case 0x09:
        return this.date();
      case 0x0a:
        return null;
      case 0x10:
        return this.int32();
      case 0x12:
        return this.take(8).readBigInt64LE();
      default:
        return this.rareValue(type, depth);
    }
  }

  private rareValue(type: number, depth: number): unknown {
    switch (type) {
      case 0x0b:
        return regularExpressionOf(this.name(), this.name());
      case 0x0d:
        return new Code(this.string());
      case 0x0e:
        return new BSONSymbol(this.string());
      case 0x0f:
        return this.codeWithScope(depth);
      case 0x11: {
        const i = this.take(4).readUInt32LE();
        return new Timestamp({ t: this.take(4).readUInt32LE(), i });
      }
      case 0x13:
        return new Decimal128(Buffer.from(this.take(16)));
      case 0x7f:
        return new MaxKey();
      case 0xff:
        return new MinKey();
      default:
        throw new UnconvertibleError('the value contains a BSON type that is deprecated or unknown');
    }
  }

  private binary(): Binary {
    const length = this.int32();
    const subtype = this.byte();
    // The old subtype repeats the length.
    if (subtype === OLD_BINARY && this.int32() !== length - 4) notBson();
    return new Binary(Buffer.from(this.take(subtype === OLD_BINARY ? length - 4 : length)), subtype);
  }

  private date(): Date {
    const ms = Number(this.take(8).readBigInt64LE());
    if (Math.abs(ms) > DATE_MS_MAX)
      throw new UnconvertibleError('the value contains a date outside the range of dates');
    return new Date(ms);
  }

  private boolean(): boolean {
    const byte = this.byte();
    return byte <= 1 ? byte === 1 : notBson();
  }

  private string(): string {
    const text = decodeUtf8(this.take(this.int32() - 1));
    return this.byte() === 0 ? text : notBson();
  }

  private name(): string {
    const end = this.bytes.indexOf(0, this.at);
    const text = decodeUtf8(this.take(end - this.at));
    this.at += 1;
    return text;
  }

  private int32(): number {
    return this.take(4).readInt32LE();
  }

  private byte(): number {
    return this.take(1).readUInt8();
  }

  private take(length: number): Buffer {
    if (length < 0 || this.at + length > this.bytes.length) notBson();
    const taken = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return taken;
  }
}
