import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Heap } from '../../../../shared/delivery/heap.ts';
import { randomRuns } from '../../../support/random-runs.ts';

interface Thing {
  readonly key: number;
  readonly name: number;
}

describe('a heap', () => {
  it('gives its items by their keys, and those of one key in the order in which they came', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 })), (keys) => {
        const things = keys.map((key, name): Thing => ({ key, name }));
        const heap = new Heap(({ key }: Thing) => key);
        for (const thing of things) heap.add(thing);
        expect(heap.leastKey).toBe(Math.min(...keys));
        const early = heap.takeUpTo(2);
        const late = Array.from({ length: heap.size }, () => heap.take());
        expect([...early, ...late]).toEqual(things.toSorted((a, b) => a.key - b.key));
        expect(early.every(({ key }) => key <= 2) && late.every((thing) => (thing?.key ?? 0) > 2)).toBe(true);
      }),
      { numRuns: randomRuns(300) },
    );
  });

  it('shows its least item without taking it, and gives all of them up to any key', () => {
    const heap = new Heap((key: number) => key);
    for (const key of [3, 1, 2]) heap.add(key);
    expect([heap.least, heap.leastKey, heap.size]).toEqual([1, 1, 3]);
    expect(heap.takeUpTo(Number.POSITIVE_INFINITY)).toEqual([1, 2, 3]);
    expect(heap.size).toBe(0);
  });

  it('gives all its items at once, and is empty then', () => {
    const heap = new Heap((key: number) => key);
    for (const key of [3, 1, 2]) heap.add(key);
    expect(heap.takeAll().toSorted()).toEqual([1, 2, 3]);
    expect([heap.size, heap.least, heap.leastKey, heap.take()]).toEqual([0, undefined, Infinity, undefined]);
  });
});
