/**
 * The meaning of a server's error code for a write. A code may mean different things in the two tables that are
 * combined here:
 * https://docs.aws.amazon.com/documentdb/latest/developerguide/error-codes.html and
 * https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
 */
export type CodeClass =
  /** E11000 */
  | 'duplicate'
  /** the document can never be written */
  | 'document'
  /** a temporary failure: no document is to blame */
  | 'outage'
  /** the command took too long: an outage, and a smaller command may succeed */
  | 'tooSlow'
  /** the credentials are refused: the secret is read again */
  | 'credentials'
  /** an operator has to grant a right on this collection */
  | 'forbidden'
  /** the engine does not support the command */
  | 'unsupported'
  /** the document or the server is to blame: only evidence shows which */
  | 'either'
  /**
   * like `either`, but a server that accepts no writes still accepts an update that matches nothing, so a probe is no
   * evidence
   */
  | 'throttle';

type Row = readonly [code: number, name: string];

/** The document is to blame, according to both tables. */
const DOCUMENT: readonly Row[] = [
  [14, 'TypeMismatch'],
  [15, 'Overflow'],
  [22, 'InvalidBSON'],
  [28, 'PathNotViable'],
  [52, 'DollarPrefixedFieldName'],
  [53, 'InvalidIdField'],
  [56, 'EmptyFieldName'],
  [66, 'ImmutableField'],
  [121, 'DocumentValidationFailure'],
  [171, 'CannotIndexParallelArrays'],
  [10334, 'BSONObjectTooLarge'],
  [17280, 'KeyTooLong'],
  // update_stage and upsert_stage in https://github.com/mongodb/mongo/tree/master/src/mongo/db/exec
  [17419, 'the document would be too large after the update'],
  [17420, 'the document to upsert is too large'],
];

/** Codes with a name for the error text. A code without a name is `either` as well. */
const EITHER: readonly Row[] = [
  [2, 'BadValue'],
  [9, 'FailedToParse'],
  // DocumentDB also uses this code for a transaction that another one invalidated.
  [57, 'DottedFieldName'],
];

/**
 * Network errors, elections, locks, conflicts, write concern errors, restarts, a full disk, blocked writes, and the categories
 * `RetriableError` and `SystemOverloadedError`: a server that refuses by its load accepts a probe now and then.
 */
const OUTAGE: readonly number[] = [
  6, 7, 24, 46, 64, 79, 89, 90, 91, 92, 100, 107, 112, 117, 133, 134, 147, 148, 189, 202, 216, 225, 251, 290, 355, 358,
  365, 371, 402, 406, 407, 412, 433, 449, 450, 453, 462, 9001, 10058, 10107, 11600, 11601, 11602, 13435, 13436, 14031,
  46841, 50915, 91331, 10045600,
];

const CLASSES: ReadonlyMap<number, CodeClass> = new Map<number, CodeClass>([
  ...DOCUMENT.map(([code]) => [code, 'document'] as const),
  ...EITHER.map(([code]) => [code, 'either'] as const),
  ...OUTAGE.map((code) => [code, 'outage'] as const),
  // DocumentDB's 39, MaxTimeMSExpired, ExceededTimeLimit
  ...[39, 50, 262].map((code) => [code, 'tooSlow'] as const),
  // ConflictingUpdateOperators. DocumentDB also uses this code while garbage collection throttles or disables writes.
  [40, 'throttle'],
  [11000, 'duplicate'],
  [18, 'credentials'],
  [13, 'forbidden'],
  // DocumentDB refuses retryable writes (which are never sent) and features that it does not support.
  ...[301, -301, 303, 304].map((code) => [code, 'unsupported'] as const),
]);

/** A code that is in no list is `either`. */
export const classOf = (code: number): CodeClass => CLASSES.get(code) ?? 'either';

export const isListed = (code: number): boolean => CLASSES.has(code);

const TOO_LARGE: ReadonlySet<number> = new Set([10334, 17280, 17419, 17420]);

export const isTooLarge = (code: number): boolean => TOO_LARGE.has(code);

const NAMES: ReadonlyMap<number, string> = new Map([...DOCUMENT, ...EITHER, [40, 'ConflictingUpdateOperators']]);

/** Gives `BadValue (code 2)` or `code 16755`. */
export const nameOfCode = (code: number): string =>
  NAMES.has(code) ? `${NAMES.get(code)} (code ${code})` : `code ${code}`;
