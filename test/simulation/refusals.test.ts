import { describe, expect, it } from 'vitest';
import { Refusals } from './invariants/documents/refusals.ts';
import type { ProducedRecord } from './services/kafka-log.ts';

const HALF_AN_HOUR_MS = 30 * 60_000;

/** Hears that a record is refused so often in an invocation. @returns the messages so far */
function heardIn(refusals: Refusals, invocation: string, count: number, parts: Partial<typeof USUAL> = {}) {
  const { environment, hasLetter, atMs } = { ...USUAL, ...parts };
  for (let time = 0; time < count; time += 1) {
    refusals.refused({ environment, invocation, position: 'orders-0@1', hasLetter }, atMs);
  }
  return refusals.violations.map(({ message }) => message);
}

const USUAL = { environment: 'environment 1', hasLetter: true, atMs: 0 };
const BLAMED = ['invocation 2 proves anew that orders-0@1 is poison'];

describe('an environment that heard five refusals of a record, which then has a dead letter,', () => {
  it('needs no more than one or two when the record comes again', () => {
    const refusals = new Refusals();
    expect(heardIn(refusals, '1', 7)).toEqual([]);
    expect(heardIn(refusals, '2', 2)).toEqual([]);
    expect(heardIn(refusals, '2', 1)).toEqual(BLAMED);
  });

  it.each([
    { name: 'heard of fewer refusals', first: 4, parts: {} },
    { name: 'wrote no letter', first: 5, parts: { hasLetter: false } },
    { name: 'is another one', first: 5, parts: { environment: 'environment 2' } },
    { name: 'heard of them more than half an hour ago', first: 5, parts: { atMs: HALF_AN_HOUR_MS + 1 } },
  ])('is not at fault if it $name', ({ first, parts }) => {
    const refusals = new Refusals();
    heardIn(refusals, '1', first);
    expect(heardIn(refusals, '2', 5, parts)).toEqual([]);
  });

  it('remembers the record for as long as it comes again and again', () => {
    const refusals = new Refusals();
    heardIn(refusals, '0', 5);
    heardIn(refusals, '1', 1, { atMs: HALF_AN_HOUR_MS });
    expect(heardIn(refusals, '2', 3, { atMs: 2 * HALF_AN_HOUR_MS })).toEqual(BLAMED);
  });
});

describe('what an environment may remember', () => {
  const aRecord = (offset: number, refusal?: 'unlisted'): ProducedRecord =>
    ({ topicPartition: 'orders-0', offset, incarnation: 0, scenario: { refusal } }) as unknown as ProducedRecord;

  it('is one entry for each record that was sent to it and may be refused with an ambiguous code', () => {
    const refusals = new Refusals();
    const records = [aRecord(1, 'unlisted'), aRecord(2), aRecord(3, 'unlisted')];
    refusals.sent('environment 1', '1', () => records);
    refusals.sent('environment 1', '2', () => [...records, aRecord(4, 'unlisted')]);
    expect(['environment 1', 'environment 2'].map(refusals.rememberedIn)).toEqual([3, 0]);
  });
});
