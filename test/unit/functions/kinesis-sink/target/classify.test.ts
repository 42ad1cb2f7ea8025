import { describe, expect, it } from 'vitest';
import { classifyEntry, classifyError } from '../../../../../functions/kinesis-sink/target/classify.ts';
import { CredentialsError } from '../../../../../functions/kinesis-sink/target/credentials.ts';
import { sdkError } from '../../../../support/fake-kinesis.ts';

const reply = { sequenceNumber: '1', shardId: 'shardId-000000000000', errorCode: undefined };

describe('an entry', () => {
  it('is acknowledged by a sequence number without an error code', () => {
    expect(classifyEntry(reply)).toBeUndefined();
  });

  it.each([
    { errorCode: 'ProvisionedThroughputExceededException', code: 'throttled', mayBeWritten: false },
    { errorCode: 'KMSThrottlingException', code: 'throttled', mayBeWritten: false },
    { errorCode: 'InternalFailure', code: 'target_failed', mayBeWritten: false },
    { errorCode: 'Brand.New', code: 'unclassified', mayBeWritten: true },
  ])('refused with $errorCode failed as $code, and can be sent again', ({ errorCode, code, mayBeWritten }) => {
    const failure = classifyEntry({ ...reply, errorCode });
    expect(failure).toMatchObject({ code, retryable: true, mayBeWritten });
    expect(failure?.detail).toContain(errorCode);
  });

  it('with neither sequence number nor error code failed, and says so', () => {
    expect(classifyEntry({ ...reply, sequenceNumber: undefined })).toMatchObject({
      code: 'unclassified',
      detail: expect.stringContaining('no sequence number'),
    });
  });

  it('without a reply may be stored', () => {
    expect(classifyEntry(undefined)).toMatchObject({
      code: 'target_unreachable',
      mayBeWritten: true,
      retryable: true,
      detail: expect.stringContaining('every entry'),
    });
  });

  it('refused with something that is no identifier has it left out', () => {
    expect(classifyEntry({ ...reply, errorCode: 'SECRET payload' })?.detail).not.toContain('SECRET');
  });
});

describe('a request', () => {
  it.each([
    { name: 'ProvisionedThroughputExceededException', status: 400, kind: 'retry', code: 'throttled' },
    { name: 'LimitExceededException', status: 400, kind: 'retry', code: 'throttled' },
    { name: 'KMSThrottlingException', status: 400, kind: 'retry', code: 'throttled' },
    { name: 'ThrottlingException', status: 400, kind: 'retry', code: 'throttled' },
    { name: 'Throttling', status: 400, kind: 'retry', code: 'throttled' },
    { name: 'RequestLimitExceeded', status: 503, kind: 'retry', code: 'throttled' },
    { name: 'Unknown', status: 429, kind: 'retry', code: 'throttled' },
    { name: 'InternalFailure', status: 500, kind: 'retry', code: 'target_failed' },
    { name: 'ServiceUnavailable', status: 503, kind: 'retry', code: 'target_failed' },
    { name: 'TimeoutError', status: undefined, kind: 'retry', code: 'target_unreachable' },
    { name: 'AbortError', status: undefined, kind: 'retry', code: 'target_unreachable' },
    { name: 'ECONNRESET', status: undefined, kind: 'retry', code: 'target_unreachable' },
    { name: 'SyntaxError', status: 399, kind: 'retry', code: 'target_unreachable' },
    { name: 'SyntaxError', status: 200, kind: 'retry', code: 'target_unreachable' },
    { name: 'AccessDeniedException', status: 400, kind: 'fatal', code: 'access_denied' },
    { name: 'ResourceNotFoundException', status: 400, kind: 'fatal', code: 'access_denied' },
    { name: 'KMSDisabledException', status: 400, kind: 'fatal', code: 'access_denied' },
    { name: 'KMSAccessDeniedException', status: 400, kind: 'fatal', code: 'access_denied' },
    { name: 'ExpiredTokenException', status: 400, kind: 'fatal', code: 'access_denied' },
    { name: 'CredentialsProviderError', status: undefined, kind: 'fatal', code: 'credentials_unavailable' },
    { name: 'InvalidArgumentException', status: 400, kind: 'rejected', code: 'rejected_by_target' },
    { name: 'ValidationException', status: 400, kind: 'rejected', code: 'rejected_by_target' },
    { name: 'SerializationException', status: 400, kind: 'rejected', code: 'rejected_by_target' },
    { name: 'Brand.New', status: 403, kind: 'fatal', code: 'access_denied' },
    { name: 'Brand.New', status: 499, kind: 'fatal', code: 'access_denied' },
    { name: 'RequestTooLarge', status: 413, kind: 'rejected', code: 'rejected_by_target' },
  ])('that fails with $name ($status) is $kind as $code', ({ name, status, kind, code }) => {
    const mayBeWritten = code === 'target_failed' || code === 'target_unreachable';
    const retryable = kind !== 'rejected';
    expect(classifyError(sdkError(name, status))).toMatchObject({ kind, failure: { code, mayBeWritten, retryable } });
  });

  it.each([
    { name: 'ThrottlingException', status: 400, said: 'throttled (ThrottlingException)' },
    { name: 'ValidationException', status: 400, said: 'rejected the record (ValidationException)' },
    { name: 'InternalFailure', status: 500, said: 'failed (InternalFailure)' },
    { name: 'SomethingNew', status: 403, said: '(SomethingNew, HTTP 403): check the stream, the role and the KMS key' },
    { name: 'AccessDeniedException', status: 400, said: '(AccessDeniedException, HTTP 400): grant kinesis:PutRecords' },
    { name: 'ResourceNotFoundException', status: 400, said: 'the stream does not exist' },
    { name: 'KMSAccessDeniedException', status: 400, said: 'kms:GenerateDataKey' },
    { name: 'KMSDisabledException', status: 400, said: 'KMS key is disabled' },
    { name: 'KMSInvalidStateException', status: 400, said: 'pending deletion' },
    { name: 'KMSNotFoundException', status: 400, said: 'KMS key no longer exists' },
    { name: 'KMSOptInRequired', status: 400, said: 'not subscribed to KMS' },
    { name: 'CredentialsProviderError', status: undefined, said: 'own role provided no credentials' },
    { name: 'AbortError', status: undefined, said: 'did not answer within requestTimeoutMs' },
    { name: 'TimeoutError', status: undefined, said: 'did not answer within requestTimeoutMs' },
    { name: 'ECONNRESET', status: undefined, said: 'could not be reached (ECONNRESET)' },
  ])('that fails with $name says: $said', ({ name, status, said }) => {
    expect(classifyError(sdkError(name, status)).failure.detail).toContain(said);
  });

  it.each([{ thrown: undefined }, { thrown: null }, { thrown: 'SECRET' }])(
    'that fails with $thrown may be stored: nobody knows',
    ({ thrown }) => {
      expect(classifyError(thrown)).toMatchObject({ kind: 'retry', failure: { mayBeWritten: true } });
      expect(classifyError(thrown).failure.detail).not.toContain('SECRET');
    },
  );

  it('has no status but a number', () => {
    const error = Object.assign(new Error('SECRET'), { name: 'Odd', $metadata: { httpStatusCode: '503' } });
    expect(classifyError(error)).toMatchObject({ kind: 'retry', failure: { code: 'target_unreachable' } });
  });

  it('without credentials keeps our own explanation', () => {
    const result = classifyError(new CredentialsError('check the external id'));
    expect(result).toMatchObject({
      kind: 'fatal',
      failure: { code: 'credentials_unavailable', detail: 'check the external id', retryable: true },
    });
  });

  it('never quotes the message of the error', () => {
    expect(JSON.stringify(classifyError(sdkError('ValidationException', 400)))).not.toContain('SECRET');
  });
});
