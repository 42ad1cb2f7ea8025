import type { Binary, BSONRegExp, Code, Decimal128, Long, ObjectId, Timestamp } from 'mongodb';
import type { BsonDocument } from './bson-document.ts';

/**
 * A text that identifies the document of a filter. Two texts are equal exactly if the server matches the same document.
 * If the filter has `_id`, only `_id` counts; the order of a business key's fields does not matter.
 */
export function identityOfFilter(filter: BsonDocument): string {
  if (filter.has('_id')) return identityOf(filter.get('_id'));
  const parts = [...filter].map(([path, value]) => `${JSON.stringify(path)}:${identityOf(value)}`);
  return `key ${parts.toSorted().join()}`;
}

/**
 * A text that is equal for two values exactly if the server compares the values as equal: numbers by value, whatever
 * their type and at any depth; documents including the order of their fields.
 * https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/
 */
export function identityOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `text ${value}`;
    case 'number':
      return `number ${numberText(value)}`;
    case 'bigint':
      return `number ${decimalText(value, 0)}`;
    case 'boolean':
      return `boolean ${value}`;
    case 'object':
      return value === null ? 'null' : identityOfObject(value);
    default:
      // The driver writes `undefined` as null.
      return 'null';
  }
}

type Tagged = { readonly _bsontype?: unknown };

function identityOfObject(value: object): string {
  if (value instanceof Map) return documentText(value);
  if (Array.isArray(value)) return `[${value.map(nested).join()}]`;
  if (value instanceof Date) return `date ${value.getTime()}`;
  if (value instanceof RegExp) return patternText(value.source, value.flags);
  if (value instanceof Uint8Array) return binaryText(0, value);
  // A plain object is a document, whatever the names of its fields.
  const type = Object.getPrototypeOf(value) === Object.prototype ? undefined : (value as Tagged)._bsontype;
  return typeof type === 'string' ? identityOfBson(type, value) : documentText(new Map(Object.entries(value)));
}

function identityOfBson(type: string, value: object): string {
  switch (type) {
    case 'Int32':
    case 'Double':
      return `number ${numberText(Number((value as { value: number }).value))}`;
    case 'Long':
      return `number ${decimalText((value as Long).toBigInt(), 0)}`;
    case 'Decimal128':
      return `number ${decimal128Text((value as Decimal128).toString())}`;
    case 'ObjectId':
      return `oid ${(value as ObjectId).toHexString()}`;
    case 'Binary':
      return binaryText((value as Binary).sub_type, (value as Binary).value());
    case 'Timestamp':
      return `timestamp ${(value as Timestamp).toString()}`;
    case 'BSONRegExp':
      return patternText((value as BSONRegExp).pattern, (value as BSONRegExp).options);
    case 'BSONSymbol':
      // The server compares a symbol like a string.
      return `text ${String(value)}`;
    case 'Code':
      return `code ${JSON.stringify((value as Code).code)}${(value as Code).scope ? nested((value as Code).scope) : ''}`;
    case 'DBRef':
      return documentText(new Map(Object.entries((value as { toJSON(): object }).toJSON())));
    default:
      // MinKey, MaxKey
      return type;
  }
}

const documentText = (document: ReadonlyMap<unknown, unknown>): string =>
  `{${[...document].map(([name, value]) => `${JSON.stringify(name)}:${nested(value)}`).join()}}`;

/** A text inside of another value is quoted, so that its end is unambiguous. */
const nested = (value: unknown): string =>
  typeof value === 'string'
    ? JSON.stringify(value)
    : isSymbol(value)
      ? JSON.stringify(String(value))
      : identityOf(value);

const isSymbol = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (value as Tagged)._bsontype === 'BSONSymbol';

const binaryText = (subtype: number, bytes: Uint8Array | string): string =>
  `binary ${subtype} ${Buffer.from(bytes as Uint8Array).toString('base64')}`;

const patternText = (pattern: string, flags: string): string =>
  `regex ${JSON.stringify(pattern)} ${[...flags].toSorted().join('')}`;

/** The digits without trailing zeros, and the exponent of ten: exactly one text for each number. */
function decimalText(digits: bigint, exponent: number): string {
  if (digits === 0n) return '0';
  const text = String(digits);
  const stripped = text.replace(/0+$/, '');
  return `${stripped}e${exponent + text.length - stripped.length}`;
}

const SIGNIFICAND_BITS = 52n;

/** The exact value of a double: m / 2^k = m * 5^k / 10^k. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return decimalText(BigInt(value), 0);
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, Math.abs(value));
  const raw = bits.getBigUint64(0);
  const biased = raw >> SIGNIFICAND_BITS; // an absolute value has no sign in front
  const fraction = raw & ((1n << SIGNIFICAND_BITS) - 1n);
  const significand = biased === 0n ? fraction : fraction | (1n << SIGNIFICAND_BITS);
  const powerOfTwo = 1075 - Number(biased === 0n ? 1n : biased);
  const digits = significand * 5n ** BigInt(powerOfTwo);
  return decimalText(value < 0 ? -digits : digits, -powerOfTwo);
}

/** Accepts `-1.20E+5`, `NaN`, `-Infinity`. */
function decimal128Text(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/.exec(text) ?? [];
  if (whole === '') return text;
  const digits = BigInt(`${whole}${fraction}`);
  return decimalText(sign === '' ? digits : -digits, Number(exponent) - fraction.length);
}
