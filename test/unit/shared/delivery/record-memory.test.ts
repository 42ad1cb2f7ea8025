import { describe, expect, it } from 'vitest';
import { RecordMemory } from '../../../../shared/delivery/record-memory.ts';
import { REMEMBERED_RECORDS_MAX } from '../../../../shared/limits.ts';
import { aRecord } from '../../../support/builders.ts';

const record = aRecord({ offset: 7 });
const AGE_MS_MAX = 5_000;

describe('what an environment remembers of a record', () => {
  it('is what was said last, until it is forgotten', () => {
    const memory = new RecordMemory<string>(AGE_MS_MAX);
    expect(memory.factOf(record, 0)).toBe(undefined);
    memory.remember(record, 'a', 0);
    memory.remember(record, 'b', 0);
    expect(memory.factOf(record, 0)).toBe('b');
    memory.forget(record);
    expect(memory.factOf(record, 0)).toBe(undefined);
  });

  it('is remembered for its time since then', () => {
    const memory = new RecordMemory<string>(AGE_MS_MAX);
    memory.remember(record, 'a', 0);
    memory.remember(record, 'a', 1_000);
    expect(memory.factOf(record, 1_000 + AGE_MS_MAX)).toBe('a');
    expect(memory.factOf(record, 1_001 + AGE_MS_MAX)).toBe(undefined);
  });

  it.each([
    { name: 'another offset', other: aRecord({ offset: 8, timestampMs: record.timestampMs }) },
    { name: 'another partition', other: aRecord({ offset: 7, partition: 1 }) },
    { name: 'another topic', other: aRecord({ offset: 7, topic: 'returns' }) },
    { name: 'another topic of that name, which was created anew', other: aRecord({ offset: 7, timestampMs: 1 }) },
  ])('says nothing of a record of $name', ({ other }) => {
    const memory = new RecordMemory<string>(AGE_MS_MAX);
    memory.remember(record, 'a', 0);
    expect(memory.factOf(other, 0)).toBe(undefined);
    memory.forget(other);
    expect(memory.factOf(record, 0)).toBe('a');
  });

  it('is bounded: the record that was remembered first is forgotten', () => {
    const memory = new RecordMemory<number>(AGE_MS_MAX);
    for (let offset = 0; offset < REMEMBERED_RECORDS_MAX; offset += 1) memory.remember(aRecord({ offset }), offset, 0);
    memory.remember(aRecord({ offset: 0 }), 0, 0);
    memory.remember(aRecord({ offset: REMEMBERED_RECORDS_MAX }), REMEMBERED_RECORDS_MAX, 0);
    const known = [0, 1, 2, REMEMBERED_RECORDS_MAX].map((offset) => memory.factOf(aRecord({ offset }), 0));
    expect(known).toEqual([0, undefined, 2, REMEMBERED_RECORDS_MAX]);
  });
});
