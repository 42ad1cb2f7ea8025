import { BSON } from 'mongodb';

/** Stands in names and values of every payload: whatever is said of a record must not hold it. */
export const CANARY = 'canaryQ7';

const EXTENDED = [
  '{"$oid":"5f8f8c44b54764421b7156c9"}',
  '{"$date":"2026-02-30T00:00:00Z"}',
  '{"$date":{"$numberLong":"9223372036854775807"}}',
  '{"$numberDecimal":"1E+6144"}',
  '{"$numberDouble":"0x1p3"}',
  '{"$binary":{"base64":"AQI=","subType":"ff"}}',
  '{"$binary":"AQ","$type":300}',
  '{"$regex":"x","$options":"g"}',
  '{"$regularExpression":{"pattern":"(","options":"\\u0000"}}',
  '{"$code":"f()","$scope":{"_bsontype":"Long","__proto__":1}}',
  '{"$timestamp":{"t":-1,"i":4294967296}}',
  '{"$uuid":"1-2-3-4-5"}',
  '{"$minKey":1}',
  '{"$dbPointer":{"$ref":"a"}}',
  'HexData(9,"abc")',
  'BinData(300,"AQI")',
  'NumberDecimal(1e40)',
  'ISODate("2026-01-02T03:04:05+05")',
  'new Date(2026,13,45)',
  'Timestamp(-1,-1)',
  '/a(/imxs',
  'NaN',
  'undefined',
];
const SCALARS = [
  '1',
  '-0.0',
  '1e400',
  '9223372036854775808',
  'true',
  'null',
  '"\\ud800"',
  '"\\u0000"',
  '""',
  '[]',
  '{}',
  `"${CANARY}"`,
];
const NAMES = [
  '_id',
  'a',
  'b',
  'c',
  'd',
  '',
  '$set',
  '$where',
  'a.b',
  'a..b',
  '_k',
  '_deletedAt',
  '__proto__',
  'constructor',
  '_bsontype',
  'toString',
  CANARY,
  '10',
];
const OPERATIONS = ['c', 'r', 'u', 'd', 't', 'x', 1, null];

type Random = () => number;

/** Payloads of every kind that a strategy reads, and what becomes of them when bytes change. */
export class HostilePayloads {
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  /** Null: there is none. */
  next(): Buffer | null {
    if (this.chance(0.05)) return null;
    return this.chance(0.35) ? this.mutated(this.whole()) : this.whole();
  }

  private whole(): Buffer {
    const kind = this.below(10);
    if (kind < 4) return Buffer.from(this.document(3));
    if (kind < 7) return Buffer.from(this.event());
    if (kind < 8) return Buffer.from(this.envelope());
    return kind < 9 ? this.bson() : Buffer.from(this.value(1));
  }

  private document(depth: number): string {
    const fields = Array.from(
      { length: this.below(5) },
      () => `${JSON.stringify(this.pick(NAMES))}:${this.value(depth)}`,
    );
    return `{${fields.join()}}`;
  }

  private value(depth: number): string {
    const kind = this.random();
    if (kind < 0.45) return this.pick(SCALARS);
    if (kind < 0.7) return this.pick(EXTENDED);
    if (depth === 0) return '5';
    return kind < 0.9 ? this.document(depth - 1) : `[${this.value(depth - 1)},${this.value(depth - 1)}]`;
  }

  /** A change event of any of the sources. */
  private event(): string {
    const [row, other] = [this.document(1), this.document(1)];
    const text = JSON.stringify(
      this.chance(0.5) ? row : `{"$v":1,"${this.pick(['$set', '$unset', '$inc', 'a'])}":${this.value(1)}}`,
    );
    const op = JSON.stringify(this.pick(OPERATIONS));
    const update = `{"updatedFields":${row},"removedFields":["a","${CANARY}"],"truncatedArrays":[{"field":"a","newSize":${this.value(0)}}]}`;
    const type = this.pick(['insert', 'replace', 'update', 'delete', 'drop', 'INSERT']);
    switch (this.below(5)) {
      case 0:
        return `{"op":${op},"before":${row},"after":${other},"source":{}}`;
      case 1:
        return `{"op":${op},"after":${text},"patch":${text},"updateDescription":${update}}`;
      case 2:
        return `{"operationType":"${type}","documentKey":${row},"fullDocument":${this.chance(0.3) ? 'null' : other},"updateDescription":${update}}`;
      case 3:
        return `{"message":{"headers":{"operation":"${type}"},"data":${row},"beforeData":${other}}}`;
      default:
        return `{"id":${text},"_id":${this.value(0)},"a":${this.value(1)}}`;
    }
  }

  private envelope(): string {
    const type = this.pick(['int8', 'int64', 'double', 'string', 'bytes', 'boolean', 'nope']);
    const logical = this.pick(['Decimal', 'Date', 'Time', 'Timestamp', CANARY]);
    const field = `"field":"${this.pick(NAMES)}","optional":${this.chance(0.5)}`;
    const named = `"name":"org.apache.kafka.connect.data.${logical}","parameters":{"scale":"2"}`;
    const fields = [
      `{"type":"${type}",${field},"default":${this.value(0)}}`,
      `{"type":"${type}",${field},${named}}`,
      `{"type":"array","items":{"type":"${type}"},${field}}`,
      `{"type":"map","keys":{"type":"string"},"values":{"type":"${type}"},${field}}`,
    ];
    const schema = `{"type":"struct","fields":[${fields.filter(() => this.chance(0.5)).join()}]}`;
    return `{"schema":${schema},"payload":${this.document(2)}}`;
  }

  private bson(): Buffer {
    const regex = new BSON.BSONRegExp('a');
    regex.options = 'g';
    const fields = {
      _id: this.below(9),
      a: regex,
      [CANARY]: new BSON.Binary(Buffer.alloc(3), 9),
      c: [CANARY, null],
      d: new Date(0),
    };
    return Buffer.from(BSON.serialize(fields));
  }

  private mutated(payload: Buffer): Buffer {
    const bytes = Buffer.from(payload);
    for (let count = this.below(4); count >= 0 && bytes.length > 0; count -= 1) {
      bytes[this.below(bytes.length)] = this.chance(0.5)
        ? this.below(256)
        : this.pick([0x22, 0x2c, 0x5c, 0x7b, 0x7d, 0, 0xed]);
    }
    const [from, to] = [this.below(bytes.length + 1), this.below(bytes.length + 1)];
    if (this.chance(0.2)) return bytes.subarray(0, from);
    return this.chance(0.2) ? Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]) : bytes;
  }

  private below(bound: number): number {
    return Math.floor(this.random() * bound);
  }

  private chance(probability: number): boolean {
    return this.random() < probability;
  }

  private pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }
}
