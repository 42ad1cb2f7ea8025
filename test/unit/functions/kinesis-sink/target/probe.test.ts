import { describe, expect, it } from 'vitest';
import { CredentialsError } from '../../../../../functions/kinesis-sink/target/credentials.ts';
import type { StreamPort } from '../../../../../functions/kinesis-sink/target/preflight.ts';
import { probeStream } from '../../../../../functions/kinesis-sink/target/probe.ts';
import { aStream } from '../../../../support/a-kinesis-sink.ts';
import { sdkError } from '../../../../support/fake-kinesis.ts';

const { signal } = new AbortController();
const ROLE = 'arn:aws:iam::222222222222:role/orders-stream-writer';
const probed = (port: Partial<StreamPort>) => {
  const whole = { ready: () => Promise.resolve(), describeStream: () => Promise.resolve(aStream), ...port };
  return probeStream(whole, ROLE)(signal);
};

describe('the probe of kinesisSink', () => {
  it('names the session and the stream', async () => {
    expect(await probed({})).toEqual([
      { title: 'session', status: 'ok', found: "the role in the stream's account gives a session" },
      { title: 'stream', status: 'ok', found: 'ACTIVE, records up to 1024 KiB, distribution USER_PARTITION_KEY' },
    ]);
  });

  it('speaks of no session where the function writes with its own role', async () => {
    const port = { ready: () => Promise.resolve(), describeStream: () => Promise.resolve(aStream) };
    const [session] = await probeStream(port, undefined)(signal);
    expect(session).toMatchObject({
      title: 'session',
      status: 'ok',
      found: expect.stringMatching(/^none: .*own role/),
    });
  });

  it('stops at a session that is refused, with the remedy', async () => {
    const ready = () =>
      Promise.reject(new CredentialsError('STS refused AssumeRole of the role: check the external ID'));
    expect(await probed({ ready })).toEqual([
      { title: 'session', status: 'failed', found: 'STS refused AssumeRole of the role: check the external ID' },
    ]);
  });

  it('says why the stream cannot be described, and quotes nothing of the service', async () => {
    const describeStream = () => Promise.reject(sdkError('AccessDeniedException', 400));
    const [, stream] = await probed({ describeStream });
    expect(stream).toMatchObject({ status: 'failed', found: expect.stringContaining('AccessDeniedException') });
    expect(stream?.found).not.toContain('SECRET');
  });
});
