/** A stored document, its fields in order. A nested document is a Map or a plain object. */
export type Stored = ReadonlyMap<string, unknown>;

export type Entries = readonly (readonly [string, unknown])[];

/** The fields of a document, whether it is a Map or an object. */
export const entriesOf = (document: unknown): Entries =>
  document instanceof Map ? [...document] : Object.entries(document as object);

export const isDocument = (value: unknown): boolean =>
  value instanceof Map ||
  (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype);

/** The value of one field; undefined where there is none. */
export function fieldOf(document: unknown, name: string): unknown {
  if (document instanceof Map) return document.get(name);
  return isDocument(document) && Object.hasOwn(document as object, name)
    ? (document as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** The one value at a path such as `a.b.0`; a number in it is an index into an array. */
export const valueAt = (document: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce((value, name) => (Array.isArray(value) ? value[Number(name)] : fieldOf(value, name)), document);

/** The class that the driver's BSON library gives a value: `Long`, `Decimal128`, `ObjectId`; undefined for JavaScript's own. */
export function bsonClassOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || isDocument(value)) return undefined;
  const name = (value as { readonly _bsontype?: unknown })._bsontype;
  return typeof name === 'string' ? name : undefined;
}

/** `{a: {b: 1}}` as a Map of Maps. */
export function doc(fields: Readonly<Record<string, unknown>>): Stored {
  return new Map(Object.entries(fields).map(([name, value]) => [name, nested(value)]));
}

const nested = (value: unknown): unknown => (isPlain(value) ? doc(value) : value);

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value));
