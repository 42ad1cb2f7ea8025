import { isEqual } from './bson-order.ts';
import { type Stored, valueAt } from './bson-values.ts';

export interface UniqueIndex {
  readonly name: string;
  /** Paths, in the index's order. */
  readonly fields: readonly string[];
  /** Documents with none of the fields are not in it. */
  readonly isSparse: boolean;
}

export type IndexKey = readonly unknown[];

export const hasAny = (index: UniqueIndex, document: Stored, keys: readonly IndexKey[]): boolean =>
  keysIn(index, document).some((own) => keys.some((key) => key.every((value, field) => isEqual(value, own[field]))));

/**
 * The keys that a document has in an index, each a value a field. A missing field is null, and an array has a key for each
 * of its elements. https://www.mongodb.com/docs/manual/core/index-unique/
 */
export function keysIn({ fields, isSparse }: UniqueIndex, document: Stored): readonly IndexKey[] {
  const values = fields.map((path) => valueAt(document, path));
  if (isSparse && values.every((value) => value === undefined)) return [];
  return values.reduce<readonly IndexKey[]>(
    (keys, value) => keys.flatMap((key) => elementsOf(value).map((element) => [...key, element])),
    [[]],
  );
}

const elementsOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) && value.length > 0 ? value : [value ?? null];
