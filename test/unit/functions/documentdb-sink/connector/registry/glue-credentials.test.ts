import { describe, expect, it } from 'vitest';
import { roleCredentials } from '../../../../../../functions/documentdb-sink/connector/registry/glue/glue-credentials.ts';
import { glueParts } from '../../../../../../functions/documentdb-sink/connector/registry/glue/glue-settings.ts';

const { signal } = new AbortController();

describe('the credentials of a role', () => {
  const ROLE = 'arn:aws:iam::222222222222:role/schemas';
  const session = (name: string, endsAtMs: number) => ({
    AccessKeyId: name,
    SecretAccessKey: 'SECRET',
    SessionToken: 'TOKEN',
    Expiration: new Date(endsAtMs),
  });
  const asRead = (name: string) => ({ accessKeyId: name, secretAccessKey: 'SECRET', sessionToken: 'TOKEN' });

  it('are kept until five minutes before they end', async () => {
    let nowMs = 0;
    const sessions = [session('A', 3_600_000), session('B', 7_200_000)];
    const role = { arn: ROLE, sessionName: 's', region: 'eu-west-1' };
    const read = roleCredentials(
      role,
      async () => sessions.shift(),
      () => nowMs,
    );
    const first = await read(signal);
    expect(first).toEqual(asRead('A'));
    nowMs = 3_299_999;
    expect(await read(signal)).toBe(first);
    nowMs = 3_300_000;
    expect(await read(signal)).toEqual(asRead('B'));
  });

  it('are others where they are refused, and the new ones are kept', async () => {
    const sessions = [session('A', 3_600_000), session('B', 3_600_000)];
    const role = { arn: ROLE, sessionName: 's', region: 'eu-west-1' };
    const read = roleCredentials(
      role,
      async () => sessions.shift(),
      () => 0,
    );
    const first = await read(signal);
    const second = await read(signal, first);
    expect(second).toEqual(asRead('B'));
    expect(await read(signal)).toBe(second);
    expect(await read(signal, first)).toBe(second);
  });

  it.each([undefined, {}, { AccessKeyId: 'A' }, { SecretAccessKey: 'SECRET' }])(
    'are none where STS answers %j',
    async (answer) => {
      const role = { arn: ROLE, sessionName: 's', region: 'eu-west-1' };
      await expect(roleCredentials(role, async () => answer)(signal)).rejects.toThrow('the session has no credentials');
    },
  );

  it('are asked for again at once where STS does not say when they end', async () => {
    let count = 0;
    const assume = async () => {
      count += 1;
      return { AccessKeyId: 'A', SecretAccessKey: 'SECRET' };
    };
    const read = roleCredentials({ arn: ROLE, sessionName: 's', region: 'eu-west-1' }, assume);
    await read(signal);
    await read(signal);
    expect(count).toBe(2);
  });

  it.each([
    [{}, 'kafka-connect-session'],
    [{ assumeRoleSessionName: 'mine' }, 'mine'],
  ])('are those of the role and the session that the settings name: %j', async (settings, sessionName) => {
    const asked: unknown[] = [];
    const own = new Map(Object.entries({ region: 'eu-west-1', assumeRoleArn: ROLE, ...settings }));
    const { readCredentials } = glueParts(own, {}, async (role, given) => {
      asked.push(role, given);
      return session('A', 0);
    });
    expect(await readCredentials(signal)).toEqual(asRead('A'));
    expect(asked).toEqual([{ arn: ROLE, sessionName, region: 'eu-west-1' }, signal]);
  });
});
