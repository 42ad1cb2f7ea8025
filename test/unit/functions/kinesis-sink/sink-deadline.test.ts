import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../../functions/kinesis-sink/plan/entry.ts';
import type { EntryReply } from '../../../../functions/kinesis-sink/target/classify.ts';
import { aKinesisSink, kinds, ofOneKey, records } from '../../../support/a-kinesis-sink.ts';
import { aRecord, deadlineIn } from '../../../support/builders.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import { answer, fakeKinesis, sdkError } from '../../../support/fake-kinesis.ts';

describe('the deadline', () => {
  it('hands everything back when the target stays away, and not before sendUntilMs is near', async () => {
    const kinesis = fakeKinesis(() => ({ kind: 'reset' }));
    const setup = aKinesisSink({ port: kinesis.port, random: () => 0.999 });
    const startMs = setup.clock.nowMs();
    const outcomes = await setup.write(ofOneKey(3));
    expect(kinds(outcomes)).toEqual(['failed', 'skipped', 'skipped']);
    expect(outcomes.slice(1)).toMatchObject([{ blockedBy: { offset: 0 } }, { blockedBy: { offset: 0 } }]);
    expect(setup.clock.nowMs() - startMs).toBeGreaterThan(55_000 - 5_000);
  });

  it('sends nothing new after sendUntilMs', async () => {
    const sentAtMs: number[] = [];
    const setup = aKinesisSink({
      port: {
        putRecords: () => {
          sentAtMs.push(setup.clock.nowMs());
          return Promise.reject(new Error('reset'));
        },
      },
    });
    const deadline = deadlineIn(setup.clock.nowMs(), 30_000);
    await setup.write(records(3), deadline);
    expect(Math.max(...sentAtMs)).toBeLessThan(deadline.sendUntilMs);
    expect(sentAtMs.length).toBeGreaterThan(3);
  });

  it.each([{ kind: 'until-aborted' } as const, { kind: 'deaf' } as const])(
    'answers by answerByMs although a call is open ($kind), and calls its records unsettled',
    async ({ kind }) => {
      const kinesis = fakeKinesis(() => ({ kind }));
      const setup = aKinesisSink({ port: kinesis.port });
      const deadline = deadlineIn(setup.clock.nowMs(), 12_000);
      const outcomes = await setup.write(records(2), deadline);
      expect(kinds(outcomes)).toEqual(['failed', 'failed']);
      expect(setup.clock.nowMs()).toBeLessThanOrEqual(deadline.answerByMs);
    },
  );

  it('sends nothing new when an answer comes after sendUntilMs', async () => {
    const kinesis = fakeKinesis();
    const setup = aKinesisSink({
      port: {
        putRecords: async (entries, signal) => {
          await setup.clock.waitUntil(deadline.sendUntilMs + 1_000, signal);
          return kinesis.port.putRecords(entries, signal);
        },
      },
    });
    const deadline = deadlineIn(setup.clock.nowMs(), 10_000);
    expect(kinds(await setup.write(ofOneKey(2), deadline))).toEqual(['written', 'skipped']);
    expect(kinesis.sizesSent()).toEqual([1]);
  });

  it('does not say of a record that was never sent that it failed as the one before it once did', async () => {
    const kinesis = fakeKinesis((_entries, call) => (call === 1 ? { kind: 'reset' } : answer));
    const setup = aKinesisSink({
      port: {
        putRecords: async (entries, signal) => {
          await setup.clock.waitUntil(setup.clock.nowMs() + 3_000, signal);
          return kinesis.port.putRecords(entries, signal);
        },
      },
    });
    const outcomes = await setup.write(ofOneKey(2), deadlineIn(setup.clock.nowMs(), 10_000));
    expect(outcomes).toMatchObject([{ kind: 'written' }, { kind: 'skipped', blockedBy: 'deadline' }]);
  });

  it('leaves a record unsettled whose answer comes after answerByMs', async () => {
    const late = Promise.withResolvers<readonly EntryReply[]>();
    const setup = aKinesisSink({ port: { putRecords: () => late.promise } });
    const outcomes = await setup.write(records(1), deadlineIn(setup.clock.nowMs(), 8_000));
    late.resolve([{ sequenceNumber: '1', shardId: 's', errorCode: undefined }]);
    await setup.clock.advance(1_000);
    expect(kinds(outcomes)).toEqual(['failed']);
  });

  it('writes no dead letter when the time is up before it begins', async () => {
    const { queue, deadLetters } = fakeDeadLetters();
    const setup = aKinesisSink({ port: fakeKinesis().port, deadLetters: queue, recordBytesMax: 1 });
    const outcomes = await setup.write(records(2), deadlineIn(setup.clock.nowMs(), 5_000));
    expect(deadLetters).toEqual([]);
    expect(kinds(outcomes)).toEqual(['skipped', 'skipped']);
  });

  it('is not waited for once everything is settled, nor while an answer is all there is to wait for', async () => {
    const setup = aKinesisSink({
      port: {
        putRecords: async (entries, signal) => {
          await setup.clock.waitUntil(setup.clock.nowMs() + 700, signal);
          return fakeKinesis().port.putRecords(entries, signal);
        },
      },
    });
    const startMs = setup.clock.nowMs();
    expect(kinds(await setup.write(ofOneKey(2)))).toEqual(['written', 'written']);
    expect(setup.clock.nowMs() - startMs).toBe(1_400);
  });

  it('sends nothing when the time is up before it begins', async () => {
    const kinesis = fakeKinesis();
    const setup = aKinesisSink({ port: kinesis.port });
    const outcomes = await setup.write(records(2), deadlineIn(setup.clock.nowMs(), 1_000));
    expect(kinesis.requests).toEqual([]);
    expect(outcomes).toMatchObject([{ kind: 'skipped' }, { kind: 'skipped', blockedBy: 'deadline' }]);
  });
});

describe('fatal answers', () => {
  it('tries once in five seconds until sendUntilMs, dead-letters nothing', async () => {
    const sentAtMs: number[] = [];
    const deadLetters = fakeDeadLetters();
    const kinesis = fakeKinesis(() => ({ kind: 'access-denied' }));
    const setup = aKinesisSink({
      deadLetters: deadLetters.queue,
      port: {
        putRecords: (entries, signal) => {
          sentAtMs.push(setup.clock.nowMs());
          return kinesis.port.putRecords(entries, signal);
        },
      },
    });
    const outcomes = await setup.write(records(10), deadlineIn(setup.clock.nowMs(), 33_000));
    const pauses = sentAtMs.slice(1).map((atMs, index) => atMs - (sentAtMs[index] ?? 0));
    expect(pauses).toEqual([5_000, 5_000, 5_000, 5_000, 5_000]);
    expect(new Set(kinds(outcomes))).toEqual(new Set(['failed']));
    expect(deadLetters.deadLetters).toEqual([]);
  });

  it('stops the search for a bad record, too', async () => {
    const sentAtMs: number[] = [];
    const setup = aKinesisSink({
      requestsInFlightMax: 1,
      port: {
        putRecords: () => {
          sentAtMs.push(setup.clock.nowMs());
          return Promise.reject(
            sdkError(sentAtMs.length === 1 ? 'InvalidArgumentException' : 'AccessDeniedException', 400),
          );
        },
      },
    });
    const startMs = setup.clock.nowMs();
    await setup.write(records(10), deadlineIn(startMs, 13_000));
    expect(sentAtMs.map((atMs) => atMs - startMs)).toEqual([0, 0, 5_000]);
  });

  it('let one request out at a time, however many were open', async () => {
    let open = 0;
    const openAt: string[] = [];
    const setup = aKinesisSink({
      port: {
        putRecords: async (_entries, signal) => {
          open += 1;
          openAt.push(`${open} open at ${setup.clock.nowMs() - startMs}`);
          await setup.clock.waitUntil(setup.clock.nowMs() + 1_000, signal);
          open -= 1;
          throw sdkError('AccessDeniedException', 400);
        },
      },
    });
    const startMs = setup.clock.nowMs();
    await setup.write(records(2_500), deadlineIn(startMs, 20_000));
    expect(openAt).toEqual([
      '1 open at 0',
      '2 open at 0',
      '3 open at 0',
      '4 open at 0',
      '1 open at 6000',
      '1 open at 12000',
    ]);
  });

  it('hold back no dead letter', async () => {
    const { queue, deadLetters } = fakeDeadLetters();
    const setup = aKinesisSink({
      port: fakeKinesis(() => ({ kind: 'access-denied' })).port,
      deadLetters: queue,
      recordBytesMax: 50,
    });
    const outcomes = await setup.write([aRecord({ offset: 0 }), aRecord({ offset: 1, value: new Uint8Array(60) })]);
    expect(kinds(outcomes)).toEqual(['failed', 'deadLettered']);
    expect(deadLetters).toHaveLength(1);
  });

  it('end with the first request that Kinesis looks into, though it rejects it for a bad record', async () => {
    const isBad = (entry: Entry) => entry.records[0]?.position.offset === 3;
    const kinesis = fakeKinesis((entries, call) => {
      if (call === 1) return { kind: 'access-denied' };
      return entries.some(isBad) ? { kind: 'invalid' } : answer;
    });
    const outcomes = await aKinesisSink({ port: kinesis.port }).write(records(6));
    expect(kinds(outcomes)).toEqual(['written', 'written', 'written', 'deadLettered', 'written', 'written']);
  });

  it('goes on at full speed once access is given', async () => {
    const kinesis = fakeKinesis((_entries, call) => (call <= 4 ? { kind: 'access-denied' } : answer));
    const setup = aKinesisSink({ port: kinesis.port });
    const startMs = setup.clock.nowMs();
    const outcomes = await setup.write(records(2_100));
    expect(new Set(kinds(outcomes))).toEqual(new Set(['written']));
    expect(setup.clock.nowMs() - startMs).toBe(5_000);
    expect(kinesis.overlaps.map(({ length }) => length)).toEqual([1, 2, 3, 4, 1, 1, 2, 3, 4]);
  });
});
