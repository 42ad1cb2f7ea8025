import { describe, expect, it } from 'vitest';
import {
  CredentialsError,
  createCredentialsSource,
  RENEWAL_INTERVAL_MS,
  type SessionCredentials,
} from '../../../../../functions/kinesis-sink/target/credentials.ts';
import { VirtualClock } from '../../../../support/virtual-clock.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

function aSource() {
  const clock = new VirtualClock();
  const sessions: SessionCredentials[] = [];
  let fails = false;
  let asked = 0;
  const source = createCredentialsSource(() => {
    asked += 1;
    if (fails) return Promise.reject(new CredentialsError('refused'));
    const number = sessions.length + 1;
    const session = {
      accessKeyId: `id-${number}`,
      secretAccessKey: 'secret',
      sessionToken: 'token',
      expiresAtMs: clock.wallTimeMs() + HOUR_MS,
    };
    sessions.push(session);
    return Promise.resolve(session);
  }, clock);
  return { clock, source, sessions, fail: (now: boolean) => (fails = now), askedCount: () => asked };
}

describe('a session', () => {
  it('is fetched once however many ask at the same time', async () => {
    const { source, sessions } = aSource();
    await Promise.all([source.get(), source.get(), source.get()]);
    expect(sessions).toHaveLength(1);
  });

  it('that could not be had is asked for again', async () => {
    const { source, sessions, fail } = aSource();
    fail(true);
    await expect(source.get()).rejects.toThrow(CredentialsError);
    fail(false);
    expect(await source.get()).toBe(sessions[0]);
  });

  it('is kept while it has more than 15 minutes left', async () => {
    const { clock, source, sessions } = aSource();
    await source.get();
    await clock.advance(45 * MINUTE_MS - 1);
    await source.get();
    expect(sessions).toHaveLength(1);
    await clock.advance(1);
    await source.get();
    expect(sessions).toHaveLength(2);
  });

  it('is judged by the clock on the wall, as its end is, and is never younger than new', async () => {
    const { clock, source, sessions } = aSource();
    await source.get();
    await clock.advance(46 * MINUTE_MS);
    clock.setWallBack(HOUR_MS);
    await source.get();
    await clock.advance(0);
    expect(sessions).toHaveLength(1);
    expect(source.ageMs()).toBe(0);
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
    await clock.advance(59 * MINUTE_MS);
    expect(await source.get()).toBe(sessions[1]);
  });

  it('is still handed out one moment before its last minute', async () => {
    const { clock, source, sessions } = aSource();
    await source.get();
    await clock.advance(59 * MINUTE_MS - 1);
    expect(await source.get()).toBe(sessions[0]);
  });

  it('stays in use when its renewal fails, until it expires', async () => {
    const { clock, source, sessions, fail } = aSource();
    await source.get();
    fail(true);
    await clock.advance(HOUR_MS - 1);
    expect(await source.get()).toBe(sessions[0]);
    await clock.advance(1);
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
    await clock.advance(RENEWAL_INTERVAL_MS - 1);
    await source.get();
    expect(sessions).toHaveLength(1);
    await clock.advance(1);
    await source.get();
    expect(sessions).toHaveLength(2);
  });

  it('does not make every request of its last minute wait for a renewal that just failed', async () => {
    const { clock, source, sessions, fail, askedCount } = aSource();
    await source.get();
    fail(true);
    await clock.advance(59 * MINUTE_MS);
    for (let request = 0; request < 3; request += 1) expect(await source.get()).toBe(sessions[0]);
    expect(askedCount()).toBe(2);
    await clock.advance(RENEWAL_INTERVAL_MS);
    fail(false);
    expect(await source.get()).toBe(sessions[1]);
  });

  it('is asked for at every request when there is none and none could be had', async () => {
    const { source, fail, askedCount } = aSource();
    fail(true);
    await expect(source.get()).rejects.toThrow(CredentialsError);
    await expect(source.get()).rejects.toThrow(CredentialsError);
    expect(askedCount()).toBe(2);
  });

  it('that was refused is replaced once, whoever asks', async () => {
    const { source, sessions } = aSource();
    const refused = await source.get();
    const renewed = await Promise.all([source.renew(refused), source.renew(refused)]);
    expect(renewed).toEqual([sessions[1], sessions[1]]);
    expect(await source.renew(refused)).toBe(sessions[1]);
    expect(await source.get()).toBe(sessions[1]);
    expect(sessions).toHaveLength(2);
  });

  it('that was refused is not given back when no other can be had', async () => {
    const { source, fail } = aSource();
    const refused = await source.get();
    fail(true);
    await expect(source.renew(refused)).rejects.toThrow(CredentialsError);
  });

  it('has an age from when it was fetched, anew with each; none before the first', async () => {
    const { clock, source } = aSource();
    expect(source.ageMs()).toBeUndefined();
    const first = await source.get();
    expect(source.ageMs()).toBe(0);
    await clock.advance(90_000);
    expect(source.ageMs()).toBe(90_000);
    await source.renew(first);
    expect(source.ageMs()).toBe(0);
  });
});
