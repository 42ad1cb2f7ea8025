/** What converters of JSON do differently. */
export interface Dialect {
  /** Of whole numbers: the smallest type that holds the number, or Int64 always. */
  readonly wholeNumbers: 'smallest' | 'int64';
  readonly hasNegativeZero: boolean;
  /** Of the fields of an object: as in the text, or as a `java.util.HashMap` of Java has them. */
  readonly order: 'text' | 'hashMap';
  /** Of the value's own `_id`: the record's `_id` takes its place, or the value is left to the JSON reader. */
  readonly ownId: 'replaced' | 'left';
  /** The length of the longest name. */
  readonly nameBytesMax: number;
}

const EXTENDED = {
  wholeNumbers: 'smallest',
  hasNegativeZero: true,
  order: 'text',
  nameBytesMax: Number.POSITIVE_INFINITY,
} as const;

/** `json/json.ts`; the record's key is `_id`. */
export const EXTENDED_JSON: Dialect = { ...EXTENDED, ownId: 'replaced' };
/** The connector's conversion of text: `json/relaxed-json.ts`. */
export const RELAXED_JSON: Dialect = { ...EXTENDED, ownId: 'left' };
/** Kafka Connect's JsonConverter without schemas: `readSchemalessJson`. */
export const SCHEMALESS_JSON: Dialect = {
  wholeNumbers: 'int64',
  hasNegativeZero: false,
  order: 'hashMap',
  ownId: 'left',
  nameBytesMax: 50_000,
};
