import { describe, expect, it } from 'vitest';
import type { Lane } from '../../../../../functions/documentdb-sink/lanes/lane.ts';
import type { WriteResult } from '../../../../../functions/documentdb-sink/lanes/write-result.ts';
import { poison } from '../../../../../shared/outcome.ts';
import { aLane, aMoment, nextStep, slowDown } from '../../../../support/a-lane.ts';
import { insertOf, replaceOf, updateOf } from '../../../../support/write-models.ts';

const replace = [replaceOf({ _id: 1 }, { _id: 1 })];
const increment = [updateOf({ _id: 1 }, { $inc: { n: 1 } })];
const COLLISION: WriteResult = { kind: 'collision' };
const apply = (lane: Lane, result: WriteResult, moment = aMoment()) =>
  lane.apply({ step: nextStep(lane), result }, moment);
const settledBy = (lane: Lane, result: WriteResult) =>
  apply(lane, result).flatMap((effect) => (effect.kind === 'settle' ? [effect.index] : []));

describe('a lane', () => {
  it('settles a fold as a whole, and what cannot be folded one after another', () => {
    const lane = aLane([replace, replace, increment, increment]);
    expect([1, 2, 3].map(() => settledBy(lane, { kind: 'written' }))).toEqual([[0, 1], [2], [3]]);
    expect(lane.isDone).toBe(true);
  });

  it('settles a record with the last of its writes', () => {
    const lane = aLane([[...increment, updateOf({ _id: 1 }, { $set: { a: 1 } })], replace]);
    expect([settledBy(lane, { kind: 'written' }), settledBy(lane, { kind: 'written' })]).toEqual([[], [0, 1]]);
  });

  it('forgets what it knew of its head when the head is settled', () => {
    const lane = aLane([[insertOf({ _id: 1 })], replace]);
    const untried = lane.trial;
    slowDown(lane, 8);
    apply(lane, { kind: 'conflict', isFound: true });
    expect(lane.trial).toMatchObject({ attempts: 2, conflicts: 1, commandSizeMax: 4, insertReplacesTombstone: true });
    apply(lane, { kind: 'written' });
    expect(lane.trial).toBe(untried);
  });

  it('sends singly from its first conflict with another unique index on', () => {
    const lane = aLane([replace, replace, replace]);
    expect(nextStep(lane).count).toBe(3);
    apply(lane, COLLISION);
    expect(nextStep(lane).count).toBe(1);
    apply(lane, { kind: 'written' });
    expect(nextStep(lane).count).toBe(1);
  });

  it('keeps the boundaries of its folds', () => {
    const lane = aLane([replace, replace, replace]);
    apply(lane, { kind: 'poison', failure: poison('rejected_by_target', 'bad') });
    expect(nextStep(lane).count).toBe(2);
    apply(lane, { kind: 'written' });
    expect(nextStep(lane).count).toBe(1);
  });

  it('refuses a result that was meant for another lane, and one that comes a second time', () => {
    const [lane, other] = [aLane([increment, increment]), aLane([increment])];
    const step = nextStep(lane);
    const result = { kind: 'written' } as const;
    expect(() => other.apply({ step, result }, aMoment())).toThrow('a result belongs to the head of its lane');
    lane.apply({ step, result }, aMoment());
    expect(() => lane.apply({ step, result }, aMoment())).toThrow('a result belongs to the head of its lane');
  });

  it('takes no result while a dead letter of its head is being written', () => {
    const lane = aLane([increment]);
    const step = nextStep(lane);
    lane.lock(poison('rejected_by_target', 'bad'));
    expect(() => lane.apply({ step, result: { kind: 'written' } }, aMoment())).toThrow('no result to come');
  });

  it('says of its records at the end what became of the head', () => {
    const lane = aLane([increment, increment]);
    expect(lane.unsettled()).toMatchObject([
      { index: 0, outcome: { kind: 'skipped', blockedBy: 'deadline' } },
      { index: 1, outcome: { kind: 'skipped', blockedBy: 'deadline' } },
    ]);
    lane.lock(poison('payload_invalid', 'bad'));
    expect(lane.unsettled()).toMatchObject([
      { index: 0, outcome: { kind: 'failed', failure: { code: 'dead_letter_failed' } } },
      { index: 1, outcome: { kind: 'skipped', blockedBy: { offset: 0 } } },
    ]);
  });

  it('lets nobody else write its state', () => {
    const lane = aLane([increment]);
    for (const name of ['next', 'state', 'trial', 'items', 'deferred', 'sendsSingly', 'isUnguarded']) {
      expect(Reflect.set(lane, name, 1), name).toBe(false);
    }
    expect(Object.keys(lane)).toEqual(['topicPartition', 'identity', 'target']);
  });
});
