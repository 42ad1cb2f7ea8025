import { describeForeign, identify } from '../../../shared/errors.ts';
import type { RecordFailure } from '../../../shared/outcome.ts';
import { CredentialsError } from './credentials.ts';

/** The service's answer for one entry of a request. */
export interface EntryReply {
  readonly sequenceNumber: string | undefined;
  /** For a refused entry, the shard that the error message names. Nothing else of the message is kept. */
  readonly shardId: string | undefined;
  readonly errorCode: string | undefined;
}

/** The failure of the entry; undefined if the entry is acknowledged, with a sequence number and no error code. */
export function classifyEntry(reply: EntryReply | undefined): RecordFailure | undefined {
  if (reply === undefined) return { ...AMBIGUOUS, detail: 'Kinesis did not answer for every entry of the request' };
  if (reply.errorCode === undefined && reply.sequenceNumber !== undefined) return undefined;
  switch (reply.errorCode) {
    case 'ProvisionedThroughputExceededException':
    case 'KMSThrottlingException':
      return { ...THROTTLED, detail: `Kinesis throttled the entry (${reply.errorCode})` };
    case 'InternalFailure':
      return { ...TARGET_FAILED, detail: 'Kinesis failed to store the entry (InternalFailure)' };
    default:
      return { ...UNCLASSIFIED, detail: `Kinesis refused the entry (${describeCode(reply.errorCode)})` };
  }
}

/** The meaning of an error that concerns a whole request. */
export type RequestFailure =
  /** Send the same entries again after a delay. */
  | { readonly kind: 'retry'; readonly failure: RecordFailure }
  /** No request can succeed now: stop normal sending, and probe. */
  | { readonly kind: 'fatal'; readonly failure: RecordFailure }
  /** An entry of the request can never be accepted: send halves, until that entry stands alone. */
  | { readonly kind: 'rejected'; readonly failure: RecordFailure };

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html#API_PutRecords_Errors and CommonErrors. */
export function classifyError(error: unknown): RequestFailure {
  if (error instanceof CredentialsError) {
    return { kind: 'fatal', failure: { ...DENIED, code: 'credentials_unavailable', detail: error.message } };
  }
  const name = describeForeign(error);
  const { name: code } = identify(error);
  if (code === 'CredentialsProviderError') {
    const detail = "the function's own role provided no credentials";
    return { kind: 'fatal', failure: { ...DENIED, code: 'credentials_unavailable', detail } };
  }
  const status = statusOf(error);
  if (THROTTLING.has(code) || status === 429)
    return { kind: 'retry', failure: { ...THROTTLED, detail: `Kinesis throttled (${name})` } };
  if (REJECTING.has(code) || status === 413) {
    const detail = `Kinesis rejected the record (${name})`;
    return { kind: 'rejected', failure: { ...DENIED, code: 'rejected_by_target', retryable: false, detail } };
  }
  if (status >= 500) {
    return { kind: 'retry', failure: { ...TARGET_FAILED, mayBeWritten: true, detail: `Kinesis failed (${name})` } };
  }
  if (status >= 400) {
    const remedy = REMEDIES[code] ?? 'check the stream, the role and the KMS key';
    const detail = `Kinesis refuses every request (${name}, HTTP ${status}): ${remedy}`;
    return { kind: 'fatal', failure: { ...DENIED, detail } };
  }
  const isLate = code === 'AbortError' || code === 'TimeoutError';
  const detail = isLate
    ? 'Kinesis did not answer within requestTimeoutMs or before the invocation deadline'
    : `Kinesis could not be reached (${name})`;
  return { kind: 'retry', failure: { ...AMBIGUOUS, detail } };
}

const THROTTLING = new Set([
  'ProvisionedThroughputExceededException',
  'LimitExceededException',
  'ThrottlingException',
  'Throttling',
  'RequestLimitExceeded',
  'KMSThrottlingException',
]);

const REJECTING = new Set(['InvalidArgumentException', 'ValidationException', 'SerializationException']);

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html#API_PutRecords_Errors */
const REMEDIES: Readonly<Record<string, string>> = {
  AccessDeniedException:
    "grant kinesis:PutRecords on the stream to the role that writes; without roleArn, also in the stream's resource policy",
  ResourceNotFoundException: 'the stream does not exist: check account, region and name in streamArn',
  KMSAccessDeniedException:
    "grant kms:GenerateDataKey on the stream's KMS key to the role that writes, in the role's policy and in the key policy",
  KMSDisabledException: "the stream's KMS key is disabled: enable the key, or assign another key to the stream",
  KMSInvalidStateException:
    "the state of the stream's KMS key does not permit its use (for example pending deletion): restore the key, or assign another key to the stream",
  KMSNotFoundException: "the stream's KMS key no longer exists: assign another key to the stream",
  KMSOptInRequired: "the stream's account is not subscribed to KMS: activate KMS in the account",
};

type WithoutDetail = Omit<RecordFailure, 'detail'>;

const THROTTLED: WithoutDetail = { code: 'throttled', retryable: true, mayBeWritten: false };
const TARGET_FAILED: WithoutDetail = { code: 'target_failed', retryable: true, mayBeWritten: false };
const AMBIGUOUS: WithoutDetail = { code: 'target_unreachable', retryable: true, mayBeWritten: true };
const UNCLASSIFIED: WithoutDetail = { code: 'unclassified', retryable: true, mayBeWritten: true };
const DENIED: WithoutDetail = { code: 'access_denied', retryable: true, mayBeWritten: false };

const describeCode = (code: string | undefined): string =>
  code === undefined ? 'no sequence number' : identify({ name: code }).name;

/** The HTTP status; 0 if there was no answer. */
function statusOf(error: unknown): number {
  const status = (error as { $metadata?: { httpStatusCode?: unknown } } | null)?.$metadata?.httpStatusCode;
  return typeof status === 'number' ? status : 0;
}
