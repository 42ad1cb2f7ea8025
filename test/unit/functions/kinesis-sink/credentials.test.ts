import { describe, expect, it } from 'vitest';
import {
  CredentialsError,
  createCredentialsSource,
  RENEWAL_INTERVAL_MS,
  type SessionCredentials,
} from '../../../../functions/kinesis-sink/credentials.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

function aSource() {
  const clock = new ManualClock();
  const sessions: SessionCredentials[] = [];
  let fails = false;
  const source = createCredentialsSource(() => {
    if (fails) return Promise.reject(new CredentialsError('refused'));
    const number = sessions.length + 1;
    const session = {
      accessKeyId: `id-${number}`,
      secretAccessKey: 'secret',
      sessionToken: 'token',
      expiresAtMs: clock.nowMs() + HOUR_MS,
    };
    sessions.push(session);
    return Promise.resolve(session);
  }, clock);
  return { clock, source, sessions, fail: (now: boolean) => (fails = now) };
}

describe('a session', () => {
  it('is fetched once however many ask at the same time', async () => {
    const { source, sessions } = aSource();
    await Promise.all([source.get(), source.get(), source.get()]);
    expect(sessions).toHaveLength(1);
  });

  it('is kept while it has more than 15 minutes left', async () => {
    const { clock, source, sessions } = aSource();
    await source.get();
    await clock.advance(44 * MINUTE_MS);
    await source.get();
    expect(sessions).toHaveLength(1);
  });

  it('is renewed beside the work in its last 15 minutes', async () => {
    const { clock, source, sessions } = aSource();
    await source.get();
    await clock.advance(46 * MINUTE_MS);
    expect(await source.get()).toBe(sessions[0]);
    await clock.advance(0);
    expect(await source.get()).toBe(sessions[1]);
  });

  it('is waited for in its last minute', async () => {
    const { clock, source, sessions } = aSource();
    await source.get();
    await clock.advance(59.5 * MINUTE_MS);
    expect(await source.get()).toBe(sessions[1]);
  });

  it('stays in use when its renewal fails, until it expires', async () => {
    const { clock, source, sessions, fail } = aSource();
    await source.get();
    fail(true);
    await clock.advance(59.5 * MINUTE_MS);
    expect(await source.get()).toBe(sessions[0]);
    await clock.advance(MINUTE_MS);
    await expect(source.get()).rejects.toThrow(CredentialsError);
  });

  it('is not asked for again at once when a renewal beside the work failed', async () => {
    const { clock, source, sessions, fail } = aSource();
    await source.get();
    fail(true);
    await clock.advance(50 * MINUTE_MS);
    await source.get();
    await clock.advance(0);
    fail(false);
    await source.get();
    expect(sessions).toHaveLength(1);
    await clock.advance(RENEWAL_INTERVAL_MS);
    await source.get();
    expect(sessions).toHaveLength(2);
  });

  it('that was refused is replaced once, whoever asks', async () => {
    const { source, sessions } = aSource();
    const refused = await source.get();
    await source.renew(refused);
    await source.renew(refused);
    expect(sessions).toHaveLength(2);
  });
});
