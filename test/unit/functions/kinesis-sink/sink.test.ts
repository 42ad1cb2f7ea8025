import { describe, expect, it } from 'vitest';
import { aKinesisSink, kinds, offsets, ofOneKey, records } from '../../../support/a-kinesis-sink.ts';
import { aRecord, deadlineIn } from '../../../support/builders.ts';
import { answer, fakeKinesis } from '../../../support/fake-kinesis.ts';

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

  it('fills a request to the last of its 5 MiB, and no further', async () => {
    const ofBytes = (offset: number, byteLength: number) =>
      aRecord({ offset, key: `${offset}`, value: new Uint8Array(byteLength - 1) });
    const full = Array.from({ length: 5 }, (_, offset) => ofBytes(offset, 1024 * 1024));
    const kinesis = fakeKinesis();
    const sink = aKinesisSink({ port: kinesis.port });
    await sink.write(full);
    await sink.write([...full.slice(1), ofBytes(5, 1024 * 1024 - 1), ofBytes(6, 2)]);
    expect(kinesis.sizesSent()).toEqual([5, 5, 1]);
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
  it('sends a throttled entry again at its time, though another request is still without an answer', async () => {
    const sentAtMs: number[] = [];
    const kinesis = fakeKinesis((entries, call) => {
      if (call === 2 && entries.length === 1) return { kind: 'until-aborted' };
      if (entries.length === 1) return answer;
      return { kind: 'answer', entry: ({ partitionKey }) => (partitionKey === 'key-0' ? 'throttled' : 'ok') };
    });
    const setup = aKinesisSink({
      port: {
        putRecords: (entries, signal) => {
          sentAtMs.push(setup.clock.nowMs());
          return kinesis.port.putRecords(entries, signal);
        },
      },
    });
    await setup.write(records(501));
    expect(kinesis.requests.slice(1).map(offsets)).toEqual([[500], [0], [500]]);
    expect((sentAtMs[2] ?? 0) - (sentAtMs[0] ?? 0)).toBe(50);
  });

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

  it('sends a refused entry ahead of those that were never sent', async () => {
    const kinesis = fakeKinesis((_entries, call) =>
      call === 1
        ? { kind: 'answer', entry: ({ records: [record] }) => (record?.position.offset === 9 ? 'internal' : 'ok') }
        : answer,
    );
    await aKinesisSink({ port: kinesis.port, requestsInFlightMax: 1, random: () => 0 }).write(records(1_001));
    expect(kinesis.requests.map((entries) => entries[0]?.records[0]?.position.offset)).toEqual([0, 9, 999]);
  });

  it('sends the entries refused in one request again in one request', async () => {
    const draws = [0.1, 0.9, 0.5];
    const kinesis = fakeKinesis((_entries, call) =>
      call === 1 ? { kind: 'answer', entry: () => 'throttled' } : answer,
    );
    await aKinesisSink({ port: kinesis.port, random: () => draws.pop() ?? 0.3 }).write(records(20));
    expect(kinesis.sizesSent()).toEqual([20, 20]);
  });

  it.each(['short-answer', 'long-answer'] as const)('takes a %s for no answer', async (kind) => {
    const kinesis = fakeKinesis((_entries, call) => (call === 1 ? { kind } : answer));
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

  it('counts failures from record to record anew: the trouble of one does not slow the next', async () => {
    const sentAtMs: number[] = [];
    const kinesis = fakeKinesis((_entries, call) => (call === 6 || call === 8 ? answer : { kind: 'reset' }));
    const setup = aKinesisSink({
      random: () => 0.999_999,
      port: {
        putRecords: (entries, signal) => {
          sentAtMs.push(setup.clock.nowMs());
          return kinesis.port.putRecords(entries, signal);
        },
      },
    });
    await setup.write(ofOneKey(2));
    const pauses = sentAtMs.slice(1).map((atMs, index) => atMs - (sentAtMs[index] ?? 0));
    expect(pauses).toEqual([99, 199, 399, 799, 1_599, 0, 99]);
  });

  it('does not let the next record of a key overtake one whose answer was lost', async () => {
    const kinesis = fakeKinesis((_entries, call) => (call === 1 ? { kind: 'reset' } : answer));
    await aKinesisSink({ port: kinesis.port }).write(ofOneKey(2));
    expect(offsets(kinesis.stored)).toEqual([0, 1]);
  });
});

describe('kinesisSink', () => {
  it('leaves no timer behind', async () => {
    const kinesis = fakeKinesis((_entries, call) => (call === 2 ? { kind: 'reset' } : answer));
    const setup = aKinesisSink({ port: kinesis.port });
    await setup.write(ofOneKey(3));
    expect(setup.clock.waitingCount()).toBe(0);
  });

  it('rejects for a bug of its own, so that Lambda repeats the batch', async () => {
    const deadLetters = { put: () => Promise.reject(new TypeError('bug')) };
    const setup = aKinesisSink({ port: fakeKinesis().port, deadLetters: deadLetters, recordBytesMax: 1 });
    await expect(setup.write(records(2))).rejects.toThrow(TypeError);
  });

  it('never quotes a foreign message or a payload in a failure', async () => {
    const kinesis = fakeKinesis(() => ({ kind: 'access-denied' }));
    const outcomes = await aKinesisSink({ port: kinesis.port }).write([aRecord({ key: 'SECRET', value: 'SECRET' })]);
    expect(JSON.stringify(outcomes)).not.toContain('SECRET');
    expect(outcomes).toMatchObject([{ failure: { code: 'access_denied' } }]);
  });
});
