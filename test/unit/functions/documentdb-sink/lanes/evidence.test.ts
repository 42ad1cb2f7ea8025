import { describe, expect, it } from 'vitest';
import { Evidence } from '../../../../../functions/documentdb-sink/lanes/evidence.ts';
import { NEIGHBOUR_MS } from '../../../../../functions/documentdb-sink/limits.ts';

const TARGET = 'shop.orders';
const SINCE_MS = 50_000;
const doubt = {
  code: 9,
  sinceMs: SINCE_MS,
  previousMs: SINCE_MS,
  lastMs: SINCE_MS,
  refusals: 5,
  entryCount: 1,
  others: [],
};

describe('a collection', () => {
  it('has taken nothing at first', () => {
    expect(new Evidence().hasTakenSince(TARGET, 0)).toBe(false);
  });

  it.each(['noteTaken', 'noteProbe'] as const)('has taken something since then, or not (%s)', (note) => {
    const evidence = new Evidence();
    evidence[note](TARGET, 100);
    expect([100, 101].map((ms) => evidence.hasTakenSince(TARGET, ms))).toEqual([true, false]);
    expect(evidence.hasTakenSince('shop.others', 100)).toBe(false);
  });

  it('has taken something since then if the later of write and probe was taken', () => {
    const evidence = new Evidence();
    evidence.noteTaken(TARGET, 100);
    evidence.noteProbe(TARGET, 300);
    expect([300, 301].map((ms) => evidence.hasTakenSince(TARGET, ms))).toEqual([true, false]);
    evidence.noteTaken(TARGET, 400);
    expect(evidence.hasTakenSince(TARGET, 400)).toBe(true);
  });
});

describe('blame', () => {
  it('needs no other write where a probe is enough', () => {
    expect(new Evidence().blames(TARGET, doubt, 'probe')).toBe(true);
  });

  it('needs another write shortly before the doubt, or later, where a probe is not enough', () => {
    const blamesAfter = (takenAtMs: number, target = TARGET) => {
      const evidence = new Evidence();
      evidence.noteTaken(target, takenAtMs);
      return evidence.blames(TARGET, doubt, 'write');
    };
    expect(blamesAfter(SINCE_MS - NEIGHBOUR_MS)).toBe(true);
    expect(blamesAfter(SINCE_MS - NEIGHBOUR_MS - 1)).toBe(false);
    expect(blamesAfter(SINCE_MS + 1)).toBe(true);
    expect(blamesAfter(SINCE_MS, 'shop.others')).toBe(false);
    expect(new Evidence().blames(TARGET, doubt, 'write')).toBe(false);
  });

  it('is impossible with a code that passed before, in that collection', () => {
    const evidence = new Evidence();
    evidence.notePassed(TARGET, { ...doubt, code: 8 });
    evidence.notePassed(TARGET, doubt);
    expect(evidence.blames(TARGET, doubt, 'probe')).toBe(false);
    expect(evidence.blames(TARGET, { ...doubt, code: 8 }, 'probe')).toBe(false);
    expect(evidence.blames(TARGET, { ...doubt, code: 10 }, 'probe')).toBe(true);
    expect(evidence.blames('shop.others', doubt, 'probe')).toBe(true);
  });
});
