import type { DocumentId } from './id-strategies/document-id.ts';
import type { Write } from './write-models/write.ts';

/** Names that are the guard's: a value that has one of them at top level is refused. */
export const RESERVED_FIELDS: readonly string[] = ['_k', '_deletedAt'];

/**
 * Matches the document unless it is newer: an older mark, an equal one (a redelivery is a harmless rewrite) or none.
 * One clause, so that the index on `_id` serves it; an `$or` beside `_id` made a server scan the collection.
 */
export const guardFilter = ({ id, mark }: Write): Readonly<Record<string, unknown>> => ({
  _id: id,
  [`_k.${mark.field}`]: { $not: { $gt: mark.offset } },
});

/** What is stored under an `_id`: its `_k`, as it was read. */
export interface StoredMarks {
  readonly id: DocumentId;
  readonly marks: unknown;
}

export type Standing =
  /** a newer version from the same partition is there; `timestampMs` is its own, if it has one */
  | { readonly kind: 'stale'; readonly timestampMs: number | undefined }
  /** exactly this write is there, or nothing is left to do */
  | { readonly kind: 'done' }
  /** an older document or none is there, and this write is to win */
  | { readonly kind: 'behind' };

/**
 * How a write stands that matched nothing: an upsert that met E11000, a delete that deleted nothing.
 * @param stored undefined when there is no such document
 */
export function standingOf({ kind, mark }: Write, stored: StoredMarks | undefined): Standing {
  const offset = numericField(stored?.marks, mark.field);
  if (offset !== undefined && offset > mark.offset) {
    const timestamp = numericField(stored?.marks, 'ts');
    return { kind: 'stale', timestampMs: timestamp === undefined ? undefined : Number(timestamp) };
  }
  switch (kind) {
    case 'replace':
      return offset !== undefined && offset >= mark.offset ? { kind: 'done' } : { kind: 'behind' };
    case 'delete':
      // Without a mark of this partition it came after the delete that found nothing: another partition's later write.
      return offset === undefined ? { kind: 'done' } : { kind: 'behind' };
  }
}

/** As the server compares: only a number can be greater than a number. */
function numericField(marks: unknown, name: string): bigint | number | undefined {
  if (typeof marks !== 'object' || marks === null) return undefined;
  const value = (marks as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'bigint' || typeof value === 'number' ? value : undefined;
}
