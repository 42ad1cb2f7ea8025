import { describe, expect, it } from 'vitest';
import { CredentialsError, type CredentialsSource } from '../../../../../functions/kinesis-sink/target/credentials.ts';
import { sendWithSession } from '../../../../../functions/kinesis-sink/target/session.ts';
import { sdkError } from '../../../../support/fake-kinesis.ts';

const SESSION = { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'token', expiresAtMs: 1 };

/** Notes what happens in order; each send fails with the next of these errors, and then succeeds. */
function aSend(errors: readonly unknown[], source: Partial<CredentialsSource> = {}) {
  const events: string[] = [];
  const left = [...errors];
  const credentials: CredentialsSource = {
    get: () => {
      events.push('get');
      return Promise.resolve(SESSION);
    },
    renew: (refused) => {
      events.push(refused === SESSION ? 'renew' : 'renew another');
      return Promise.resolve(SESSION);
    },
    ageMs: () => 0,
    ...source,
  };
  const send = () => {
    events.push('send');
    return left.length > 0 ? Promise.reject(left.shift()) : Promise.resolve('stored');
  };
  return { events, credentials, send };
}

describe('a request with the session of a role', () => {
  it('waits for the session, and is sent once', async () => {
    const { events, credentials, send } = aSend([]);
    expect(await sendWithSession(credentials, send)).toBe('stored');
    expect(events).toEqual(['get', 'send']);
  });

  it.each([
    'ExpiredTokenException',
    'ExpiredToken',
    'UnrecognizedClientException',
    'InvalidClientTokenId',
    'InvalidSignatureException',
  ])('is sent once more with a new session where the service refuses the session: %s', async (name) => {
    const { events, credentials, send } = aSend([sdkError(name, 400)]);
    expect(await sendWithSession(credentials, send)).toBe('stored');
    expect(events).toEqual(['get', 'send', 'renew', 'send']);
  });

  it('fails when the new session is refused too', async () => {
    const again = sdkError('ExpiredTokenException', 400);
    const { events, credentials, send } = aSend([sdkError('ExpiredTokenException', 400), again]);
    await expect(sendWithSession(credentials, send)).rejects.toBe(again);
    expect(events).toEqual(['get', 'send', 'renew', 'send']);
  });

  it.each(['AccessDeniedException', 'InternalFailure', 'ProvisionedThroughputExceededException'])(
    'fails after one attempt with an error that no session cures: %s',
    async (name) => {
      const { events, credentials, send } = aSend([sdkError(name, 400)]);
      await expect(sendWithSession(credentials, send)).rejects.toMatchObject({ name });
      expect(events).toEqual(['get', 'send']);
    },
  );

  it.each([
    [60_000, ['get', 'send', 'renew', 'send']],
    [59_999, ['get', 'send']],
    [undefined, ['get', 'send']],
  ])(
    'is sent once more where access is denied to a session of %s ms, which may be revoked',
    async (ageMs, expected) => {
      const { events, credentials, send } = aSend([sdkError('AccessDeniedException', 400)], { ageMs: () => ageMs });
      await sendWithSession(credentials, send).catch(() => undefined);
      expect(events).toEqual(expected);
    },
  );

  it('fails with the refusal of the new session, and is not sent a third time', async () => {
    const again = sdkError('AccessDeniedException', 400);
    const { events, credentials, send } = aSend([sdkError('AccessDeniedException', 400), again], {
      ageMs: () => 3_000_000,
    });
    await expect(sendWithSession(credentials, send)).rejects.toBe(again);
    expect(events).toEqual(['get', 'send', 'renew', 'send']);
  });

  it('is not sent without a session', async () => {
    const { events, credentials, send } = aSend([], { get: () => Promise.reject(new CredentialsError('none')) });
    await expect(sendWithSession(credentials, send)).rejects.toMatchObject({
      name: 'CredentialsError',
      message: 'none',
    });
    expect(events).toEqual([]);
  });
});

describe("a request with the function's own role", () => {
  it('is sent once, whatever the answer', async () => {
    const { events, send } = aSend([sdkError('ExpiredTokenException', 400)]);
    await expect(sendWithSession(undefined, send)).rejects.toMatchObject({ name: 'ExpiredTokenException' });
    expect(await sendWithSession(undefined, send)).toBe('stored');
    expect(events).toEqual(['send', 'send']);
  });
});
