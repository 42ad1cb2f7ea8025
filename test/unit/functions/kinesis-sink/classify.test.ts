import { describe, expect, it } from 'vitest';
import { classifyEntry, classifyError } from '../../../../functions/kinesis-sink/classify.ts';
import { CredentialsError } from '../../../../functions/kinesis-sink/credentials.ts';
import { sdkError } from '../../../support/fake-kinesis.ts';

const reply = { sequenceNumber: '1', shardId: 'shardId-000000000000', errorCode: undefined };

describe('an entry', () => {
  it('is acknowledged by a sequence number without an error code', () => {
    expect(classifyEntry(reply)).toBeUndefined();
  });

  it.each([
    { errorCode: 'ProvisionedThroughputExceededException', code: 'throttled' },
    { errorCode: 'KMSThrottlingException', code: 'throttled' },
    { errorCode: 'InternalFailure', code: 'target_failed' },
    { errorCode: 'Brand.New', code: 'unclassified' },
  ])('refused with $errorCode failed as $code, and can be sent again', ({ errorCode, code }) => {
    expect(classifyEntry({ ...reply, errorCode })).toMatchObject({ code, retryable: true });
  });

  it('without a reply may be stored', () => {
    expect(classifyEntry(undefined)).toMatchObject({ mayBeWritten: true, retryable: true });
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
    { name: 'Unknown', status: 429, kind: 'retry', code: 'throttled' },
    { name: 'InternalFailure', status: 500, kind: 'retry', code: 'target_failed' },
    { name: 'ServiceUnavailable', status: 503, kind: 'retry', code: 'target_failed' },
    { name: 'TimeoutError', status: undefined, kind: 'retry', code: 'target_unreachable' },
    { name: 'SyntaxError', status: 200, kind: 'retry', code: 'target_unreachable' },
    { name: 'AccessDeniedException', status: 400, kind: 'fatal', code: 'access_denied' },
    { name: 'ResourceNotFoundException', status: 400, kind: 'fatal', code: 'access_denied' },
    { name: 'KMSDisabledException', status: 400, kind: 'fatal', code: 'access_denied' },
    { name: 'KMSAccessDeniedException', status: 400, kind: 'fatal', code: 'access_denied' },
    { name: 'ExpiredTokenException', status: 400, kind: 'fatal', code: 'access_denied' },
    { name: 'CredentialsProviderError', status: undefined, kind: 'fatal', code: 'credentials_unavailable' },
    { name: 'InvalidArgumentException', status: 400, kind: 'rejected', code: 'rejected_by_target' },
    { name: 'ValidationException', status: 400, kind: 'rejected', code: 'rejected_by_target' },
    { name: 'RequestTooLarge', status: 413, kind: 'rejected', code: 'rejected_by_target' },
  ])('that fails with $name ($status) is $kind as $code', ({ name, status, kind, code }) => {
    expect(classifyError(sdkError(name, status))).toMatchObject({ kind, failure: { code } });
  });

  it('that no answer came for may be stored', () => {
    expect(classifyError(sdkError('TimeoutError')).failure.mayBeWritten).toBe(true);
    expect(classifyError(sdkError('InternalFailure', 500)).failure.mayBeWritten).toBe(true);
  });

  it('without credentials keeps our own explanation', () => {
    const result = classifyError(new CredentialsError('check the external id'));
    expect(result).toMatchObject({ kind: 'fatal', failure: { detail: 'check the external id', retryable: true } });
  });

  it('never quotes the message of the error', () => {
    expect(JSON.stringify(classifyError(sdkError('ValidationException', 400)))).not.toContain('SECRET');
  });
});
