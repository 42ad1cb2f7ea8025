import { describe, expect, it } from 'vitest';
import { DocumentsOut, WaveEnds } from '../../../../../functions/documentdb-sink/lanes/wave-bounds.ts';
import { PARTITION_WAIT_MS } from '../../../../../functions/documentdb-sink/limits.ts';
import { poison } from '../../../../../shared/outcome.ts';
import { aLane, aMoment, nextStep } from '../../../../support/a-lane.ts';
import { replaceOf, updateOf } from '../../../../support/write-models.ts';

const replace = [replaceOf({ _id: 1 }, { _id: 1 })];
type Named = Parameters<DocumentsOut['release']>[0];

const increment = [updateOf({ _id: 1 }, { $inc: { n: 1 } })];

describe('a document that a write under way may change', () => {
  it('is free when the write ends, or after a second', () => {
    const documents = new DocumentsOut();
    const [a, b, elsewhere] = ['shop.a', 'shop.b', 'other.a'].map((name) => {
      const [target = '', identity = ''] = name.split('.');
      return { target, identity };
    }) as [Named, Named, Named];
    expect(documents.freeAtMs(a)).toBe(0);
    documents.reserve(a, 1_000);
    expect([a, b, elsewhere].map((each) => documents.freeAtMs(each))).toEqual([1_000 + PARTITION_WAIT_MS, 0, 0]);
    documents.release(b);
    documents.release(elsewhere);
    expect(documents.freeAtMs(a)).toBe(1_000 + PARTITION_WAIT_MS);
    documents.release(a);
    expect(documents.freeAtMs(a)).toBe(0);
  });

  it('is free a second after the last write of it began', () => {
    const documents = new DocumentsOut();
    const document = { target: 'shop.orders', identity: 'a' };
    documents.reserve(document, 1_000);
    documents.reserve(document, 2_500);
    expect(documents.freeAtMs(document)).toBe(2_500 + PARTITION_WAIT_MS);
  });
});

describe('the end of a wave', () => {
  it('is never reached while everything folds', () => {
    expect(new WaveEnds([aLane([replace, replace]), aLane([increment])]).least).toBe(Number.POSITIVE_INFINITY);
    expect(new WaveEnds([]).least).toBe(Number.POSITIVE_INFINITY);
  });

  it('is before the first write that does not fold with those before it', () => {
    const [early, late] = [aLane([replace, increment, replace]), aLane([replace, replace, increment, increment])];
    const ends = new WaveEnds([late, early]);
    expect(ends.least).toBe(1);
    early.apply({ step: nextStep(early), result: { kind: 'written' } }, aMoment());
    ends.note(early);
    expect(ends.least).toBe(2);
  });

  it('is not set by lanes that are done, nor by those that are stopped', () => {
    const [done, stopped] = [aLane([increment, increment]), aLane([increment, increment])];
    const ends = new WaveEnds([done, stopped]);
    expect(ends.least).toBe(1);
    for (const _write of [1, 2]) done.apply({ step: nextStep(done), result: { kind: 'written' } }, aMoment());
    ends.note(done);
    const [head] = stopped.items;
    if (head !== undefined) stopped.stop(head, poison('rejected_by_target', 'bad'));
    ends.note(stopped);
    expect(ends.least).toBe(Number.POSITIVE_INFINITY);
  });

  it('may come back where it was', () => {
    const lane = aLane([increment, increment]);
    const ends = new WaveEnds([lane]);
    for (const _time of [1, 2]) ends.note(lane);
    expect([ends.least, ends.least]).toEqual([1, 1]);
  });
});
