import { describe, expect, it } from 'vitest';
import { aKinesisSink, kinds, ofOneKey, records } from '../../../support/a-kinesis-sink.ts';
import { deadlineIn } from '../../../support/builders.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import { answer, fakeKinesis, sdkError } from '../../../support/fake-kinesis.ts';

describe('the deadline', () => {
  it('hands everything back when the target stays away, and not before sendUntilMs is near', async () => {
    const kinesis = fakeKinesis(() => ({ kind: 'reset' }));
    const setup = aKinesisSink({ port: kinesis.port, random: () => 0.999 });
    const startMs = setup.clock.nowMs();
    const outcomes = await setup.write(ofOneKey(2));
    expect(kinds(outcomes)).toEqual(['failed', 'skipped']);
    expect(outcomes[1]).toMatchObject({ blockedBy: { offset: 0 } });
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
    const letters = fakeDeadLetters();
    const kinesis = fakeKinesis(() => ({ kind: 'access-denied' }));
    const setup = aKinesisSink({
      deadLetters: letters.queue,
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
    expect(letters.letters).toEqual([]);
  });

  it('stops the search for a bad record, too', async () => {
    const sentAtMs: number[] = [];
    const setup = aKinesisSink({
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

  it('goes on at full speed once access is given', async () => {
    const kinesis = fakeKinesis((_entries, call) => (call === 1 ? { kind: 'access-denied' } : answer));
    const setup = aKinesisSink({ port: kinesis.port });
    const startMs = setup.clock.nowMs();
    const outcomes = await setup.write(records(400));
    expect(new Set(kinds(outcomes))).toEqual(new Set(['written']));
    expect(setup.clock.nowMs() - startMs).toBe(5_000);
  });
});
