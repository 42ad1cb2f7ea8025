import { assertNever } from '../../../shared/errors.ts';
import type { SourceVersion } from './source-version.ts';
import type { SentWrite, Write } from './write.ts';

/** What is stored of a document that a write did not change. */
export interface StoredVersions {
  readonly id: unknown;
  /** Its `_k`, as it was read. */
  readonly versions: unknown;
  /** It is a tombstone, which readers take for absent. */
  readonly isDeleted: boolean;
}

export type Standing =
  /** a newer version is there; `timestampMs` is its own, if it has one */
  | { readonly kind: 'stale'; readonly timestampMs: number | undefined }
  /** exactly this write is there, or nothing is left to do */
  | { readonly kind: 'done' }
  /** this write is there, and must not be applied again */
  | { readonly kind: 'applied' }
  /** there is no document to change, and none is to be made */
  | { readonly kind: 'noMatch' }
  /** a document is there that was to be inserted */
  | { readonly kind: 'duplicate' }
  /** an older document or none is there, and this write is to win */
  | { readonly kind: 'behind' };

/**
 * How a write stands that changed nothing: an upsert or insert that met E11000, a delete that deleted nothing, an update
 * that matched nothing (documentdb-algorithm 2, the last column).
 * @param stored undefined when there is no such document
 */
export function standingOf(write: SentWrite, stored: StoredVersions | undefined): Standing {
  const { sourceVersion } = write;
  if (write.kind === 'plain') return { kind: 'behind' };
  const offset = numericField(stored?.versions, sourceVersion.field);
  if (
    isGreater(offset, sourceVersion.offset) ||
    isGreater(numericField(stored?.versions, 'v'), sourceVersion.version)
  ) {
    const timestamp = numericField(stored?.versions, 'ts');
    return { kind: 'stale', timestampMs: timestamp === undefined ? undefined : Number(timestamp) };
  }
  // Loosely: of the same value, whatever the number's type.
  const hasOwnVersion = offset !== undefined && offset >= sourceVersion.offset;
  switch (write.kind) {
    case 'replace':
    case 'update':
      return standingOfUpdate(write, stored, hasOwnVersion);
    case 'delete':
      return standingOfDelete(sourceVersion, stored, offset);
    case 'insert':
      if (stored === undefined || stored.isDeleted) return { kind: 'behind' };
      return hasOwnVersion ? { kind: 'done' } : { kind: 'duplicate' };
    default:
      return assertNever(write);
  }
}

function standingOfUpdate(
  write: Write & { readonly kind: 'replace' | 'update' },
  stored: StoredVersions | undefined,
  hasOwnVersion: boolean,
): Standing {
  if (hasOwnVersion && write.kind === 'update' && !write.isIdempotent) return { kind: 'applied' };
  const isThere = stored !== undefined && !stored.isDeleted;
  if (!write.upsert && !isThere) return { kind: 'noMatch' };
  // A record's earlier write leaves the same mark: that says nothing of a later one, which can be repeated.
  const isTombstone = write.kind === 'replace' && write.isTombstone;
  return hasOwnVersion && write.step === 0 && isThere !== isTombstone ? { kind: 'done' } : { kind: 'behind' };
}

function standingOfDelete(
  { version }: SourceVersion,
  stored: StoredVersions | undefined,
  offset: bigint | number | undefined,
): Standing {
  if (stored === undefined) return { kind: 'done' };
  // Without a mark of this partition it came after the delete that found nothing: another partition's later write.
  return offset === undefined && version === undefined ? { kind: 'done' } : { kind: 'behind' };
}

const isGreater = (stored: bigint | number | undefined, own: bigint | number | undefined): boolean =>
  stored !== undefined && own !== undefined && stored > own;

/** As the server compares: only a number can be greater than a number. */
function numericField(versions: unknown, name: string): bigint | number | undefined {
  if (typeof versions !== 'object' || versions === null) return undefined;
  const value = (versions as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'bigint' || typeof value === 'number' ? value : undefined;
}
