import { describe, expect, it } from 'vitest';
import { CredentialsError } from '../../../../../functions/kinesis-sink/target/credentials.ts';
import { aKinesisSink, aStream, kinds, ofOneKey, records } from '../../../../support/a-kinesis-sink.ts';
import { deadlineIn } from '../../../../support/builders.ts';
import { fakeDeadLetters } from '../../../../support/fake-dead-letters.ts';
import { fakeKinesis, sdkError } from '../../../../support/fake-kinesis.ts';
import { fails, never } from '../../../../support/stream-answers.ts';

describe('a batch', () => {
  it('does not wait for the look without aggregation', async () => {
    const setup = aKinesisSink({ port: fakeKinesis().port, describeStream: () => never });
    const startMs = setup.clock.nowMs();
    expect(kinds(await setup.write(records(2)))).toEqual(['written', 'written']);
    expect(setup.clock.nowMs()).toBe(startMs);
    expect(setup.clock.waitingCount()).toBe(0);
  });

  it.each(['key', 'bucket'] as const)(
    'waits for it with aggregation: %s, for three looks of three seconds at most, and then goes without',
    async (aggregation) => {
      const kinesis = fakeKinesis();
      const setup = aKinesisSink({ port: kinesis.port, aggregation, describeStream: () => never });
      const startMs = setup.clock.nowMs();
      expect(new Set(kinds(await setup.write(ofOneKey(3))))).toEqual(new Set(['written']));
      expect(setup.clock.nowMs() - startMs).toBe(11_000);
      expect(kinesis.stored).toHaveLength(1);
      await setup.write(ofOneKey(3));
      expect(setup.clock.nowMs() - startMs).toBe(11_000);
    },
  );

  it('does not aggregate before it knows, though the look has no credentials at first', async () => {
    const kinesis = fakeKinesis();
    let count = 0;
    const setup = aKinesisSink({
      port: kinesis.port,
      aggregation: 'key',
      describeStream: () => {
        count += 1;
        if (count < 5) return Promise.reject(new CredentialsError('STS refused AssumeRole'));
        return Promise.resolve({ ...aStream, distribution: 'AUTO' });
      },
    });
    const outcomes = await setup.write(ofOneKey(1), deadlineIn(setup.clock.nowMs(), 16_000));
    expect(outcomes).toMatchObject([
      { failure: { code: 'credentials_unavailable', detail: 'STS refused AssumeRole', retryable: true } },
    ]);
    const later = await setup.write(ofOneKey(1), deadlineIn(setup.clock.nowMs(), 16_000));
    expect(later).toMatchObject([{ failure: { code: 'misconfigured' } }]);
    expect(kinesis.requests).toEqual([]);
  });

  it('that waited for it says nothing of the wait in the end', async () => {
    let count = 0;
    const setup = aKinesisSink({
      port: { putRecords: fakeKinesis(() => ({ kind: 'deaf' })).port.putRecords },
      aggregation: 'key',
      requestsInFlightMax: 1,
      describeStream: () => {
        count += 1;
        return count === 1 ? Promise.reject(sdkError('InternalFailure', 500)) : Promise.resolve(aStream);
      },
    });
    const outcomes = await setup.write(records(501), deadlineIn(setup.clock.nowMs(), 8_000));
    expect(outcomes[0]).toMatchObject({ kind: 'failed', failure: { code: 'target_unreachable' } });
    expect(outcomes[500]).toMatchObject({ kind: 'skipped', blockedBy: 'deadline' });
  });

  it.each(['off', 'key', 'bucket'] as const)(
    'is written all the same where the stream must not be described (aggregation: %s)',
    async (aggregation) => {
      const setup = aKinesisSink({
        port: fakeKinesis().port,
        aggregation,
        describeStream: fails(sdkError('AccessDeniedException', 400)),
      });
      expect(new Set(kinds(await setup.write(ofOneKey(3))))).toEqual(new Set(['written']));
      expect(setup.telemetry.lines.map(({ message }) => message)).toEqual(['stream_not_described']);
    },
  );

  it('is written to a stream that distributes automatically, without aggregation', async () => {
    const describeStream = () => Promise.resolve({ ...aStream, distribution: 'AUTO' });
    const setup = aKinesisSink({ port: fakeKinesis().port, describeStream });
    expect(kinds(await setup.write(records(1)))).toEqual(['written']);
  });
});

describe('aggregates for a stream that distributes automatically', () => {
  /** It does for so many looks. */
  function anAutomaticStream(lookCount: number, aggregation: 'key' | 'bucket' = 'key') {
    const kinesis = fakeKinesis();
    const lookedAtMs: number[] = [];
    const { queue, deadLetters } = fakeDeadLetters();
    const setup = aKinesisSink({
      port: kinesis.port,
      aggregation,
      deadLetters: queue,
      describeStream: () => {
        lookedAtMs.push(setup.clock.nowMs() - startMs);
        const isAutomatic = lookedAtMs.length <= lookCount;
        return Promise.resolve({ ...aStream, distribution: isAutomatic ? 'AUTO' : 'USER_PARTITION_KEY' });
      },
    });
    const startMs = setup.clock.nowMs();
    return { setup, kinesis, lookedAtMs, deadLetters };
  }

  it.each(['key', 'bucket'] as const)(
    'are not sent: everything is handed back with what to change (%s)',
    async (aggregation) => {
      const { setup, kinesis, lookedAtMs, deadLetters } = anAutomaticStream(Number.POSITIVE_INFINITY, aggregation);
      const outcomes = await setup.write(ofOneKey(2), deadlineIn(setup.clock.nowMs(), 33_000));
      expect(outcomes).toMatchObject([
        { kind: 'failed', failure: { code: 'misconfigured', retryable: true, mayBeWritten: false } },
        { kind: 'skipped' },
      ]);
      expect(JSON.stringify(outcomes)).toContain('set aggregation: off');
      expect(kinesis.requests).toEqual([]);
      expect(deadLetters).toEqual([]);
      expect(lookedAtMs).toEqual([0, 5_000, 10_000, 15_000, 20_000, 25_000]);
    },
  );

  it('are sent as soon as it does so no more', async () => {
    const { setup, kinesis, lookedAtMs } = anAutomaticStream(2);
    expect(kinds(await setup.write(ofOneKey(2)))).toEqual(['written', 'written']);
    expect(lookedAtMs).toEqual([0, 5_000, 10_000]);
    expect(kinesis.stored).toHaveLength(1);
    await setup.write(ofOneKey(2));
    expect(lookedAtMs).toHaveLength(3);
  });

  it('are looked at again with the next batch, however often that failed meanwhile', async () => {
    let count = 0;
    const setup = aKinesisSink({
      port: fakeKinesis().port,
      aggregation: 'key',
      describeStream: () => {
        count += 1;
        if (count > 8) return Promise.resolve(aStream);
        return count === 1
          ? Promise.resolve({ ...aStream, distribution: 'AUTO' })
          : Promise.reject(sdkError('AccessDeniedException', 400));
      },
    });
    const first = await setup.write(ofOneKey(1), deadlineIn(setup.clock.nowMs(), 33_000));
    expect(kinds(first)).toEqual(['failed']);
    expect(kinds(await setup.write(ofOneKey(1)))).toEqual(['written']);
  });

  it('do not blame the stream for what was not sent for another reason later', async () => {
    const { setup, lookedAtMs } = anAutomaticStream(1);
    const outcomes = await setup.write(ofOneKey(1), deadlineIn(setup.clock.nowMs(), 9_000));
    expect(lookedAtMs).toEqual([0]);
    expect(outcomes).toMatchObject([{ failure: { code: 'misconfigured' } }]);
    const later = anAutomaticStream(1);
    const stuck = aKinesisSink({
      port: { putRecords: () => new Promise(() => undefined) },
      aggregation: 'key',
      requestsInFlightMax: 1,
      describeStream: () =>
        Promise.resolve({ ...aStream, distribution: later.lookedAtMs.push(0) === 1 ? 'AUTO' : 'USER_PARTITION_KEY' }),
    });
    const [, second] = await stuck.write(
      [...ofOneKey(1), ...records(700).slice(1)],
      deadlineIn(stuck.clock.nowMs(), 15_000),
    );
    expect(JSON.stringify(second)).not.toContain('misconfigured');
  });
});
