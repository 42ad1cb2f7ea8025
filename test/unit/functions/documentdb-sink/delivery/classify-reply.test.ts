import { describe, expect, it } from 'vitest';
import { classifyReply } from '../../../../../functions/documentdb-sink/delivery/classify-reply.ts';
import type { PlainModel, SentWrite } from '../../../../../functions/documentdb-sink/guard/write.ts';
import { Lane } from '../../../../../functions/documentdb-sink/lanes/lane.ts';
import type { WriteModel } from '../../../../../functions/documentdb-sink/plan/write-model.ts';
import type { CommandKind, WriteReply } from '../../../../../functions/documentdb-sink/target/document-store.ts';
import { deleteOf, insertOf, replaceOf, updateOf, writeOf } from '../../../../support/write-models.ts';

const SOME = { topicPartition: 'orders-0', identity: 'any', target: 'shop.orders' };

const upsert = replaceOf({ _id: 1 }, { _id: 1 });
const patch = updateOf({ _id: 2 }, { $set: { a: 1 } }, false);
const remove = deleteOf({ _id: 3 });
const insert = insertOf({ _id: 4 });
const byKey = replaceOf({ a: 1, b: 2 }, { a: 1, b: 2 });

/** As a business-key write is sent that cannot be guarded. */
const plainWrite: SentWrite = { ...writeOf(byKey), kind: 'plain', model: byKey as PlainModel };

const plainStep = { lane: new Lane(SOME), from: 0, write: plainWrite, count: 1 };

/** What is said of each write of a command: written, what has to be looked up, or whatever else. */
function said(
  kind: CommandKind,
  models: readonly WriteModel[],
  reply: WriteReply,
  guardIndexes = new Map<string, string>(),
) {
  const lane = new Lane(SOME);
  const steps = models.map((model) => ({ lane, from: 0, write: writeOf(model), count: 1 }));
  const { results, unmatched } = classifyReply({ kind, steps }, reply, guardIndexes);
  return steps.map((step) => {
    const result = results.find((each) => each.step === step)?.result.kind;
    return result ?? unmatched.find((each) => each.step === step)?.cause;
  });
}

const counted = (count: number): WriteReply => ({ count, writeErrors: [] });
const duplicate = (duplicateIndex: string | undefined): WriteReply => ({
  count: 0,
  writeErrors: [{ index: 0, code: 11_000, duplicateIndex }],
});

describe('an unguarded write that meets a duplicate', () => {
  it.each([
    ['a_1_b_1', 'guardIndex'],
    [undefined, 'guardIndex'],
    ['c_1', 'otherIndex'],
  ] as const)('lost a race on the index of its own filter, or meets another document: %s', (index, cause) => {
    const { unmatched } = classifyReply(
      { kind: 'update', steps: [plainStep] },
      duplicate(index),
      new Map([['a\nb', 'a_1_b_1']]),
    );
    expect(unmatched).toEqual([{ step: plainStep, cause }]);
  });

  it('on _id_ meets another document, if no index is known of the fields of its filter', () => {
    const { unmatched } = classifyReply({ kind: 'update', steps: [plainStep] }, duplicate('_id_'), new Map());
    expect(unmatched).toEqual([{ step: plainStep, cause: 'otherIndex' }]);
  });
});

describe('a count', () => {
  it.each([
    ['update', [upsert, upsert], 2, ['written', 'written']],
    ['update', [upsert, upsert], 1, ['retry', 'retry']],
    ['update', [upsert, upsert], 3, ['retry', 'retry']],
    ['update', [upsert, patch], 2, ['written', 'written']],
    ['update', [upsert, patch], 1, ['written', 'matchedNothing']],
    ['update', [upsert, patch, patch], 2, ['written', 'matchedNothing', 'matchedNothing']],
    ['update', [upsert, patch], 0, ['retry', 'retry']],
    ['update', [patch], -1, ['retry']],
    ['delete', [remove, remove], 2, ['written', 'written']],
    ['delete', [remove, remove], 1, ['matchedNothing', 'matchedNothing']],
    ['delete', [remove], -1, ['matchedNothing']],
    ['insert', [insert, insert], 2, ['written', 'written']],
    ['insert', [insert, insert], 1, ['retry', 'retry']],
  ] as const)('of %s commands gives only results that it proves', (kind, models, count, expected) => {
    expect(said(kind, models, counted(count))).toEqual(expected);
  });

  it('leaves out what is in error', () => {
    const reply = { count: 1, writeErrors: [{ index: 0, code: 121, duplicateIndex: undefined }] };
    expect(said('update', [upsert, upsert], reply)).toEqual(['poison', 'written']);
    expect(said('update', [upsert, patch], { ...reply, count: 0 })).toEqual(['poison', 'matchedNothing']);
    expect(said('update', [upsert, patch], reply)).toEqual(['poison', 'written']);
  });

  it.each([-1, 0.5, 2, Number.NaN])('proves nothing beside an error of a write that was not sent: %s', (index) => {
    const reply = { count: 2, writeErrors: [{ index, code: 121, duplicateIndex: undefined }] };
    expect(said('update', [upsert, upsert], reply)).toEqual(['retry', 'retry']);
  });
});

describe('E11000', () => {
  const named = new Map([['a\nb', 'a_b unique']]);

  it.each([
    [upsert, '_id_', 'guardIndex'],
    [upsert, '_id', 'guardIndex'],
    [upsert, undefined, 'guardIndex'],
    [upsert, 'email_1', 'otherIndex'],
    [byKey, 'a_b unique', 'guardIndex'],
    [byKey, 'a_b', 'otherIndex'],
    [byKey, undefined, 'guardIndex'],
    [byKey, '_id_', 'otherIndex'],
    [byKey, '_id', 'otherIndex'],
    [byKey, 'a_b_c', 'otherIndex'],
  ])('is of the index that guards, or of another: %#', (model, index, expected) => {
    expect(said('update', [model], duplicate(index), named)).toEqual([expected]);
  });

  it('of an insert is looked up as well', () => {
    expect(said('insert', [insert], duplicate('_id_'))).toEqual(['guardIndex']);
  });
});

describe('a refusal that names its write', () => {
  it('was of a command of all writes that were sent, refused or not', () => {
    const lane = new Lane(SOME);
    const steps = [upsert, patch].map((model) => ({ lane, from: 0, write: writeOf(model), count: 1 }));
    const writeErrors = [{ index: 0, code: 16_755, duplicateIndex: undefined }];
    const { results } = classifyReply({ kind: 'update', steps }, { count: 1, writeErrors }, new Map());
    expect(results[0]?.result).toMatchObject({ kind: 'refused', isNamed: true, commandSize: 2 });
  });
});

describe('code 40', () => {
  const code40 = { count: 0, writeErrors: [{ index: 0, code: 40, duplicateIndex: undefined }] };

  it('blames an update that has one path twice, and nothing else', () => {
    const twice = updateOf({ _id: 1 }, { $set: { a: 1 }, $inc: { a: 1 } });
    expect(said('update', [twice], code40)).toEqual(['poison']);
    expect(said('update', [updateOf({ _id: 1 }, { $set: { a: 1 }, $inc: { b: 1 } })], code40)).toEqual(['refused']);
    expect(said('update', [upsert], code40)).toEqual(['refused']);
  });

  it.each([
    [updateOf({ a: 1 }, { $set: { b: 1 }, $unset: { b: '' } }, false), 'poison'],
    [updateOf({ a: 1 }, { $set: { b: 1 }, $unset: { c: '' } }, false), 'refused'],
    [byKey, 'refused'],
  ])('blames an update that is sent without a guard as well: %#', (model, expected) => {
    const { identity, filter, sourceVersion } = writeOf(model);
    const write: SentWrite = { identity, filter, sourceVersion, step: 0, kind: 'plain', model: model as PlainModel };
    const step = { lane: new Lane(SOME), from: 0, write, count: 1 };
    const { results } = classifyReply({ kind: 'update', steps: [step] }, code40, new Map());
    expect(results.map(({ result }) => result.kind)).toEqual([expected]);
  });
});
