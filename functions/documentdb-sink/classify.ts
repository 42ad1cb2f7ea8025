import { describeForeign, identify } from '../../shared/errors.ts';
import { type FailureCode, poison, type RecordFailure } from '../../shared/outcome.ts';
import { FatalError } from './fatal-error.ts';

/** What an error that concerns a whole command means. Codes and class names decide, never a message. */
export type Trouble =
  /** the same command again, after a pause */
  | { readonly kind: 'retry'; readonly failure: RecordFailure }
  /** the secret is read again; once that did not help, as fatal */
  | { readonly kind: 'credentials'; readonly failure: RecordFailure }
  /** `everywhere`: no command can succeed; otherwise none on this collection */
  | { readonly kind: 'fatal'; readonly everywhere: boolean; readonly failure: RecordFailure }
  /** the command as it stands, by the server or before it was sent; which of its writes is to blame is not said */
  | { readonly kind: 'refused'; readonly failure: RecordFailure };

/** What the server says of one write of a command. */
export type WriteTrouble =
  /** `index`: undefined where the reply does not tell */
  | { readonly kind: 'duplicate'; readonly index: string | undefined }
  | { readonly kind: 'poison'; readonly failure: RecordFailure }
  | Trouble;

/** One entry of a reply's `writeErrors`, without the message, which quotes values. */
export interface WriteError {
  readonly code: number;
  /** Of an E11000; undefined where the reply does not tell. */
  readonly duplicateIndex: string | undefined;
}

/** https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml */
const AUTHENTICATION_FAILED = 18;
const UNAUTHORIZED = 13;
const DUPLICATE_KEY = 11000;
/** DocumentDB: retryable writes (never sent) and features that it does not support. */
const UNSUPPORTED_CODES: ReadonlySet<number> = new Set([301, -301, 303, 304]);

/** The driver's retryable codes, and those that a lock, a conflict, a write concern or a restart leaves behind. */
const RETRYABLE_CODES: ReadonlySet<number> = new Set([
  6, 7, 24, 64, 89, 91, 112, 134, 189, 251, 262, 9001, 10058, 10107, 11600, 11602, 13435, 13436,
]);

/** These never succeed for the document concerned. */
const POISON_CODES: ReadonlyMap<number, readonly [code: FailureCode, reason: string]> = new Map([
  [2, ['rejected_by_target', 'BadValue']],
  [9, ['rejected_by_target', 'FailedToParse']],
  [14, ['rejected_by_target', 'TypeMismatch']],
  [15, ['rejected_by_target', 'Overflow']],
  [22, ['rejected_by_target', 'InvalidBSON']],
  [28, ['rejected_by_target', 'PathNotViable']],
  [40, ['rejected_by_target', 'ConflictingUpdateOperators']],
  [52, ['rejected_by_target', 'DollarPrefixedFieldName']],
  [53, ['rejected_by_target', 'InvalidIdField']],
  [57, ['rejected_by_target', 'DottedFieldName']],
  [66, ['rejected_by_target', 'ImmutableField']],
  [121, ['rejected_by_target', 'DocumentValidationFailure']],
  [10334, ['payload_too_large', 'BSONObjectTooLarge']],
  [17280, ['payload_too_large', 'KeyTooLong']],
  // update_stage and upsert_stage in https://github.com/mongodb/mongo/tree/master/src/mongo/db/exec
  [17419, ['payload_too_large', 'the document would be too large after the update']],
  [17420, ['payload_too_large', 'the document to upsert is too large']],
]);

/** The driver could not make bytes of it; nothing was sent. */
const UNSERIALIZABLE: ReadonlySet<string> = new Set([
  'BSONError',
  'BSONVersionError',
  'BSONRuntimeError',
  'RangeError',
]);

/** No connection yet, so nothing was sent. `MongoClientClosedError` is not one: it ends commands that are under way. */
const NOT_SENT: ReadonlySet<string> = new Set([
  'MongoServerSelectionError',
  'MongoWaitQueueTimeoutError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'MongoTopologyClosedError',
  'MongoServerClosedError',
  'MongoNotConnectedError',
]);

/** https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const TLS_CODE = /CERT|SELF_SIGNED|UNABLE_TO_|^ERR_TLS_|^ERR_SSL_/;

export function classifyError(error: unknown): Trouble {
  if (error instanceof FatalError) {
    return { kind: 'fatal', everywhere: error.everywhere, failure: unsettled(error.code, error.message) };
  }
  const { name } = identify(error);
  if (name === 'AbortError') return retry(DEADLINE_EXCEEDED);
  if (UNSERIALIZABLE.has(name))
    return { kind: 'refused', failure: poison('payload_invalid', `BSON cannot hold it: ${name}`) };
  const tlsCode = findTlsCode(error);
  if (tlsCode !== undefined) return fatal('target_unreachable', `the server's certificate is not trusted (${tlsCode})`);
  const code = typeof error === 'object' && error !== null ? codeOf(error) : undefined;
  if (code !== undefined) return classifyCommandCode(code, describeForeign(error));
  const mayBeWritten = !NOT_SENT.has(name);
  return retry({ code: 'target_unreachable', detail: `no answer: ${describeForeign(error)}`, mayBeWritten });
}

function classifyCommandCode(code: number, description: string): Trouble {
  const detail = `the server answered ${description}`;
  if (code === AUTHENTICATION_FAILED) return { kind: 'credentials', failure: unsettled('access_denied', detail) };
  if (code === UNAUTHORIZED) return { kind: 'fatal', everywhere: false, failure: unsettled('access_denied', detail) };
  if (UNSUPPORTED_CODES.has(code)) return fatal('rejected_by_target', detail);
  const poisonous = POISON_CODES.get(code);
  if (poisonous !== undefined) return { kind: 'refused', failure: rejected(code, poisonous) };
  return retry({ code: RETRYABLE_CODES.has(code) ? 'target_failed' : 'unclassified', detail, mayBeWritten: true });
}

/** For an error that came before any write was sent: none is to blame, and none is stored. */
export function beforeWriting(trouble: Trouble): Trouble {
  const failure: RecordFailure = { ...trouble.failure, retryable: true, mayBeWritten: false };
  return trouble.kind === 'refused'
    ? { kind: 'retry', failure: { ...failure, code: 'unclassified' } }
    : { ...trouble, failure };
}

export function classifyWriteError({ code, duplicateIndex }: WriteError): WriteTrouble {
  if (code === DUPLICATE_KEY) return { kind: 'duplicate', index: duplicateIndex };
  const poisonous = POISON_CODES.get(code);
  if (poisonous !== undefined) return { kind: 'poison', failure: rejected(code, poisonous) };
  const trouble = classifyCommandCode(code, `code ${code}`);
  return { ...trouble, failure: { ...trouble.failure, mayBeWritten: false } };
}

/** Of an E11000 the name of the index, the only thing that may be taken from a server's message; it must not be logged. */
export function duplicateIndexOf(error: {
  readonly keyPattern?: unknown;
  readonly errmsg?: unknown;
}): string | undefined {
  const { keyPattern, errmsg } = error;
  if (typeof keyPattern === 'object' && keyPattern !== null && Object.keys(keyPattern).join() === '_id') return '_id_';
  return typeof errmsg === 'string' ? /\bindex: (?:[^\s]*\$)?([^\s]+)/.exec(errmsg)?.[1] : undefined;
}

const rejected = (code: number, [failureCode, reason]: readonly [FailureCode, string]): RecordFailure =>
  poison(failureCode, `the server refuses the document: ${reason} (code ${code})`);

const unsettled = (code: FailureCode, detail: string): RecordFailure => ({
  code,
  retryable: true,
  mayBeWritten: false,
  detail,
});

const fatal = (code: FailureCode, detail: string): Trouble => ({
  kind: 'fatal',
  everywhere: true,
  failure: unsettled(code, detail),
});

const retry = (failure: Omit<RecordFailure, 'retryable'>): Trouble => ({
  kind: 'retry',
  failure: { ...failure, retryable: true },
});

const DEADLINE_EXCEEDED: Omit<RecordFailure, 'retryable'> = {
  code: 'deadline_exceeded',
  mayBeWritten: true,
  detail: 'no answer before ours was due',
};

/** The code of a server's error; others have numbers of their own there. */
function codeOf(error: object): number | undefined {
  const { name, code } = error as { name?: unknown; code?: unknown };
  return typeof code === 'number' && String(name).startsWith('Mongo') ? code : undefined;
}

/** How deep causes are followed, and how many servers of a topology are asked. */
const CAUSES_MAX = 5;

/** The driver hides a handshake's failure in `cause`, or, for a server it never reached, in its view of the topology. */
function findTlsCode(error: unknown, depth = 0): string | undefined {
  if (depth > CAUSES_MAX || typeof error !== 'object' || error === null) return undefined;
  const { code, cause, reason, servers } = error as Readonly<Record<string, unknown>>;
  if (typeof code === 'string' && TLS_CODE.test(code)) return identify(error).code;
  const inner = servers instanceof Map ? [...servers.values()].map((server) => server?.error) : [cause, reason];
  for (const next of inner) {
    const found = findTlsCode(next, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
