/**
 * What a server's error code says of a write. Two tables decide, for a code may mean different things in them:
 * https://docs.aws.amazon.com/documentdb/latest/developerguide/error-codes.html and
 * https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
 */
export type CodeClass =
  /** E11000 */
  | 'duplicate'
  /** the document can never be written */
  | 'document'
  /** it passes: no document is to blame */
  | 'outage'
  /** the command took too long: an outage, and a smaller command may pass */
  | 'tooSlow'
  /** the secret is read again */
  | 'credentials'
  /** a person has to grant something on this collection */
  | 'forbidden'
  /** the engine does not support what is sent */
  | 'unsupported'
  /** the document or the server: only evidence tells */
  | 'either'
  /** the same, and while the server takes no writes it still takes an update that matches nothing */
  | 'throttle';

type Row = readonly [code: number, name: string];

/** The document is at fault, in both tables. */
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

/** Named for the error's text. A code without a name is `either` as well. */
const EITHER: readonly Row[] = [
  [2, 'BadValue'],
  [9, 'FailedToParse'],
  // DocumentDB: a transaction was invalidated by another.
  [57, 'DottedFieldName'],
];

/** A network, a primary that changes, a lock, a conflict, a write concern, a restart, a full disk, writes that are blocked. */
const OUTAGE: readonly number[] = [
  6, 7, 24, 46, 64, 79, 89, 90, 91, 92, 100, 107, 112, 117, 133, 134, 147, 148, 189, 202, 216, 225, 251, 290, 355, 365,
  371, 9001, 10058, 10107, 11600, 11601, 11602, 13435, 13436, 14031, 46841, 50915,
];

const CLASSES: ReadonlyMap<number, CodeClass> = new Map<number, CodeClass>([
  ...DOCUMENT.map(([code]) => [code, 'document'] as const),
  ...EITHER.map(([code]) => [code, 'either'] as const),
  ...OUTAGE.map((code) => [code, 'outage'] as const),
  // DocumentDB's 39, MaxTimeMSExpired, ExceededTimeLimit
  ...[39, 50, 262].map((code) => [code, 'tooSlow'] as const),
  // ConflictingUpdateOperators; DocumentDB: also that garbage collection throttles or disables writes.
  [40, 'throttle'],
  [11000, 'duplicate'],
  [18, 'credentials'],
  [13, 'forbidden'],
  // DocumentDB: retryable writes (never sent) and features that it does not support.
  ...[301, -301, 303, 304].map((code) => [code, 'unsupported'] as const),
]);

/** A code of neither list is the document's fault or the server's: `either`. */
export const classOf = (code: number): CodeClass => CLASSES.get(code) ?? 'either';

export const isListed = (code: number): boolean => CLASSES.has(code);

const TOO_LARGE: ReadonlySet<number> = new Set([10334, 17280, 17419, 17420]);

export const isTooLarge = (code: number): boolean => TOO_LARGE.has(code);

const NAMES: ReadonlyMap<number, string> = new Map([...DOCUMENT, ...EITHER, [40, 'ConflictingUpdateOperators']]);

/** `BadValue (code 2)`, `code 16755` */
export const nameOfCode = (code: number): string =>
  NAMES.has(code) ? `${NAMES.get(code)} (code ${code})` : `code ${code}`;
