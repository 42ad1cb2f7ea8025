import { BSON } from 'mongodb';

/**
 * A BSON document as text that is equal for equal documents: types and bytes of all values, fields sorted by name, but
 * within `_id` in their order, as the server compares them. The judge's server stores a symbol as a string and drops options
 * of a regular expression that it does not know: both are the same here. Written for the tests, so that no reader of the project
 * judges itself. https://bsonspec.org/spec.html
 * @param without top-level fields that are left out
 */
export function shapeOf(bytes: Buffer, without: readonly string[] = []): string {
  return new Walker(bytes).document(false, without);
}

/** The same of a document as the sink sends it. */
export const shapeOfMap = (document: ReadonlyMap<string, unknown>, without: readonly string[] = []): string =>
  shapeOf(Buffer.from(BSON.serialize(document as unknown as BSON.Document)), without);

const FIXED_BYTES: Readonly<Record<number, number>> = {
  1: 8,
  6: 0,
  7: 12,
  8: 1,
  9: 8,
  10: 0,
  16: 4,
  17: 8,
  18: 8,
  19: 16,
  127: 0,
  255: 0,
};

class Walker {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  document(isOrdered: boolean, without: readonly string[] = []): string {
    this.at += 4;
    const fields: string[] = [];
    for (let type = this.bytes.readUInt8(this.at++); type !== 0; type = this.bytes.readUInt8(this.at++)) {
      const name = this.cstring();
      const value = this.value(type, isOrdered || name === '_id');
      if (!without.includes(name)) fields.push(`${JSON.stringify(name)}:${value}`);
    }
    return `{${(isOrdered ? fields : fields.toSorted()).join()}}`;
  }

  private value(type: number, isOrdered: boolean): string {
    if (type === 3) return this.document(isOrdered);
    if (type === 4) return `array ${this.document(isOrdered)}`;
    if (type === 11) return `regex ${JSON.stringify([this.cstring(), this.cstring().replaceAll(/[^ilmsux]/g, '')])}`;
    const [start, length] = [this.at, this.lengthOf(type)];
    this.at += length;
    const content = this.bytes.subarray(start, this.at);
    return type === 2 || type === 14
      ? JSON.stringify(content.subarray(4, -1).toString())
      : `${type} ${content.toString('hex')}`;
  }

  private lengthOf(type: number): number {
    const length = FIXED_BYTES[type];
    if (length !== undefined) return length;
    const prefix = this.bytes.readInt32LE(this.at);
    // A binary value has its subtype between its length and its bytes; code with scope counts its own length.
    if (type === 15) return prefix;
    if (type === 12) return 4 + prefix + 12;
    return 4 + prefix + (type === 5 ? 1 : 0);
  }

  private cstring(): string {
    const end = this.bytes.indexOf(0, this.at);
    const text = this.bytes.toString('utf8', this.at, end);
    this.at = end + 1;
    return text;
  }
}
