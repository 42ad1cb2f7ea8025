import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lane, type SliceResult } from '../../../../../functions/kinesis-sink/lanes/lane.ts';
import { layLanes } from '../../../../../functions/kinesis-sink/lanes/lay-lanes.ts';
import { plan } from '../../../../../functions/kinesis-sink/plan/plan.ts';
import { isSettled, poison } from '../../../../../shared/outcome.ts';
import { planOptions } from '../../../../support/a-kinesis-sink.ts';
import { aRecord } from '../../../../support/builders.ts';
import { randomRuns } from '../../../../support/random-runs.ts';

function aLane(recordCount: number): Lane {
  const records = Array.from({ length: recordCount }, (_, offset) => aRecord({ offset, key: 'same' }));
  const [lane] = layLanes([records.map((record) => plan(record, planOptions))]).lanes;
  return lane ?? new Lane();
}

const WRITTEN: SliceResult = { kind: 'written', shardId: 'shard' };
const failure = { code: 'throttled', retryable: true, mayBeWritten: false, detail: '' } as const;
const suspicion = { afterRequest: 1, isKnownPoison: false, others: undefined };

describe('a lane', () => {
  it('settles the records of an acknowledged entry, and remembers their shard', () => {
    const lane = aLane(3);
    expect(lane.apply(lane.slice(2), WRITTEN).map(({ index }) => index)).toEqual([0, 1]);
    expect([lane.next, lane.shardId, lane.isDone]).toEqual([2, 'shard', false]);
  });

  it('sends the records of a rejected aggregate alone, and no others', () => {
    const lane = aLane(3);
    lane.apply(lane.slice(2), { kind: 'split', failure, readyAtMs: 0 });
    const isAlone = [1, 2, 3].map(() => {
      const { isAlone: is } = lane;
      lane.apply(lane.slice(1), WRITTEN);
      return is;
    });
    expect(isAlone).toEqual([true, true, false]);
  });

  it('sends a suspected record alone, and the rest of a rejected aggregate after it', () => {
    const lane = aLane(3);
    lane.apply(lane.slice(1), { kind: 'suspected', suspicion, failure, readyAtMs: 7 });
    expect([lane.isAlone, lane.trial]).toEqual([true, { attempts: 0, failure, readyAtMs: 7, suspicion }]);
    lane.apply(lane.slice(1), WRITTEN);
    expect(lane.isAlone).toBe(false);
    lane.apply(lane.slice(2), { kind: 'split', failure, readyAtMs: 8 });
    expect([lane.isAlone, lane.trial]).toEqual([true, { attempts: 0, failure, readyAtMs: 8, suspicion: undefined }]);
    lane.apply(lane.slice(1), { kind: 'suspected', suspicion, failure, readyAtMs: 9 });
    lane.apply(lane.slice(1), WRITTEN);
    expect(lane.isAlone).toBe(true);
  });

  it('remembers the shard of a reply that names one', () => {
    const lane = aLane(2);
    const retry = { kind: 'retry', failure, readyAtMs: 5 } as const;
    lane.apply(lane.slice(1), retry);
    expect(lane.shardId).toBeUndefined();
    lane.apply(lane.slice(1), { ...retry, shardId: 'first' });
    lane.apply(lane.slice(1), retry);
    expect([lane.shardId, lane.trial.readyAtMs]).toEqual(['first', 5]);
    lane.apply(lane.slice(1), { ...retry, shardId: 'second' });
    expect(lane.shardId).toBe('second');
  });

  it('says of a record whose request is looked into that the request was rejected', () => {
    const lane = aLane(2);
    expect(lane.apply(lane.slice(1), { kind: 'searched', failure })).toEqual([]);
    expect(lane.unsettled()).toMatchObject([
      { outcome: { kind: 'failed', failure } },
      { outcome: { kind: 'skipped' } },
    ]);
    expect(lane.isAlone).toBe(false);
  });

  it('counts the attempts of its head, and forgets them with the head', () => {
    const lane = aLane(2);
    lane.countFailure();
    lane.countFailure();
    expect(lane.trial.attempts).toBe(2);
    lane.apply(lane.slice(1), WRITTEN);
    expect(lane.trial.attempts).toBe(0);
  });

  it('refuses a result that was meant for another lane, and one that comes a second time', () => {
    const [lane, other] = [aLane(2), aLane(2)];
    const slice = lane.slice(1);
    expect(() => other.apply(slice, WRITTEN)).toThrow('a result belongs to the head of its lane');
    lane.apply(slice, WRITTEN);
    expect(() => lane.apply(slice, WRITTEN)).toThrow('a result belongs to the head of its lane');
  });

  it('takes no result while a dead letter of its head is being written', () => {
    const lane = aLane(1);
    const slice = lane.slice(1);
    lane.lock(poison('rejected_by_target', 'bad'));
    expect(() => lane.apply(slice, WRITTEN)).toThrow('no result to come');
  });

  it('lets nobody else write its state', () => {
    const lane = aLane(1);
    for (const name of ['next', 'state', 'trial', 'items', 'isAlone', 'shardId']) {
      expect(Reflect.set(lane, name, 1), name).toBe(false);
    }
  });

  it('settles every record once and in order, whatever it is told, and names all others at the end', () => {
    const result = fc.constantFrom<SliceResult>(
      WRITTEN,
      WRITTEN,
      { kind: 'retry', failure, readyAtMs: 5 },
      { kind: 'searched', failure },
      { kind: 'suspected', suspicion, failure, readyAtMs: 5 },
      { kind: 'split', failure, readyAtMs: 0 },
    );
    const turns = fc.array(fc.tuple(result, fc.integer({ min: 1, max: 3 })), { maxLength: 20 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), turns, (recordCount, all) => {
        const lane = aLane(recordCount);
        const settled = all.flatMap(([each, count]) =>
          lane.isDone ? [] : lane.apply(lane.slice(Math.min(count, lane.items.length - lane.next)), each),
        );
        const outcomes = [...settled, ...lane.unsettled()];
        expect(settled.every(({ outcome }) => isSettled(outcome))).toBe(true);
        expect(lane.unsettled().some(({ outcome }) => isSettled(outcome))).toBe(false);
        expect(outcomes.map(({ index }) => index)).toEqual(Array.from({ length: recordCount }, (_, index) => index));
      }),
      { numRuns: randomRuns(500) },
    );
  });
});
