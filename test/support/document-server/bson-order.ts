import { compareNumbers, doubleOf, isNumber } from './bson-numbers.ts';
import { bsonClassOf, entriesOf, isDocument } from './bson-values.ts';

/**
 * The types that are compared with each other, low to high. `undefined` is written as null by the driver, and a DBRef as
 * a document.
 * https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/
 */
const TYPES = [
  'minKey',
  'null',
  'number',
  'string',
  'object',
  'array',
  'binData',
  'objectId',
  'boolean',
  'date',
  'timestamp',
  'regex',
  'code',
  'codeWithScope',
  'maxKey',
] as const;

export type BsonType = (typeof TYPES)[number];

export function typeOf(value: unknown): BsonType {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number' || typeof value === 'bigint') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  if (value === null || value === undefined) return 'null';
  if (value instanceof Map) return 'object';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Date) return 'date';
  if (value instanceof RegExp) return 'regex';
  if (value instanceof Uint8Array) return 'binData';
  if (isDocument(value)) return 'object';
  return isNumber(value) ? 'number' : typeOfClass(value);
}

const CLASSES: Readonly<Record<string, BsonType>> = {
  MinKey: 'minKey',
  BSONSymbol: 'string',
  DBRef: 'object',
  Binary: 'binData',
  ObjectId: 'objectId',
  Timestamp: 'timestamp',
  BSONRegExp: 'regex',
  MaxKey: 'maxKey',
};

function typeOfClass(value: unknown): BsonType {
  const name = bsonClassOf(value) ?? '';
  if (name === 'Code') return (value as { readonly scope: unknown }).scope ? 'codeWithScope' : 'code';
  const type = CLASSES[name];
  if (type === undefined) throw new Error(`this server stores no ${name || typeof value}`);
  return type;
}

/** Ascending by type, then by value. @returns negative, 0 or positive */
export function compare(a: unknown, b: unknown): number {
  if (a === b && typeof a === 'string') return 0;
  const [type, other] = [typeOf(a), typeOf(b)];
  if (type !== other) return TYPES.indexOf(type) - TYPES.indexOf(other);
  switch (type) {
    case 'number':
      return compareNumbers(a, b);
    case 'string':
      return compareTexts(String(a), String(b));
    case 'object':
      return compareDocuments(a, b);
    case 'array':
      return compareLists(a as readonly unknown[], b as readonly unknown[], compare);
    default:
      return compareLists(partsOf(a), partsOf(b), comparePrimitives);
  }
}

export const isEqual = (a: unknown, b: unknown): boolean => compare(a, b) === 0;

/** Something that equal values have in common; others may have it as well. */
export function bucketOf(value: unknown): string {
  const type = typeOf(value);
  if (type === 'string') return `string ${onWire(String(value))}`;
  return type === 'number' ? `number ${doubleOf(value)}` : type;
}

/** UTF-8 has no lone surrogates: the driver writes U+FFFD. */
const onWire = (text: string): string => text.toWellFormed();

/** Byte by byte, without a collation. */
function compareTexts(a: string, b: string): number {
  const [one, other] = [onWire(a), onWire(b)];
  return one === other ? 0 : Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/** Field by field in their order: the type, then the name, then the value. */
function compareDocuments(a: unknown, b: unknown): number {
  const compareFields = ([name, value]: readonly [string, unknown], [otherName, other]: readonly [string, unknown]) => {
    const [type, otherType] = [typeOf(value), typeOf(other)];
    if (type !== otherType) return TYPES.indexOf(type) - TYPES.indexOf(otherType);
    return compareTexts(name, otherName) || compare(value, other);
  };
  return compareLists(fieldsOf(a), fieldsOf(b), compareFields);
}

const fieldsOf = (document: unknown) =>
  entriesOf(bsonClassOf(document) === 'DBRef' ? (document as { toJSON(): object }).toJSON() : document);

function compareLists<T>(a: readonly T[], b: readonly T[], compareItems: (a: T, b: T) => number): number {
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const order = compareItems(a[index] as T, b[index] as T);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

type Primitive = number | bigint | string | Buffer | object;

/** What a value of one of the other types is compared by, the first part first. */
function partsOf(value: unknown): readonly Primitive[] {
  if (typeof value === 'boolean') return [Number(value)];
  if (value instanceof Date) return [value.getTime()];
  if (value instanceof RegExp) return [value.source, flagsOf(value)];
  // Length, subtype, bytes.
  if (value instanceof Uint8Array) return [value.length, 0, Buffer.from(value)];
  const own = value as Readonly<Record<string, never>>;
  switch (bsonClassOf(value)) {
    case 'Binary': {
      const bytes = Buffer.from((value as { value(): Uint8Array }).value());
      return [bytes.length, own['sub_type'] as unknown as number, bytes];
    }
    case 'ObjectId':
      return [(value as { toHexString(): string }).toHexString()];
    case 'Timestamp':
      return [own['t'] as unknown as number, own['i'] as unknown as number];
    case 'BSONRegExp':
      return [own['pattern'] as unknown as string, [...(own['options'] as unknown as string)].toSorted().join('')];
    case 'Code':
      return [own['code'] as unknown as string, ...(own['scope'] ? [own['scope'] as unknown as object] : [])];
    default:
      // null, MinKey, MaxKey
      return [];
  }
}

/** As the driver writes a RegExp of JavaScript: `g` becomes `s`, and others are not written. */
const flagsOf = ({ ignoreCase, multiline, global }: RegExp): string =>
  `${ignoreCase ? 'i' : ''}${multiline ? 'm' : ''}${global ? 's' : ''}`;

function comparePrimitives(a: Primitive, b: Primitive): number {
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  if (Buffer.isBuffer(a) && Buffer.isBuffer(b)) return Buffer.compare(a, b);
  return typeof a === 'object' ? compareDocuments(a, b) : a < b ? -1 : a > b ? 1 : 0;
}
