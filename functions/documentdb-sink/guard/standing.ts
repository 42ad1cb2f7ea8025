import { assertNever } from '../../../shared/errors.ts';
import type { SourceVersion } from './source-version.ts';
import type { SentWrite, Write } from './write.ts';

/** The stored state of a document that a write did not change. */
export interface StoredVersions {
  readonly id: unknown;
  /** `_k` of the document, as read. */
  readonly versions: unknown;
  /** True for a tombstone, which readers treat as absent. */
  readonly isDeleted: boolean;
}

export type Standing =
  /** the stored version is newer; `timestampMs`: its time, if stored */
  | { readonly kind: 'stale'; readonly timestampMs: number | undefined }
  /** exactly this write is stored, or there is nothing to do */
  | { readonly kind: 'done' }
  /** this write is stored and must not be applied again */
  | { readonly kind: 'applied' }
  /** no document matches, and the write does not upsert */
  | { readonly kind: 'noMatch' }
  /** a document with the key of the insert exists */
  | { readonly kind: 'duplicate' }
  /** the stored document is older or missing: the write must be sent again */
  | { readonly kind: 'behind' };

/**
 * Compares a write that changed nothing with the stored document: an upsert or insert that met E11000, a delete that
 * deleted nothing, an update that matched nothing (docs/guarantees.md: what holds, by kind of write).
 * @param stored undefined if no document matches the filter
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
  // Loose comparison: the stored number may have another type.
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
  // An earlier write of the same record stores the same version, which proves nothing about a later write of that record.
  const isTombstone = write.kind === 'replace' && write.isTombstone;
  return hasOwnVersion && write.step === 0 && isThere !== isTombstone ? { kind: 'done' } : { kind: 'behind' };
}

function standingOfDelete(
  { version }: SourceVersion,
  stored: StoredVersions | undefined,
  offset: bigint | number | undefined,
): Standing {
  if (stored === undefined) return { kind: 'done' };
  // A document without a version of this partition was written by another partition after the delete found nothing.
  return offset === undefined && version === undefined ? { kind: 'done' } : { kind: 'behind' };
}

const isGreater = (stored: bigint | number | undefined, own: bigint | number | undefined): boolean =>
  stored !== undefined && own !== undefined && stored > own;

/** Compares as the server does: only a number is greater than a number. */
function numericField(versions: unknown, name: string): bigint | number | undefined {
  if (typeof versions !== 'object' || versions === null) return undefined;
  const value = (versions as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'bigint' || typeof value === 'number' ? value : undefined;
}
