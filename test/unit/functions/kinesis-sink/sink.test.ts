import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../../functions/kinesis-sink/entry.ts';
import type { RecordOutcome } from '../../../../shared/outcome.ts';
import { aKinesisSink } from '../../../support/a-kinesis-sink.ts';
import { aRecord, deadlineIn } from '../../../support/builders.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import { answer, fakeKinesis, sdkError } from '../../../support/fake-kinesis.ts';

const kinds = (outcomes: readonly RecordOutcome[]) => outcomes.map(({ kind }) => kind);
const offsets = (entries: readonly Entry[]) => entries.map(({ record }) => record.position.offset);
/** Different keys, so each in a lane of its own. */
const records = (count: number) => Array.from({ length: count }, (_, offset) => aRecord({ offset }));
const ofOneKey = (count: number) => Array.from({ length: count }, (_, offset) => aRecord({ offset, key: 'one' }));

describe('sending', () => {
  it('writes records of different keys in one request', async () => {
    const kinesis = fakeKinesis();
    const outcomes = await aKinesisSink({ port: kinesis.port }).write(records(3));
    expect(kinesis.sizesSent()).toEqual([3]);
    expect(kinds(outcomes)).toEqual(['written', 'written', 'written']);
  });

  it('fills requests up to 500 entries', async () => {
    const kinesis = fakeKinesis();
    await aKinesisSink({ port: kinesis.port }).write(records(1_201));
    expect(kinesis.sizesSent()).toEqual([500, 500, 201]);
  });

  it('fills requests up to 5 MiB of data and keys', async () => {
    const value = new Uint8Array(1024 * 1024 - 10);
    const kinesis = fakeKinesis();
    await aKinesisSink({ port: kinesis.port }).write(
      Array.from({ length: 6 }, (_, offset) => aRecord({ offset, key: `key-${offset}`, value })),
    );
    expect(kinesis.sizesSent()).toEqual([5, 1]);
  });

  it('has no more requests open than requestsInFlightMax', async () => {
    const kinesis = fakeKinesis();
    await aKinesisSink({ port: kinesis.port, requestsInFlightMax: 2 }).write(records(2_500));
    expect(Math.max(...kinesis.overlaps.map(({ length }) => length))).toBe(2);
  });

  it('sends the next record of a key only when the one before is acknowledged', async () => {
    const kinesis = fakeKinesis();
    await aKinesisSink({ port: kinesis.port }).write(ofOneKey(3));
    expect(kinesis.requests.map(offsets)).toEqual([[0], [1], [2]]);
    expect(kinesis.overlaps.every(({ length }) => length === 1)).toBe(true);
  });

  it('does not order the same key across partitions', async () => {
    const kinesis = fakeKinesis();
    await aKinesisSink({ port: kinesis.port }).write([
      aRecord({ partition: 0, key: 'same' }),
      aRecord({ partition: 1, key: 'same' }),
    ]);
    expect(kinesis.sizesSent()).toEqual([2]);
  });

  it('gives each record without a key a partition key and a lane of its own', async () => {
    const kinesis = fakeKinesis();
    await aKinesisSink({ port: kinesis.port }).write([
      aRecord({ offset: 0, key: null }),
      aRecord({ offset: 1, key: null }),
    ]);
    expect(kinesis.sizesSent()).toEqual([2]);
    expect(new Set(kinesis.stored.map(({ partitionKey }) => partitionKey)).size).toBe(2);
  });

  it('returns outcomes in the order of the records, whatever the order of the answers', async () => {
    const kinesis = fakeKinesis((_entries, call) => (call === 1 ? { kind: 'reset' } : answer));
    const input = records(700);
    const outcomes = await aKinesisSink({ port: kinesis.port }).write(input);
    expect(outcomes.map(({ position }) => position)).toEqual(input.map(({ position }) => position));
  });
});

describe('partial failures', () => {
  it('sends only the throttled entries again, and keeps the order of their keys', async () => {
    const kinesis = fakeKinesis((_entries, call) =>
      call === 1 ? { kind: 'answer', entry: (entry) => (entry.partitionKey === 'key-1' ? 'throttled' : 'ok') } : answer,
    );
    const outcomes = await aKinesisSink({ port: kinesis.port }).write(records(3));
    expect(kinesis.requests.map(offsets)).toEqual([[0, 1, 2], [1]]);
    expect(kinds(outcomes)).toEqual(['written', 'written', 'written']);
  });

  it('holds back what follows a refused entry of the same key', async () => {
    const kinesis = fakeKinesis((_entries, call) =>
      call === 1 ? { kind: 'answer', entry: (entry) => (entry.partitionKey === 'a' ? 'internal' : 'ok') } : answer,
    );
    await aKinesisSink({ port: kinesis.port }).write([
      aRecord({ offset: 0, key: 'a' }),
      aRecord({ offset: 1, key: 'b' }),
      aRecord({ offset: 2, key: 'a' }),
      aRecord({ offset: 3, key: 'b' }),
    ]);
    const firstCopiesOfA = offsets(kinesis.stored.filter(({ partitionKey }) => partitionKey === 'a'));
    expect(firstCopiesOfA).toEqual([0, 2]);
  });

  it('takes a short answer for no answer', async () => {
    const kinesis = fakeKinesis((_entries, call) => (call === 1 ? { kind: 'short-answer' } : answer));
    const outcomes = await aKinesisSink({ port: kinesis.port }).write(records(3));
    expect(kinesis.sizesSent()).toEqual([3, 3]);
    expect(kinds(outcomes)).toEqual(['written', 'written', 'written']);
  });

  it('takes a reply without a sequence number for a failure', async () => {
    const outcomes = await aKinesisSink({
      port: {
        putRecords: (entries) =>
          Promise.resolve(entries.map(() => ({ sequenceNumber: undefined, shardId: undefined, errorCode: undefined }))),
      },
    }).write(records(1));
    expect(kinds(outcomes)).toEqual(['failed']);
  });

  it('takes a reply with a sequence number and an error code for a failure', async () => {
    const outcomes = await aKinesisSink({
      port: {
        putRecords: (entries) =>
          Promise.resolve(entries.map(() => ({ sequenceNumber: '1', shardId: 's', errorCode: 'InternalFailure' }))),
      },
    }).write(records(1));
    expect(kinds(outcomes)).toEqual(['failed']);
  });
});

describe('ambiguous calls', () => {
  it.each([
    { fate: { kind: 'reset' } as const, copies: 1 },
    { fate: { kind: 'stored-then-reset' } as const, copies: 2 },
    { fate: { kind: 'server-error' } as const, copies: 1 },
  ])('sends everything again after $fate.kind', async ({ fate, copies }) => {
    const kinesis = fakeKinesis((_entries, call) => (call === 1 ? fate : answer));
    const outcomes = await aKinesisSink({ port: kinesis.port }).write(records(2));
    expect(kinds(outcomes)).toEqual(['written', 'written']);
    expect(kinesis.stored).toHaveLength(2 * copies);
  });

  it('gives a request up after requestTimeoutMs and sends it again', async () => {
    const kinesis = fakeKinesis((_entries, call) => (call === 1 ? { kind: 'until-aborted' } : answer));
    const setup = aKinesisSink({ port: kinesis.port });
    const startMs = setup.clock.nowMs();
    expect(kinds(await setup.write(records(1)))).toEqual(['written']);
    expect(setup.clock.nowMs() - startMs).toBeGreaterThanOrEqual(10_000);
  });

  it('waits longer from failure to failure, up to five seconds', async () => {
    const sentAtMs: number[] = [];
    const setup = aKinesisSink({
      random: () => 0.999_999,
      port: {
        putRecords: () => {
          sentAtMs.push(setup.clock.nowMs());
          return Promise.reject(new Error('reset'));
        },
      },
    });
    await setup.write(records(3), deadlineIn(setup.clock.nowMs(), 30_000));
    const pauses = sentAtMs.slice(1).map((atMs, index) => atMs - (sentAtMs[index] ?? 0));
    expect(pauses).toEqual([99, 199, 399, 799, 1_599, 3_199, 4_999, 4_999, 4_999]);
  });

  it('does not let the next record of a key overtake one whose answer was lost', async () => {
    const kinesis = fakeKinesis((_entries, call) => (call === 1 ? { kind: 'reset' } : answer));
    await aKinesisSink({ port: kinesis.port }).write(ofOneKey(2));
    expect(offsets(kinesis.stored)).toEqual([0, 1]);
  });
});

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

describe('poison', () => {
  const tooLarge = aRecord({ offset: 1, key: 'a', value: new Uint8Array(200) });
  const input = [
    aRecord({ offset: 0, key: 'a' }),
    tooLarge,
    aRecord({ offset: 2, key: 'a' }),
    aRecord({ offset: 3, key: 'b' }),
  ];

  it('becomes one dead letter; its neighbours are delivered', async () => {
    const kinesis = fakeKinesis();
    const { queue, letters } = fakeDeadLetters();
    const outcomes = await aKinesisSink({ port: kinesis.port, deadLetters: queue, recordBytesMax: 100 }).write(input);
    expect(kinds(outcomes)).toEqual(['written', 'deadLettered', 'written', 'written']);
    expect(letters).toMatchObject([{ offset: 1, code: 'payload_too_large', stage: 'converting', attempts: 0 }]);
  });

  it('stays unsettled, and holds its lane, when its letter cannot be written', async () => {
    const kinesis = fakeKinesis();
    const { queue } = fakeDeadLetters(() => false);
    const outcomes = await aKinesisSink({ port: kinesis.port, deadLetters: queue, recordBytesMax: 100 }).write(input);
    expect(kinds(outcomes)).toEqual(['written', 'failed', 'skipped', 'written']);
  });

  it('holds its lane until its letter is durable', async () => {
    const letter = Promise.withResolvers<boolean>();
    const kinesis = fakeKinesis();
    const setup = aKinesisSink({
      port: kinesis.port,
      deadLetters: { put: () => letter.promise },
      recordBytesMax: 100,
    });
    const work = setup.write(input, deadlineIn(setup.clock.nowMs(), 60_000));
    await expect.poll(() => kinesis.stored.length).toBe(2);
    expect(offsets(kinesis.stored)).toEqual([0, 3]);
    letter.resolve(true);
    expect(kinds(await work)).toEqual(['written', 'deadLettered', 'written', 'written']);
    expect(offsets(kinesis.stored)).toEqual([0, 3, 2]);
  });

  it('holds its lane for good with onPoison: block', async () => {
    const outcomes = await aKinesisSink({ port: fakeKinesis().port, onPoison: 'block', recordBytesMax: 100 }).write(
      input,
    );
    expect(kinds(outcomes)).toEqual(['written', 'failed', 'skipped', 'written']);
    expect(outcomes[1]).toMatchObject({ failure: { retryable: false } });
  });

  it('is counted and passed over with onPoison: skip', async () => {
    const outcomes = await aKinesisSink({ port: fakeKinesis().port, onPoison: 'skip', recordBytesMax: 100 }).write(
      input,
    );
    expect(outcomes).toMatchObject([{}, { kind: 'ignored', reason: 'poison' }, { kind: 'written' }, {}]);
  });

  it('says in its letter how often it was sent', async () => {
    const kinesis = fakeKinesis((_entries, call) => ({ kind: call < 3 ? 'reset' : 'invalid' }));
    const { queue, letters } = fakeDeadLetters();
    await aKinesisSink({ port: kinesis.port, deadLetters: queue }).write(records(1));
    expect(letters).toMatchObject([{ stage: 'writing', attempts: 3 }]);
  });

  it('is looked for no longer than there is time to send', async () => {
    const setup = aKinesisSink({
      port: {
        putRecords: async (_entries, signal) => {
          await setup.clock.waitUntil(setup.clock.nowMs() + 1_000, signal);
          throw sdkError('InvalidArgumentException', 400);
        },
      },
    });
    const deadline = deadlineIn(setup.clock.nowMs(), 10_000);
    const outcomes = await setup.write(records(400), deadline);
    expect(setup.clock.nowMs()).toBeLessThanOrEqual(deadline.sendUntilMs + 1_000);
    expect(new Set(kinds(outcomes))).toEqual(new Set(['failed']));
  });

  it('is found among the entries of a request that Kinesis rejects as a whole', async () => {
    const isBad = (entry: Entry) => entry.record.position.offset === 7;
    const kinesis = fakeKinesis((entries) => (entries.some(isBad) ? { kind: 'invalid' } : answer));
    const { queue, letters } = fakeDeadLetters();
    const outcomes = await aKinesisSink({ port: kinesis.port, deadLetters: queue }).write(records(20));
    expect(kinds(outcomes).filter((kind) => kind === 'written')).toHaveLength(19);
    expect(letters).toMatchObject([{ offset: 7, code: 'rejected_by_target', stage: 'writing', attempts: 1 }]);
  });
});

describe('tombstones', () => {
  it('become entries without data', async () => {
    const kinesis = fakeKinesis();
    await aKinesisSink({ port: kinesis.port }).write([aRecord({ value: null })]);
    expect(kinesis.stored).toMatchObject([{ dataBase64: '' }]);
  });

  it('are ignored and counted with tombstone: skip', async () => {
    const kinesis = fakeKinesis();
    const outcomes = await aKinesisSink({ port: kinesis.port, tombstone: 'skip' }).write([aRecord({ value: null })]);
    expect(outcomes).toMatchObject([{ kind: 'ignored', reason: 'tombstone' }]);
    expect(kinesis.requests).toEqual([]);
  });
});

it('says of a failure nothing that a foreign message or a payload said', async () => {
  const kinesis = fakeKinesis(() => ({ kind: 'access-denied' }));
  const outcomes = await aKinesisSink({ port: kinesis.port }).write([aRecord({ key: 'SECRET', value: 'SECRET' })]);
  expect(JSON.stringify(outcomes)).not.toContain('SECRET');
  expect(outcomes).toMatchObject([{ failure: { code: 'access_denied' } }]);
});
