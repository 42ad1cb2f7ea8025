import { describe, expect, it } from 'vitest';
import {
  canBeDeferred,
  foldEndOf,
  foldOf,
  isLaterWriteGone,
} from '../../../../../functions/documentdb-sink/lanes/folding.ts';
import type { Lane } from '../../../../../functions/documentdb-sink/lanes/lane.ts';
import type { WriteResult } from '../../../../../functions/documentdb-sink/lanes/write-result.ts';
import { ignored, poison } from '../../../../../shared/outcome.ts';
import { aLane, aMoment, type Content, nextStep } from '../../../../support/a-lane.ts';
import { insertOf, replaceOf, updateOf } from '../../../../support/write-models.ts';

const put = [replaceOf({ _id: 1 }, { _id: 1 })];
const inc = [updateOf({ _id: 1 }, { $inc: { n: 1 } })];
const insert = [insertOf({ _id: 1 })];
const business = [updateOf({ number: 1 }, { $set: { a: 1 } })];
const NO_END = Number.POSITIVE_INFINITY;
const apply = (lane: Lane, result: WriteResult) => lane.apply({ step: nextStep(lane), result }, aMoment());

describe('the next fold of a lane', () => {
  it('is none if the head is poison, or if nothing is left', () => {
    expect(foldOf(aLane(['poison', put]))).toBeUndefined();
    expect(foldOf(aLane([]))).toBeUndefined();
  });

  it('ends before poison, before what does not fold, and at the end of the wave', () => {
    expect(foldOf(aLane([put, put, 'poison', put]))?.count).toBe(2);
    expect(foldOf(aLane([put, put, inc, put]))?.count).toBe(2);
    expect([0, 1, 2].map((upTo) => foldOf(aLane([put, put, put, put]), upTo)?.count)).toEqual([1, 2, 3]);
  });

  it('is an insert alone, which replaces a tombstone only after it met a document', () => {
    const lane = aLane([insert, put]);
    expect(foldOf(lane)).toMatchObject({ count: 1, write: { kind: 'insert', replacesTombstone: false } });
    apply(lane, { kind: 'conflict', isFound: true });
    expect(foldOf(lane)).toMatchObject({ count: 1, write: { kind: 'insert', replacesTombstone: true } });
  });

  it('is the write as the connector sends it, alone, where the lane has no guard', () => {
    const lane = aLane([business, business]);
    apply(lane, { kind: 'unguarded' });
    expect(foldOf(lane)).toMatchObject({ count: 1, write: { kind: 'plain', model: business[0] } });
  });

  it('is the deferred writes with the next one, which alone counts', () => {
    const lane = aLane([put, put, put]);
    for (const _time of [1, 2]) apply(lane, { kind: 'collision' });
    expect(lane.deferred.map(({ index }) => index)).toEqual([0]);
    expect(foldOf(lane)).toMatchObject({ count: 1, write: { kind: 'replace', sourceVersion: { offset: 1n } } });
  });
});

describe('a fold with deferred writes', () => {
  it('does what all of them do', () => {
    const setting = (...names: readonly string[]) =>
      updateOf({ _id: 1 }, { $set: Object.fromEntries(names.map((name) => [name, 1])) });
    const lane = aLane(['a', 'b', 'c'].map((name) => [setting(name)]));
    for (const _time of [1, 2]) apply(lane, { kind: 'collision' });
    expect(lane.deferred).toHaveLength(1);
    const write = foldOf(lane)?.write;
    const fields = write?.kind === 'update' ? (write.update.get('$set') as ReadonlyMap<string, unknown>) : undefined;
    expect([...(fields?.keys() ?? [])].filter((name) => !name.startsWith('_k'))).toEqual(['a', 'b']);
  });
});

describe('deferred writes whose later write is poison', () => {
  const setting = (name: string) => [updateOf({ _id: 1 }, { $set: { [name]: 1 } })];

  /** The first write is deferred, and the second one is poison. */
  function refusedLater(...behind: readonly Content[]): Lane {
    const lane = aLane([setting('a'), setting('b'), ...behind]);
    for (const _time of [1, 2]) apply(lane, { kind: 'collision' });
    if (lane.head !== undefined) lane.settleRecord(lane.head, ({ position }) => ignored(position, 'poison'));
    return lane;
  }

  it.each([
    { name: 'an insert', behind: [insert], isGone: true },
    { name: 'an increment', behind: [inc], isGone: true },
    { name: 'nothing', behind: [], isGone: true },
    { name: 'an update that folds with them', behind: [setting('c')], isGone: false },
    { name: 'poison, which goes first', behind: ['poison', inc], isGone: false },
  ] as const)('are sent with nothing else where $name is next: $isGone', ({ behind, isGone }) => {
    const lane = refusedLater(...behind);
    expect([lane.deferred.length, isLaterWriteGone(lane)]).toEqual([1, isGone]);
    if (isGone) expect(foldOf(lane)).toBeUndefined();
  });

  it('let no wave go beyond the next write while their dead letter is written', () => {
    const lane = refusedLater(inc, put, put);
    lane.lock(poison('duplicate_key', 'taken'));
    expect(foldEndOf(lane)).toBe(3);
  });

  it('are none while none is deferred', () => {
    expect([isLaterWriteGone(aLane([inc])), isLaterWriteGone(aLane([]))]).toEqual([false, false]);
  });
});

describe('where a lane lets no wave go on', () => {
  it.each([
    { name: 'nowhere, if all folds', contents: [put, put], end: NO_END },
    { name: 'before the first write that does not fold', contents: [put, put, inc], end: 2 },
    { name: 'behind an insert', contents: [insert, put], end: 1 },
    { name: 'behind poison and the writes after it', contents: ['poison', 'poison', put, inc], end: 3 },
    { name: 'nowhere, if there is poison alone', contents: ['poison', 'poison'], end: NO_END },
    { name: 'nowhere, if there is nothing', contents: [], end: NO_END },
  ] as const)('is $name', ({ contents, end }) => {
    expect(foldEndOf(aLane(contents))).toBe(end);
  });

  it('is behind the writes after one whose dead letter is being written', () => {
    const lane = aLane([inc, put, put, inc]);
    expect(foldEndOf(lane)).toBe(1);
    lane.lock(poison('rejected_by_target', 'bad'));
    expect(foldEndOf(lane)).toBe(3);
  });

  it('is behind its head, if it sends singly', () => {
    const lane = aLane([put, put]);
    apply(lane, { kind: 'collision' });
    expect(foldEndOf(lane)).toBe(1);
  });
});

describe('a record can be deferred', () => {
  it.each([
    { name: 'to the next write of its document', contents: [put, put], can: true },
    { name: 'to the next write, though poison is in between', contents: [put, 'poison', put], can: true },
    { name: 'to no write that does not fold with it', contents: [put, inc, put], can: false },
    { name: 'to none, if there is none', contents: [put], can: false },
    { name: 'to none, if there is poison alone', contents: [put, 'poison'], can: false },
    { name: 'not, if there is none', contents: [], can: false },
  ] as const)('$name: $can', ({ contents, can }) => {
    expect(canBeDeferred(aLane(contents))).toBe(can);
  });

  it('only with those that were deferred before', () => {
    const lane = aLane([put, put, put, inc]);
    for (const _time of [1, 2]) apply(lane, { kind: 'collision' });
    expect([lane.deferred.length, canBeDeferred(lane)]).toEqual([1, true]);
    apply(lane, { kind: 'collision' });
    expect([lane.deferred.length, canBeDeferred(lane)]).toEqual([2, false]);
  });

  it('to no write that folds with it alone, and not with those that were deferred before', () => {
    const setting = (path: string) => [updateOf({ _id: 1 }, { $set: { [path]: 1 } })];
    const contents = [setting('a'), setting('b'), setting('a.b')];
    expect(canBeDeferred(aLane(contents.slice(1)))).toBe(true);
    const lane = aLane(contents);
    for (const _time of [1, 2]) apply(lane, { kind: 'collision' });
    expect([lane.deferred.length, canBeDeferred(lane)]).toEqual([1, false]);
  });

  it('never without a guard', () => {
    const lane = aLane([business, business]);
    expect(canBeDeferred(lane)).toBe(true);
    apply(lane, { kind: 'unguarded' });
    expect(canBeDeferred(lane)).toBe(false);
  });
});
