import type { RecordFailure } from '../../../shared/outcome.ts';
import type { CommandFailure } from '../target/classify.ts';

/** The result of one step. */
export type WriteResult =
  | { readonly kind: 'written' }
  /** `timestampMs`: time of the stored version, if stored */
  | { readonly kind: 'stale'; readonly timestampMs: number | undefined }
  /** a write that is not idempotent was applied before */
  | { readonly kind: 'applied' }
  /** no document matched, and the write does not upsert */
  | { readonly kind: 'noMatch' }
  /** a document with the key of the insert exists */
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'poison'; readonly failure: RecordFailure }
  /** the write changed nothing although the stored version is older or missing: another writer was faster */
  | { readonly kind: 'conflict'; readonly isFound: boolean }
  /** the write was not sent because it cannot be guarded */
  | { readonly kind: 'unguarded' }
  /** E11000 from another unique index */
  | { readonly kind: 'collision' }
  /** `commandSize`: number of writes in the command */
  | (CommandFailure & { readonly commandSize: number });
