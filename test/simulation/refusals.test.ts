import { describe, expect, it } from 'vitest';
import { Refusals } from './invariants/documents/refusals.ts';
import type { ProducedRecord } from './services/kafka-log.ts';

const HALF_AN_HOUR_MS = 30 * 60_000;

const aRecord = (offset: number, refusal?: 'unlisted', incarnation = 0): ProducedRecord =>
  ({ topicPartition: 'orders-0', offset, incarnation, scenario: { refusal } }) as unknown as ProducedRecord;

const USUAL = {
  environment: 'environment 1',
  record: aRecord(1, 'unlisted'),
  code: 16_755,
  hasLetter: true,
  isQuiet: true,
};

interface Parts extends Partial<typeof USUAL> {
  readonly atMs?: number;
}

const messagesOf = ({ violations }: Refusals) => violations.map(({ message }) => message);

/** Hears that a record is refused so often in an invocation. @returns the messages so far */
function heardIn(refusals: Refusals, invocation: string, count: number, { atMs = 0, ...parts }: Parts = {}) {
  for (let time = 0; time < count; time += 1) refusals.refused({ ...USUAL, ...parts, invocation }, atMs);
  return messagesOf(refusals);
}

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
    { name: 'hears of another code', first: 5, parts: { code: 9 } },
    { name: 'hears of a record of the topic made anew', first: 5, parts: { record: aRecord(1, 'unlisted', 1) } },
    { name: 'may not get a probe through', first: 5, parts: { isQuiet: false } },
    { name: 'heard of them more than half an hour ago', first: 5, parts: { atMs: HALF_AN_HOUR_MS + 1 } },
  ])('is not at fault if it $name', ({ first, parts }) => {
    const refusals = new Refusals();
    heardIn(refusals, '1', first);
    expect(heardIn(refusals, '2', 5, parts)).toEqual([]);
  });

  it('may prove anew what was written in between', () => {
    const refusals = new Refusals();
    heardIn(refusals, '1', 5);
    refusals.taken({ environment: 'environment 1', invocation: '2' }, [USUAL.record], 0);
    expect(heardIn(refusals, '2', 5)).toEqual([]);
  });

  it('remembers the record for as long as it comes again and again', () => {
    const refusals = new Refusals();
    heardIn(refusals, '0', 5);
    heardIn(refusals, '1', 1, { atMs: HALF_AN_HOUR_MS });
    expect(heardIn(refusals, '2', 3, { atMs: 2 * HALF_AN_HOUR_MS })).toEqual(BLAMED);
  });
});

describe('a dead letter', () => {
  const HERE = { environment: 'environment 1', invocation: '2' };
  const UNPROVEN = ['invocation 2 takes orders-0@1 for poison without a proof'];
  const lettered = (refusals: Refusals, record = USUAL.record) => {
    refusals.lettered(HERE, record);
    return messagesOf(refusals);
  };
  const known = (parts: Parts = {}) => {
    const refusals = new Refusals();
    heardIn(refusals, '1', 5, parts);
    return refusals;
  };

  it('follows from five refusals with one code in its invocation', () => {
    const refusals = new Refusals();
    heardIn(refusals, '2', 4);
    heardIn(refusals, '2', 1, { code: 9 });
    expect(lettered(refusals)).toEqual(UNPROVEN);
    heardIn(refusals, '2', 1);
    expect(lettered(refusals)).toEqual(UNPROVEN);
  });

  it('of a record that is known follows from one refusal, and something that was taken since', () => {
    const refusals = known();
    refusals.taken(HERE, [], 9);
    heardIn(refusals, '2', 1, { atMs: 10 });
    refusals.taken(HERE, [], 11);
    expect(lettered(refusals)).toEqual([]);
  });

  it.each([
    { name: 'without a refusal', count: 0, parts: {} },
    { name: 'by another code', count: 1, parts: { code: 9 } },
    { name: 'half an hour later', count: 1, parts: { atMs: HALF_AN_HOUR_MS + 30_001 } },
    { name: 'of the topic made anew', count: 1, parts: { record: aRecord(1, 'unlisted', 1) } },
  ])('of a record that is known is wrong $name', ({ count, parts }: { count: number; parts: Parts }) => {
    const refusals = known();
    heardIn(refusals, '2', count, parts);
    refusals.taken(HERE, [], HALF_AN_HOUR_MS * 2);
    expect(lettered(refusals, parts.record)).toHaveLength(1);
  });

  it('is wrong where nothing was taken since the refusal', () => {
    const refusals = known();
    refusals.taken(HERE, [], 9);
    heardIn(refusals, '2', 1, { atMs: 10 });
    expect(lettered(refusals)).toEqual(UNPROVEN);
  });

  it('is wrong where the record was written in between', () => {
    const refusals = known();
    refusals.taken({ ...HERE, invocation: '1' }, [USUAL.record], 1);
    heardIn(refusals, '2', 1, { atMs: 10 });
    refusals.taken(HERE, [], 11);
    expect(lettered(refusals)).toEqual(UNPROVEN);
  });

  it('by the code of throttling follows from a write of the last ten seconds: a probe passes all the same', () => {
    const code = 40;
    const refusals = known({ code });
    heardIn(refusals, '2', 1, { code, atMs: 20_000 });
    refusals.taken(HERE, [], 20_001);
    expect(lettered(refusals)).toEqual(UNPROVEN);
    refusals.taken(HERE, [aRecord(7)], 10_000);
    expect(lettered(refusals)).toEqual(UNPROVEN);
  });
});

describe('what an environment may remember', () => {
  it('is one entry for each record that was sent to it and may be refused with an ambiguous code', () => {
    const refusals = new Refusals();
    const records = [aRecord(1, 'unlisted'), aRecord(2), aRecord(3, 'unlisted')];
    refusals.sent('environment 1', '1', () => records);
    refusals.sent('environment 1', '2', () => [...records, aRecord(4, 'unlisted')]);
    expect(['environment 1', 'environment 2'].map(refusals.rememberedIn)).toEqual([3, 0]);
  });
});
