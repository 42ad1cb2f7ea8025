import { describe, expect, it } from 'vitest';
import type { Lane, SliceResult } from '../../../../../functions/kinesis-sink/lanes/lane.ts';
import { Lanes } from '../../../../../functions/kinesis-sink/lanes/lanes.ts';
import { layLanes } from '../../../../../functions/kinesis-sink/lanes/lay-lanes.ts';
import { ShardBackoff } from '../../../../../functions/kinesis-sink/lanes/shard-backoff.ts';
import { plan } from '../../../../../functions/kinesis-sink/plan/plan.ts';
import { planOptions } from '../../../../support/a-kinesis-sink.ts';
import { aRecord } from '../../../../support/builders.ts';

const NOW_MS = 1_000;
const failure = { code: 'throttled', retryable: true, mayBeWritten: false, detail: '' } as const;
const retryAt = (readyAtMs: number): SliceResult => ({ kind: 'retry', failure, readyAtMs });
const suspectedAt = (readyAtMs: number): SliceResult => ({
  kind: 'suspected',
  suspicion: { afterRequest: 1, isKnownPoison: false, others: undefined },
  failure,
  readyAtMs,
});

/** Two records for each key; values of `bad` are too large to be sent. */
function aBatch(...keys: readonly string[]) {
  const records = [...keys, ...keys].map((key, offset) =>
    aRecord({ offset, key, value: new Uint8Array(key === 'bad' ? 100 : 1) }),
  );
  const plans = records.map((record) => plan(record, { ...planOptions, recordBytesMax: 50 }));
  const lanes = new Lanes(layLanes([plans]).lanes);
  const backoff = new ShardBackoff();
  const nameOf = (lane: Lane) => lane.items[0]?.record.key?.text();
  const ready = (nowMs = NOW_MS) => lanes.ready(nowMs, backoff);
  const named = (name: string) => lanes.all.find((lane) => nameOf(lane) === name) as Lane;
  return {
    lanes,
    backoff,
    named,
    names: (nowMs?: number) => ready(nowMs).map(nameOf).join(''),
    claim: (names: string) => lanes.claim(ready().filter((lane) => names.includes(nameOf(lane) ?? ''))),
    /** A result of the claimed lane's head, which releases the lane. */
    hear(name: string, result: SliceResult) {
      const lane = named(name);
      lane.apply(lane.slice(1), result);
      lanes.place(lane);
    },
  };
}

const WRITTEN: SliceResult = { kind: 'written', shardId: 'shard' };

describe('lanes', () => {
  it('are all ready at first, in the order of their first records', () => {
    const { lanes, names } = aBatch('a', 'b', 'c');
    expect([lanes.nextReadyAtMs(NOW_MS), names(), lanes.nextReadyAtMs(NOW_MS)]).toEqual([NOW_MS, 'abc', NOW_MS]);
  });

  it('are never ready if there are none', () => {
    const { lanes, names } = aBatch();
    expect([names(), lanes.nextReadyAtMs(NOW_MS), lanes.claimPoisoned()]).toEqual(['', undefined, []]);
  });

  it.each([
    { claimed: '', left: 'abcd' },
    { claimed: 'ab', left: 'cd' },
    { claimed: 'abcd', left: '' },
    { claimed: 'b', left: 'acd' },
    { claimed: 'ac', left: 'bd' },
    { claimed: 'ad', left: 'bc' },
    { claimed: 'acd', left: 'b' },
  ])('$claimed that are claimed are ready no more, and $left stay', ({ claimed, left }) => {
    const { claim, names } = aBatch('a', 'b', 'c', 'd');
    claim(claimed);
    expect(names()).toBe(left);
  });

  it('that are all claimed wait for replies, not for time', () => {
    const { lanes, claim } = aBatch('a', 'b');
    claim('ab');
    expect(lanes.nextReadyAtMs(NOW_MS)).toBeUndefined();
  });

  it('go behind the others with their next record', () => {
    const { claim, names, hear } = aBatch('a', 'b', 'c');
    claim('a');
    hear('a', WRITTEN);
    expect(names()).toBe('bca');
  });

  it('go ahead of the others with a record that was sent before, once its time has come', () => {
    const { lanes, claim, names, hear } = aBatch('a', 'b', 'c');
    claim('bc');
    hear('c', retryAt(NOW_MS + 9));
    expect([names(NOW_MS + 8), names(NOW_MS + 9)]).toEqual(['a', 'ca']);
    hear('b', retryAt(NOW_MS));
    expect(names(NOW_MS + 9)).toBe('bca');
    expect(lanes.nextReadyAtMs(NOW_MS)).toBe(NOW_MS);
  });

  it('say when the first of them is due', () => {
    const { lanes, claim, hear } = aBatch('a', 'b');
    claim('ab');
    hear('a', retryAt(NOW_MS + 20));
    hear('b', retryAt(NOW_MS + 10));
    expect(lanes.nextReadyAtMs(NOW_MS)).toBe(NOW_MS + 10);
  });

  it('lose none where one is due while another has its next record', () => {
    const { lanes, claim, names, hear } = aBatch('a', 'b');
    claim('ab');
    hear('a', retryAt(NOW_MS));
    hear('b', WRITTEN);
    expect(lanes.nextReadyAtMs(NOW_MS)).toBe(NOW_MS);
    expect(names()).toBe('ab');
  });

  it('are over once all their records are settled', () => {
    const { lanes, claim, names, hear } = aBatch('a');
    for (const _record of [1, 2]) {
      claim('a');
      hear('a', WRITTEN);
    }
    expect([names(), lanes.nextReadyAtMs(NOW_MS)]).toEqual(['', undefined]);
  });

  it('say why nothing is sent, until sending begins', () => {
    const { lanes, named } = aBatch('a');
    const outcome = () => named('a').unsettled()[0]?.outcome;
    lanes.withhold(failure);
    expect(outcome()).toMatchObject({ kind: 'failed', failure });
    lanes.withhold(undefined);
    expect(outcome()).toMatchObject({ kind: 'skipped', blockedBy: 'deadline' });
  });
});

describe('a lane with poison at its head', () => {
  it('is claimed once, and not sent', () => {
    const { lanes, names, named } = aBatch('a', 'bad');
    const lane = named('bad');
    expect(names()).toBe('a');
    expect(lanes.claimPoisoned()).toEqual([lane]);
    expect(lanes.claimPoisoned()).toEqual([]);
  });

  it('waits for nothing', () => {
    const { lanes } = aBatch('bad');
    expect(lanes.nextReadyAtMs(NOW_MS)).toBe(NOW_MS);
    lanes.claimPoisoned();
    expect(lanes.nextReadyAtMs(NOW_MS)).toBeUndefined();
  });

  it.each(['locked', 'stopped'] as const)('is not claimed again while it is %s', (state) => {
    const { lanes, named } = aBatch('bad');
    const lane = named('bad');
    lanes.claimPoisoned();
    if (state === 'locked') lane.lock(failure);
    else if (lane.head !== undefined) lane.stop(lane.head, failure);
    lanes.place(lane);
    expect([lanes.claimPoisoned(), lanes.nextReadyAtMs(NOW_MS)]).toEqual([[], undefined]);
  });
});

describe('suspected lanes', () => {
  it('wait for all others, and then go one by one', () => {
    const { claim, names, hear } = aBatch('a', 'b', 'c');
    claim('ab');
    hear('a', suspectedAt(NOW_MS));
    hear('b', suspectedAt(NOW_MS));
    expect(names()).toBe('c');
    claim('c');
    expect(names()).toBe('a');
    claim('a');
    expect(names()).toBe('b');
  });

  it('go by their attempts, the fewest first', () => {
    const { claim, names, named, hear } = aBatch('a', 'b', 'c');
    claim('abc');
    for (const [name, count] of Object.entries({ a: 3, b: 1, c: 2 })) {
      for (let at = 0; at < count; at += 1) named(name).countFailure();
      hear(name, suspectedAt(NOW_MS));
    }
    const order = [1, 2, 3].map(() => {
      const name = names();
      claim(name);
      return name;
    });
    expect(order).toEqual(['b', 'c', 'a']);
  });

  it('that are cleared go with the others again', () => {
    const { claim, names, hear } = aBatch('a', 'b');
    claim('a');
    hear('a', suspectedAt(NOW_MS));
    claim('b');
    claim('a');
    hear('a', WRITTEN);
    hear('b', WRITTEN);
    expect(names()).toBe('ab');
  });
});

describe('the lanes of a throttled shard', () => {
  it('wait for the retry time of the shard; those of other shards and of unknown ones do not', () => {
    const { lanes, backoff, claim, names, hear } = aBatch('a', 'b', 'c');
    claim('ab');
    hear('a', { kind: 'written', shardId: 'slow' });
    hear('b', { kind: 'written', shardId: 'other' });
    backoff.backOff('slow', NOW_MS + 50);
    expect([names(NOW_MS), names(NOW_MS + 49)]).toEqual(['cb', 'cb']);
    claim('bc');
    expect(lanes.nextReadyAtMs(NOW_MS)).toBe(NOW_MS + 50);
    expect(names(NOW_MS + 50)).toBe('a');
  });
});
