import { assertNever, describeForeign, identify } from '../../../shared/errors.ts';
import { type FailureCode, poison, type RecordFailure } from '../../../shared/outcome.ts';
import type { Namespace } from '../plan/namespace.ts';
import { type FailureScope, FatalError } from './fatal-error.ts';
import { classOf, isListed, isTooLarge, nameOfCode } from './server-codes.ts';

/** The meaning of an error that concerns a whole command. Codes and class names decide, never a message. */
export type CommandFailure =
  /** send the same command again after a pause; `isTooSlow`: send smaller commands */
  | { readonly kind: 'retry'; readonly failure: RecordFailure; readonly isTooSlow?: boolean }
  /** read the secret again; if that does not help, treat the failure as fatal */
  | { readonly kind: 'credentials'; readonly failure: RecordFailure }
  /** no command of this scope can succeed */
  | { readonly kind: 'fatal'; readonly scope: FailureScope; readonly failure: RecordFailure }
  | Refusal;

/**
 * A whole command, or one write of a command, was refused. Only evidence shows whether a document is to blame
 * (evidence.ts).
 */
export interface Refusal {
  readonly kind: 'refused';
  /** The failure of the write that turns out to be to blame. */
  readonly failure: RecordFailure;
  /** Refusals with the same code have the same reason. */
  readonly code: number | undefined;
  /** True if the reply names the write; otherwise any write of the command may be the cause. */
  readonly isNamed: boolean;
  /** The evidence that the target accepts writes: only another write, or also a probe. */
  readonly evidence: 'write' | 'probe';
}

/** The meaning of the error of one write in a command. */
export type WriteFailure =
  /** `index`: undefined if the reply does not name the index */
  | { readonly kind: 'duplicate'; readonly index: string | undefined }
  | { readonly kind: 'poison'; readonly failure: RecordFailure }
  | CommandFailure;

/** One entry of a reply's `writeErrors`, without the message, because the message quotes values. */
export interface WriteError {
  readonly code: number;
  /** The index of an E11000; undefined if the reply does not name the index. */
  readonly duplicateIndex: string | undefined;
}

/** The driver could not serialise the document; nothing was sent. */
const UNSERIALIZABLE: ReadonlySet<string> = new Set([
  'BSONError',
  'BSONVersionError',
  'BSONRuntimeError',
  'RangeError',
]);

/**
 * There was no connection, so nothing was sent. `MongoClientClosedError` is not in this list: it also ends commands in
 * flight.
 */
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
const TLS_CODE = /CERT|UNABLE_TO_|^ERR_TLS_|^ERR_SSL_/;

export function classifyError(error: unknown): CommandFailure {
  if (error instanceof FatalError) {
    return { kind: 'fatal', scope: error.scope, failure: unsettled(error.code, error.message) };
  }
  const { name } = identify(error);
  if (name === 'AbortError') return retry(DEADLINE_EXCEEDED);
  if (UNSERIALIZABLE.has(name)) {
    const failure = poison('payload_invalid', `the driver cannot serialize the document to BSON (${name})`);
    return { kind: 'refused', failure, code: undefined, isNamed: false, evidence: 'probe' };
  }
  const tlsCode = findTlsCode(error);
  if (tlsCode !== undefined)
    return fatal(
      'target_unreachable',
      `the function does not trust the server's certificate (${tlsCode}): check caBundle`,
    );
  const code = typeof error === 'object' && error !== null ? codeOf(error) : undefined;
  if (code !== undefined) return classifyCommandCode(code, describeForeign(error));
  const mayBeWritten = !NOT_SENT.has(name);
  const failure = {
    code: 'target_unreachable',
    detail: `DocumentDB did not answer (${describeForeign(error)})`,
    mayBeWritten,
  } as const;
  return { ...retry(failure), isTooSlow: name === SOCKET_TIMEOUT };
}

/** The driver's error for a command that takes longer than `socketTimeoutMS`. */
const SOCKET_TIMEOUT = 'MongoNetworkTimeoutError';

/** Of answers that an operator ends. */
const REMEDIES = {
  credentials:
    'the cluster refuses the login: correct the user and the password in the secret of secretArn, or in what connection.uri names',
  forbidden: "grant the function's user readWrite on the database of the collection",
  unsupported: 'this engine does not support the command: use a newer version of DocumentDB',
} as const;

function classifyCommandCode(code: number, description: string): CommandFailure {
  const detail = `DocumentDB answered ${description}`;
  const codeClass = classOf(code);
  switch (codeClass) {
    case 'credentials':
      return { kind: 'credentials', failure: unsettled('access_denied', `${detail}: ${REMEDIES.credentials}`) };
    case 'forbidden':
      return {
        kind: 'fatal',
        scope: 'collection',
        failure: unsettled('access_denied', `${detail}: ${REMEDIES.forbidden}`),
      };
    case 'unsupported':
      return fatal('rejected_by_target', `${detail}: ${REMEDIES.unsupported}`);
    case 'outage':
    case 'tooSlow':
    // E11000 has no meaning for a whole command.
    case 'duplicate':
      return { ...retry({ code: 'target_failed', detail, mayBeWritten: true }), isTooSlow: codeClass === 'tooSlow' };
    case 'document':
    case 'either':
    case 'throttle':
      return refusal(code, false);
    default:
      return assertNever(codeClass);
  }
}

/** For a code that is in no list, nobody knows what the server did before it answered. */
const refusal = (code: number, isNamed: boolean): Refusal => ({
  kind: 'refused',
  failure: { ...rejected(code), mayBeWritten: !isNamed && !isListed(code) },
  code,
  isNamed,
  evidence: classOf(code) === 'throttle' ? 'write' : 'probe',
});

/** The failure of a call that preceded any write: no write is to blame, and no write is stored. */
export function beforeWriting(cause: CommandFailure): CommandFailure {
  const failure: RecordFailure = { ...cause.failure, retryable: true, mayBeWritten: false };
  return cause.kind === 'refused'
    ? { kind: 'retry', failure: { ...failure, code: 'unclassified' } }
    : { ...cause, failure };
}

/** @param conflictsWithItself whether the write is an update that has one path twice */
export function classifyWriteError(
  { code, duplicateIndex }: Pick<WriteError, 'code' | 'duplicateIndex'>,
  conflictsWithItself: () => boolean = () => false,
): WriteFailure {
  const codeClass = classOf(code);
  if (codeClass === 'duplicate') return { kind: 'duplicate', index: duplicateIndex };
  if (codeClass === 'document' || (codeClass === 'throttle' && conflictsWithItself())) {
    return { kind: 'poison', failure: rejected(code) };
  }
  if (codeClass === 'either' || codeClass === 'throttle') return refusal(code, true);
  const cause = classifyCommandCode(code, `code ${code}`);
  return { ...cause, failure: { ...cause.failure, mayBeWritten: false } };
}

/**
 * The name of the index in an E11000: the only part of a server's message that is used, and it must not be logged. In
 * the message, the name of the collection precedes the index, and the values follow.
 * @returns undefined if the message does not name the index
 */
export function duplicateIndexOf(
  { keyPattern, errmsg }: { readonly keyPattern?: unknown; readonly errmsg?: unknown },
  { database, collection }: Namespace,
): string | undefined {
  if (typeof keyPattern === 'object' && keyPattern !== null && Object.keys(keyPattern).join() === '_id') return '_id_';
  if (typeof errmsg !== 'string') return undefined;
  const name = `${database}.${collection}`;
  for (const introduction of [`collection: ${name} index: `, `index: ${name}.$`]) {
    const at = errmsg.indexOf(introduction);
    if (at >= 0) return textBeforeKey(errmsg.slice(at + introduction.length));
  }
  const [, index] = /\bindex: (.+)$/s.exec(textBeforeKey(errmsg)) ?? [];
  return index;
}

const textBeforeKey = (text: string): string => text.split(' dup key:', 1)[0] ?? '';

const rejected = (code: number): RecordFailure =>
  poison(
    isTooLarge(code) ? 'payload_too_large' : 'rejected_by_target',
    `DocumentDB refused the document: ${nameOfCode(code)}`,
  );

const unsettled = (code: FailureCode, detail: string): RecordFailure => ({
  code,
  retryable: true,
  mayBeWritten: false,
  detail,
});

const fatal = (code: FailureCode, detail: string): CommandFailure => ({
  kind: 'fatal',
  scope: 'target',
  failure: unsettled(code, detail),
});

const retry = (failure: Omit<RecordFailure, 'retryable'>): CommandFailure & { readonly kind: 'retry' } => ({
  kind: 'retry',
  failure: { ...failure, retryable: true },
});

const DEADLINE_EXCEEDED: Omit<RecordFailure, 'retryable'> = {
  code: 'deadline_exceeded',
  mayBeWritten: true,
  detail: 'DocumentDB did not answer before the invocation deadline',
};

/** The code of a server error. Errors of other libraries use `code` for numbers of their own. */
function codeOf(error: object): number | undefined {
  const { name, code } = error as { name?: unknown; code?: unknown };
  return typeof code === 'number' && String(name).startsWith('Mongo') ? code : undefined;
}

/** The maximum depth of nested causes that are examined. */
const CAUSES_MAX = 5;

/**
 * The driver keeps the error of a TLS handshake in `cause` or, for a server that it never reached, in its description
 * of the topology.
 */
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
