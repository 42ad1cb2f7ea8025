import { describe, expect, it } from 'vitest';
import { classifyReply } from '../../../../../functions/documentdb-sink/delivery/classify-reply.ts';
import type { PlainModel, SentWrite } from '../../../../../functions/documentdb-sink/guard/write.ts';
import { Lane } from '../../../../../functions/documentdb-sink/lanes/lane.ts';
import type { WriteModel } from '../../../../../functions/documentdb-sink/plan/write-model.ts';
import type { CommandKind, WriteReply } from '../../../../../functions/documentdb-sink/target/document-store.ts';
import { deleteOf, replaceOf, updateOf, writeOf } from '../../../../support/write-models.ts';

const lane = new Lane({ topicPartition: 'orders-0', identity: 'any', target: 'shop.orders' });
const FILTER = { number: 1 };
const stepOf = (write: SentWrite) => ({ lane, from: 0, count: 1, write });
const unguarded = (model: WriteModel) => stepOf({ ...writeOf(model), kind: 'plain', model: model as PlainModel });

function said(kind: CommandKind, step: ReturnType<typeof stepOf>, reply: Partial<WriteReply>) {
  const whole = { count: 0, writeErrors: [], ...reply };
  const { results, unmatched } = classifyReply({ kind, steps: [step] }, whole, new Map());
  return [...results.map(({ result }) => result.kind), ...unmatched.map(({ cause }) => cause)];
}

describe('an unguarded write that matched nothing', () => {
  it.each([
    { name: 'a delete', kind: 'delete', model: deleteOf(FILTER), expected: ['written'] },
    { name: 'an update', kind: 'update', model: updateOf(FILTER, { $set: { a: 1 } }, false), expected: ['noMatch'] },
    { name: 'a replacement', kind: 'update', model: replaceOf(FILTER, { a: 1 }, false), expected: ['noMatch'] },
    { name: 'an upsert, which always writes', kind: 'update', model: replaceOf(FILTER, { a: 1 }), expected: ['retry'] },
  ] as const)('is read no document for: $name', ({ kind, model, expected }) => {
    expect(said(kind, unguarded(model), { count: 0 })).toEqual(expected);
    expect(said(kind, unguarded(model), { count: 1 })).toEqual(['written']);
  });
});

describe('a replacement that does not insert', () => {
  it('may match nothing', () => {
    expect(said('update', stepOf(writeOf(replaceOf({ _id: 1 }, { _id: 1 }, false))), { count: 0 })).toEqual([
      'matchedNothing',
    ]);
  });
});

describe('a reply that does not fit its command', () => {
  it('proves nothing, if it has an error for a write that was not sent', () => {
    const step = stepOf(writeOf(replaceOf({ _id: 1 }, { _id: 1 })));
    expect(
      said('update', step, { count: 1, writeErrors: [{ index: 1, code: 121, duplicateIndex: undefined }] }),
    ).toEqual(['retry']);
  });
});
