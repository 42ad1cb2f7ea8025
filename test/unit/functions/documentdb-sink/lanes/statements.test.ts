import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { PlainModel, SentWrite } from '../../../../../functions/documentdb-sink/guard/write.ts';
import {
  commandsOf,
  failedSteps,
  kindOf,
  statementOf,
} from '../../../../../functions/documentdb-sink/lanes/commands.ts';
import type { Step } from '../../../../../functions/documentdb-sink/lanes/lane.ts';
import { Lane } from '../../../../../functions/documentdb-sink/lanes/lane.ts';
import type { WriteModel } from '../../../../../functions/documentdb-sink/plan/write-model.ts';
import { aRecord, type RecordParts } from '../../../../support/builders.ts';
import { deleteOf, doc, insertOf, replaceOf, updateOf, writeOf } from '../../../../support/write-models.ts';

const FILTER = { _id: 'k' };
const put = replaceOf(FILTER, { _id: 'k', v: 1 }, false);
const set = updateOf(FILTER, { $set: { v: 1 } }, true);
const guarded = (model: WriteModel): SentWrite => writeOf(model);
const plain = (model: WriteModel): SentWrite => ({ ...writeOf(model), kind: 'plain', model: model as PlainModel });
const replacing = (): SentWrite => ({ ...writeOf(insertOf(FILTER)), replacesTombstone: true }) as SentWrite;

describe('a write is sent as', () => {
  it.each([
    { name: 'a replacement', write: guarded(put), kind: 'update', statement: { u: expect.any(Map), upsert: false } },
    { name: 'an update', write: guarded(set), kind: 'update', statement: { u: expect.any(Map), upsert: true } },
    { name: 'a delete', write: guarded(deleteOf(FILTER)), kind: 'delete', statement: { limit: 1 } },
    {
      name: 'an insert over a tombstone',
      write: replacing(),
      kind: 'update',
      statement: { u: expect.any(Map), upsert: true },
    },
  ])('$name, with its guard', ({ write, kind, statement }) => {
    expect(kindOf(write)).toBe(kind);
    const { q, ...rest } = statementOf(write);
    expect(rest).toEqual(statement);
    expect(inspect(q)).toContain('_k.orders-0');
  });

  it('an insert of its document', () => {
    const write = guarded(insertOf({ ...FILTER, v: 1 }));
    expect(kindOf(write)).toBe('insert');
    expect(statementOf(write)).toEqual({ document: (write as { document?: unknown }).document });
  });

  it.each([
    { name: 'a replacement', model: put, kind: 'update', statement: { u: doc({ _id: 'k', v: 1 }), upsert: false } },
    { name: 'an update', model: set, kind: 'update', statement: { u: doc({ $set: { v: 1 } }), upsert: true } },
    { name: 'a delete', model: deleteOf(FILTER), kind: 'delete', statement: { limit: 1 } },
  ])('$name without a guard, if it has none', ({ model, kind, statement }) => {
    expect(kindOf(plain(model))).toBe(kind);
    expect(statementOf(plain(model))).toEqual({ ...statement, q: doc({ _id: 'k' }) });
  });
});

const limits = { documentBytesMax: 10_000, operationsMax: 100 };
const LARGE = 'x'.repeat(11_000);

/** A step of one record. */
function aStep(write: SentWrite, parts: RecordParts = {}): Step {
  const lane = new Lane({ topicPartition: 'orders-0', identity: `${parts.offset}`, target: 'shop.orders' });
  const entry = { index: 0, record: aRecord(parts), isLast: true, task: { kind: 'write', write } };
  lane.enter(entry as Parameters<Lane['enter']>[0]);
  return { lane, from: 0, count: 1, write };
}

describe('a document that is sent', () => {
  const value = 'x'.repeat(3_000);

  it.each([
    { name: 'an unguarded replacement', write: plain(replaceOf(FILTER, { v: LARGE })), tooLarge: 1 },
    { name: 'an unguarded update', write: plain(updateOf(FILTER, { $set: { v: LARGE } })), tooLarge: 1 },
    { name: 'a guarded insert', write: guarded(insertOf({ v: LARGE, ...FILTER })), tooLarge: 1 },
    { name: 'a small one of a large record', write: plain(replaceOf(FILTER, { v: 1 })), tooLarge: 0 },
    { name: 'none: an unguarded delete of a large record', write: plain(deleteOf(FILTER)), tooLarge: 0 },
    { name: 'none: a guarded delete of a large record', write: guarded(deleteOf(FILTER)), tooLarge: 0 },
  ])('may be too large: $name', ({ write, tooLarge }) => {
    const packed = commandsOf([aStep(write, { value })], limits);
    expect([packed.tooLarge.length, packed.commands.length]).toEqual([tooLarge, 1 - tooLarge]);
  });

  it('counts for the records of its own write, not for those behind it', () => {
    const steps = [0, 1].map((offset) => {
      const step = aStep(guarded(deleteOf(FILTER)), { offset });
      const task = { kind: 'write', write: writeOf(put) } as const;
      step.lane.enter({ index: 1, record: aRecord({ offset: 9, value: LARGE }), isLast: true, task });
      return step;
    });
    expect(commandsOf(steps, limits).commands).toHaveLength(1);
  });

  it('counts with its real size where it was measured', () => {
    const steps = [0, 1, 2, 3].map((offset) =>
      aStep(guarded(updateOf(FILTER, { $set: { v: value } })), { offset, value }),
    );
    expect(commandsOf(steps, limits).commands.map((command) => command.steps.length)).toEqual([2, 2]);
  });

  it('may be of a record without a key, or without a value', () => {
    const steps = [aStep(guarded(set), { offset: 0, key: null }), aStep(guarded(set), { offset: 1, value: null })];
    expect(commandsOf(steps, limits).commands).toHaveLength(1);
  });
});

describe('a command that failed', () => {
  it('failed for all its writes, and says how many they were', () => {
    const failure = { code: 'target_failed', retryable: true, mayBeWritten: true, detail: '' } as const;
    const steps = [aStep(guarded(set), { offset: 0 }), aStep(guarded(set), { offset: 1 })];
    expect(failedSteps(steps, { kind: 'retry', failure })).toEqual(
      steps.map((step) => ({ step, result: { kind: 'retry', failure, commandSize: 2 } })),
    );
  });
});
