/** An index that is there. */
export interface IndexDescription {
  readonly name: string;
  /** Paths, in the index's order. */
  readonly fields: readonly string[];
  readonly isUnique: boolean;
  /** Documents without its fields are not in it. */
  readonly isSparse: boolean;
  /** It says itself which documents it holds. */
  readonly isPartial: boolean;
}

/** The fields of a business key, as one text whatever their order. */
export const keyOf = (fields: Iterable<string>): string => [...fields].toSorted().join('\n');

/** The index that keeps a business key unique; undefined: nothing does. */
export const guardIndexOf = (indexes: readonly IndexDescription[], key: string): IndexDescription | undefined =>
  indexes.find(({ isUnique, isPartial, fields }) => isUnique && !isPartial && keyOf(fields) === key);

/**
 * Unique indexes in which tombstones would collide, for they have none of the fields: of `_id` and of the business keys
 * they do have them.
 */
export const strictIndexesOf = (
  indexes: readonly IndexDescription[],
  keys: ReadonlySet<string>,
): readonly IndexDescription[] =>
  indexes.filter(
    ({ isUnique, isSparse, isPartial, fields }) =>
      isUnique && !isSparse && !isPartial && keyOf(fields) !== '_id' && !keys.has(keyOf(fields)),
  );
