import { poison, type RecordFailure } from '../../../shared/outcome.ts';
import type { HeadTrial } from './entry.ts';

/** A later failure does not show whether an earlier attempt was stored; only a read or an acknowledgement does. */
export const asFarAsKnown = ({ failure: known }: HeadTrial, failure: RecordFailure): RecordFailure => ({
  ...failure,
  mayBeWritten: failure.mayBeWritten || known?.mayBeWritten === true,
});

export const DUPLICATE = poison('duplicate_key', 'a document with this _id exists, and the record may only insert');
export const MISMATCH = poison(
  'duplicate_key',
  'the document with this _id has other values in the remaining fields of the filter',
);
export const UNGUARDABLE = poison(
  'unguardable',
  'the collection has no unique index on exactly the fields of the filter, so the write cannot be guarded against stale versions: create the index, or set msksinks.guard.missingIndex=write',
);
export const NO_MATCH = poison('no_match', 'no document matches the filter, and the record may not insert one');

const unsettled = (code: RecordFailure['code'], detail: string): RecordFailure => ({
  code,
  retryable: true,
  mayBeWritten: false,
  detail,
});

export const COLLISION = unsettled('duplicate_key', 'another document holds the same value in a unique index');
export const UNRESOLVABLE = unsettled(
  'unresolvable_conflict',
  'the write conflicts with a document that its filter does not find: an array, a collation or an index that DocumentDB does not name',
);
export const CONFLICT = unsettled(
  'conflict',
  'other writers changed the document between every read and the write after it',
);
