import { assertNever, describeForeign, identify } from '../../../shared/errors.ts';
import { type FailureCode, poison, type RecordFailure } from '../../../shared/outcome.ts';
import type { Namespace } from '../plan/namespace.ts';
import { type FailureScope, FatalError } from './fatal-error.ts';
import { classOf, isListed, isTooLarge, nameOfCode } from './server-codes.ts';

/** What an error that concerns a whole command means. Codes and class names decide, never a message. */
export type CommandFailure =
  /** the same command again, after a pause; `isTooSlow`: in smaller ones */
  | { readonly kind: 'retry'; readonly failure: RecordFailure; readonly isTooSlow?: boolean }
  /** the secret is read again; once that did not help, as fatal */
  | { readonly kind: 'credentials'; readonly failure: RecordFailure }
  /** no command of this scope can succeed */
  | { readonly kind: 'fatal'; readonly scope: FailureScope; readonly failure: RecordFailure }
  | Refusal;

/** A command as it stands, or one write of it, was refused. Whether a document is to blame, only evidence tells (evidence.ts). */
export interface Refusal {
  readonly kind: 'refused';
  /** What is said of the write that turns out to be to blame. */
  readonly failure: RecordFailure;
  /** Refusals with one code have one reason. */
  readonly code: number | undefined;
  /** The reply names the write; otherwise it may be any of the command. */
  readonly isNamed: boolean;
  /** What shows that the target takes writes: another write, or a probe as well. */
  readonly evidence: 'write' | 'probe';
}

/** What the server says of one write of a command. */
export type WriteFailure =
  /** `index`: undefined where the reply does not tell */
  | { readonly kind: 'duplicate'; readonly index: string | undefined }
  | { readonly kind: 'poison'; readonly failure: RecordFailure }
  | CommandFailure;

/** One entry of a reply's `writeErrors`, without the message, which quotes values. */
export interface WriteError {
  readonly code: number;
  /** Of an E11000; undefined where the reply does not tell. */
  readonly duplicateIndex: string | undefined;
}

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

/** The driver's, when a command takes longer than `socketTimeoutMS`. */
const SOCKET_TIMEOUT = 'MongoNetworkTimeoutError';

function classifyCommandCode(code: number, description: string): CommandFailure {
  const detail = `DocumentDB answered ${description}`;
  const codeClass = classOf(code);
  switch (codeClass) {
    case 'credentials':
      return { kind: 'credentials', failure: unsettled('access_denied', detail) };
    case 'forbidden':
      return { kind: 'fatal', scope: 'collection', failure: unsettled('access_denied', detail) };
    case 'unsupported':
      return fatal('rejected_by_target', detail);
    case 'outage':
    case 'tooSlow':
    // Of a command as a whole it says nothing.
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

/** What a server did before it answered with a code that nobody lists, nobody knows. */
const refusal = (code: number, isNamed: boolean): Refusal => ({
  kind: 'refused',
  failure: { ...rejected(code), mayBeWritten: !isNamed && !isListed(code) },
  code,
  isNamed,
  evidence: classOf(code) === 'throttle' ? 'write' : 'probe',
});

/** For an error that came before any write was sent: none is to blame, and none is stored. */
export function beforeWriting(trouble: CommandFailure): CommandFailure {
  const failure: RecordFailure = { ...trouble.failure, retryable: true, mayBeWritten: false };
  return trouble.kind === 'refused'
    ? { kind: 'retry', failure: { ...failure, code: 'unclassified' } }
    : { ...trouble, failure };
}

/** @param conflictsWithItself the write is an update that has one path twice */
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
  const trouble = classifyCommandCode(code, `code ${code}`);
  return { ...trouble, failure: { ...trouble.failure, mayBeWritten: false } };
}

/**
 * Of an E11000 the name of the index, the only thing that may be taken from a server's message; it must not be logged. The
 * message names the collection before the index, and the values behind it.
 * @returns undefined where it does not tell
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
