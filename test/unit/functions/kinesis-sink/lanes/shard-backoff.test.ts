import { describe, expect, it } from 'vitest';
import { ShardBackoff } from '../../../../../functions/kinesis-sink/lanes/shard-backoff.ts';
import type { Entry } from '../../../../../functions/kinesis-sink/plan/entry.ts';
import { aKinesisSink, kinds, offsets } from '../../../../support/a-kinesis-sink.ts';
import { aRecord, deadlineIn } from '../../../../support/builders.ts';
import { answer, type EntryFate, fakeKinesis } from '../../../../support/fake-kinesis.ts';

describe('the gate of a shard', () => {
  it('is open until it is shut, and again from its time on', () => {
    const backoff = new ShardBackoff();
    expect(backoff.retryAtMs('a')).toBe(0);
    expect(backoff.isAnyBackingOff(0)).toBe(false);
    backoff.backOff('a', 100);
    expect([backoff.retryAtMs('a'), backoff.retryAtMs('b'), backoff.retryAtMs(undefined)]).toEqual([100, 0, 0]);
    expect([backoff.isAnyBackingOff(99), backoff.isAnyBackingOff(100)]).toEqual([true, false]);
  });

  it('never opens earlier than it was said to', () => {
    const backoff = new ShardBackoff();
    backoff.backOff('a', 100);
    backoff.backOff('a', 50);
    expect(backoff.retryAtMs('a')).toBe(100);
    expect(backoff.isAnyBackingOff(99)).toBe(true);
  });
});

describe('an entry for several shards', () => {
  it('waits for the last of those that throttle', () => {
    const backoff = new ShardBackoff();
    backoff.backOff('a', 70);
    backoff.backOff('b', 30);
    expect(backoff.opensAtMs(['c', 'a', 'b', undefined])).toBe(70);
    expect(backoff.opensAtMs(['c', undefined])).toBe(0);
  });
});

/** Keys of one letter are of the shard named so. */
const shardOf = ({ partitionKey }: Entry) => `shardId-${partitionKey[0]}`;

/** Two records each of keys of two shards, of which the first throttles; the clock shows when entries were sent. */
function aHotShard(fateOf: (entry: Entry, call: number) => EntryFate) {
  const sent: string[] = [];
  const kinesis = fakeKinesis((_entries, call) => ({ kind: 'answer', entry: (entry) => fateOf(entry, call) }), shardOf);
  const setup = aKinesisSink({
    random: () => 0.5,
    port: {
      putRecords: (entries, signal) => {
        sent.push(`${setup.clock.nowMs() - startMs}: ${offsets(entries).join(' ')}`);
        return kinesis.port.putRecords(entries, signal);
      },
    },
  });
  const startMs = setup.clock.nowMs();
  return { setup, sent, kinesis };
}

describe('a shard that throttles', () => {
  const keys = ['a1', 'a2', 'b1', 'a1', 'a2', 'b1'];
  const input = keys.map((key, offset) => aRecord({ offset, key }));

  it('is left alone for a while, by lanes whose records were never refused too; other shards go on', async () => {
    // The first of a1 is refused, the first of a2 is stored: so the second of a2 is known to go to the same shard.
    const { setup, sent } = aHotShard(({ records: [record] }, call) =>
      call === 1 && record?.position.offset === 0 ? 'throttled' : 'ok',
    );
    expect(new Set(kinds(await setup.write(input)))).toEqual(new Set(['written']));
    expect(sent).toEqual(['0: 0 1 2', '0: 5', '50: 0 4', '50: 3']);
  });

  it('holds up no lane whose shard is not known yet', async () => {
    const many = Array.from({ length: 501 }, (_, offset) => aRecord({ offset, key: `a${offset}` }));
    const { setup, sent } = aHotShard((_entry, call) => (call === 1 ? 'throttled' : 'ok'));
    await setup.write(many);
    expect(sent[1]).toBe('0: 500');
  });

  it('is gated anew with each refusal, longer and longer, and hands its records back in the end', async () => {
    const { setup, sent } = aHotShard(({ partitionKey }) => (partitionKey.startsWith('a') ? 'throttled' : 'ok'));
    const outcomes = await setup.write(input, deadlineIn(setup.clock.nowMs(), 20_000));
    expect(kinds(outcomes)).toEqual(['failed', 'failed', 'written', 'skipped', 'skipped', 'written']);
    expect(sent.slice(0, 5)).toEqual(['0: 0 1 2', '0: 5', '50: 0 1', '150: 0 1', '350: 0 1']);
  });

  it('delays the entries of another one in the same request by no more than their own refusals', async () => {
    const draws = [0.1, 0.9];
    const sent: number[] = [];
    const kinesis = fakeKinesis(
      (_entries, call) => (call === 1 ? { kind: 'answer', entry: () => 'throttled' } : answer),
      shardOf,
    );
    const setup = aKinesisSink({
      random: () => draws.shift() ?? 0.5,
      port: {
        putRecords: (entries, signal) => {
          sent.push(setup.clock.nowMs() - startMs);
          return kinesis.port.putRecords(entries, signal);
        },
      },
    });
    const startMs = setup.clock.nowMs();
    await setup.write([aRecord({ offset: 0, key: 'a' }), aRecord({ offset: 1, key: 'b' })]);
    expect(sent).toEqual([0, 10, 90]);
  });

  it('that is not named holds up its own lanes alone', async () => {
    const kinesis = fakeKinesis(
      (_entries, call) => ({
        kind: 'answer',
        entry: ({ partitionKey }) => (call === 1 && partitionKey === 'a' ? 'throttled' : 'ok'),
      }),
      () => undefined,
    );
    const setup = aKinesisSink({ port: kinesis.port });
    await setup.write(['a', 'b', 'a', 'b'].map((key, offset) => aRecord({ offset, key })));
    expect(kinesis.requests.map(offsets)).toEqual([[0, 1], [3], [0], [2]]);
  });
});

describe('a search for a bad entry', () => {
  it('sends nothing to a throttled shard before its retry time', async () => {
    // Two records each of a1, a2 (one shard) and b (another); the second of b can never be stored.
    const input = ['a1', 'b', 'a2'].flatMap((key, index) =>
      [0, 1].map((round) => aRecord({ offset: 2 * index + round, key, partition: index })),
    );
    const sent: string[] = [];
    const isBad = ({ records: [record] }: Entry) => record?.position.offset === 3;
    const kinesis = fakeKinesis((entries, call) => {
      const keys = entries.map(({ partitionKey }) => partitionKey).join(' ');
      sent.push(`${setup.clock.nowMs() - startMs}: ${keys}`);
      if (entries.some(isBad)) return { kind: 'invalid' };
      return { kind: 'answer', entry: () => (call === 4 ? 'throttled' : 'ok') };
    }, shardOf);
    const setup = aKinesisSink({ port: kinesis.port, random: () => 0.5, requestsInFlightMax: 1 });
    const startMs = setup.clock.nowMs();
    const outcomes = await setup.write(input);
    expect(kinds(outcomes)).toEqual(['written', 'written', 'written', 'deadLettered', 'written', 'written']);
    expect(sent).toEqual(['0: a1 b a2', '0: a1 b a2', '0: a1 b', '0: a1', '0: b', '200: a1 a2', '1000: b']);
  });
});
