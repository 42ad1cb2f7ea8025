/** An existing index of a collection. */
export interface IndexDescription {
  readonly name: string;
  /** Paths, in the order of the index. */
  readonly fields: readonly string[];
  readonly isUnique: boolean;
  /** A sparse index leaves out documents that have none of its fields. */
  readonly isSparse: boolean;
  /** A partial index holds only the documents that match its own filter. */
  readonly isPartial: boolean;
}

/** The fields of a business key as one text, independent of their order. */
export const keyOf = (fields: Iterable<string>): string => [...fields].toSorted().join('\n');

/** The unique index on exactly the fields of the business key; undefined if the collection has none. */
export const guardIndexOf = (indexes: readonly IndexDescription[], key: string): IndexDescription | undefined =>
  indexes.find(({ isUnique, isPartial, fields }) => isUnique && !isPartial && keyOf(fields) === key);

/**
 * Unique indexes in which tombstones would collide, because tombstones have none of the indexed fields. Tombstones do
 * have `_id` and the fields of business keys.
 */
export const strictIndexesOf = (
  indexes: readonly IndexDescription[],
  keys: ReadonlySet<string>,
): readonly IndexDescription[] =>
  indexes.filter(
    ({ isUnique, isSparse, isPartial, fields }) =>
      isUnique && !isSparse && !isPartial && keyOf(fields) !== '_id' && !keys.has(keyOf(fields)),
  );
