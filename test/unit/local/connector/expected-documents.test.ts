import { describe, expect, it } from 'vitest';
import type { RecordMapper } from '../../../../functions/documentdb-sink/plan/record-mapper.ts';
import type { WriteModel } from '../../../../functions/documentdb-sink/plan/write-model.ts';
import { type Certainty, differenceOf, expectedOf } from '../../../../local/connector/expected-documents.ts';
import { poison } from '../../../../shared/outcome.ts';
import { aRecord } from '../../../support/builders.ts';

const documentOf = (fields: object) => new Map<string, unknown>(Object.entries(fields));
const filter = documentOf({ _id: 'a' });

/** One record a model, in this order; `undefined` is poison. @param certainties by offset; default: settled */
function possibilities(models: readonly (WriteModel | undefined)[], certainties: readonly Certainty[] = []) {
  const mapper: RecordMapper = ({ position }) => {
    const model = models[position.offset];
    const namespace = { database: 'shop', collection: 'orders' };
    if (model === undefined)
      return { kind: 'poison', namespace, filter: undefined, failure: poison('payload_invalid', '') };
    return { kind: 'write', namespace, models: [model], version: undefined };
  };
  return expectedOf(
    models.map((_, offset) => aRecord({ offset })),
    mapper,
    ({ offset }) => certainties[offset] ?? 'settled',
  );
}

/** With every record settled, each document has one possibility. */
function expected(...models: readonly (WriteModel | undefined)[]) {
  const { documents, poisoned } = possibilities(models);
  const texts = (documents.get('shop.orders') ?? []).map(([only, ...others]) =>
    others.length === 0 ? only : 'several',
  );
  return { texts, poisoned: poisoned.map(({ offset }) => offset) };
}

const replace = (fields: object, upsert = true): WriteModel => ({
  kind: 'replaceOne',
  filter,
  replacement: documentOf(fields),
  upsert,
});
const update = (operators: object, upsert = true): WriteModel => ({
  kind: 'updateOne',
  filter,
  update: documentOf(Object.fromEntries(Object.entries(operators).map(([name, fields]) => [name, documentOf(fields)]))),
  upsert,
});

describe('what models make of a collection', () => {
  it('is the last replacement, without what says when it was written', () => {
    expect(expected(replace({ a: 1 }), replace({ _id: 'a', b: 2n, _k: {}, _modifiedTS: new Date() })).texts).toEqual([
      '{"_id":"a","b":{"$numberLong":"2"}}',
    ]);
  });

  it('is changed field by field by an update, also within documents', () => {
    const texts = expected(
      update({ $set: { a: 1 }, $setOnInsert: { first: true } }),
      update({ $set: { 'in.x': 2 }, $unset: { a: '' }, $setOnInsert: { second: true } }),
      update({ $set: { 'in.y': 3 } }),
    ).texts;
    expect(texts).toEqual(['{"_id":"a","first":true,"in":{"x":{"$numberInt":"2"},"y":{"$numberInt":"3"}}}']);
  });

  it('is nothing where nothing may be made, or all was deleted', () => {
    expect(expected(replace({ a: 1 }, false), update({ $set: { a: 1 } }, false)).texts).toEqual([]);
    expect(expected(replace({ a: 1 }), { kind: 'deleteOne', filter }).texts).toEqual([]);
  });

  it('takes inserts as they are, and names what can never be written', () => {
    const insert: WriteModel = { kind: 'insertOne', document: documentOf({ _id: 'b', a: 1 }) };
    expect(expected(insert, undefined)).toEqual({ texts: ['{"_id":"b","a":{"$numberInt":"1"}}'], poisoned: [1] });
  });

  it('names an operator that it does not know', () => {
    expect(possibilities([update({ $set: { a: 1 } }), update({ $inc: { a: 1 } })]).unknownOperator).toBe('$inc');
    expect(possibilities([update({ $set: { a: 1 } })]).unknownOperator).toBeUndefined();
  });
});

describe('what a document may be', () => {
  const text = (a: number) => `{"_id":"a","a":{"$numberInt":"${a}"}}`;
  const textsOf = (certainties: readonly Certainty[], ...models: readonly WriteModel[]) =>
    possibilities(models, certainties).documents.get('shop.orders');
  const [one, two, three] = [replace({ a: 1 }), replace({ a: 2 }), replace({ a: 3 })] as const;

  it('is the state after the last settled record, or after any later one', () => {
    expect(textsOf(['settled', 'open', 'open'], one, two, three)).toEqual([[text(1), text(2), text(3)]]);
    expect(textsOf(['settled', 'settled', 'open'], one, two, three)).toEqual([[text(2), text(3)]]);
  });

  it('is nothing, too, before the first record is settled, or when one deletes it', () => {
    expect(textsOf(['open'], one)).toEqual([[undefined, text(1)]]);
    expect(textsOf(['settled', 'open'], one, { kind: 'deleteOne', filter })).toEqual([[text(1), undefined]]);
    expect(textsOf(['settled', 'settled'], one, { kind: 'deleteOne', filter })).toEqual([]);
  });

  it('is with or without a record that a dead letter holds, of which nothing else is made', () => {
    expect(textsOf(['settled', 'deadLettered'], one, two)).toEqual([[text(1), text(2)]]);
    const fields = textsOf(
      ['settled', 'deadLettered', 'settled'],
      one,
      update({ $set: { b: 1 } }),
      update({ $set: { a: 3 } }),
    );
    expect(fields).toEqual([[text(3)]]);
  });
});

describe('the difference', () => {
  it('names what is missing and what nobody asked for', () => {
    expect(differenceOf([['a'], ['b']], ['b', 'c'])).toEqual({ missing: ['a'], unasked: ['c'] });
    expect(differenceOf(undefined, undefined)).toEqual({ missing: [], unasked: [] });
  });

  it('passes over an _id that the server gave, and over no other', () => {
    const oid = '{"_id":{"$oid":"0123456789abcdef01234567"},"a":1}';
    expect(differenceOf([['{"a":1}']], [oid])).toEqual({ missing: [], unasked: [] });
    expect(differenceOf([['{"a":1}']], ['{"_id":"x","a":1}']).unasked).toHaveLength(1);
    expect(differenceOf([['{"a":1}']], [oid, oid]).unasked).toHaveLength(1);
    expect(differenceOf([[oid]], [oid.replace('4567', '4568')]).missing).toEqual([oid]);
  });

  it('is none where a document is one of its possibilities', () => {
    expect(
      differenceOf(
        [
          ['a', 'b'],
          [undefined, 'c'],
        ],
        ['a'],
      ),
    ).toEqual({ missing: [], unasked: [] });
    expect(
      differenceOf(
        [
          ['a', 'b'],
          [undefined, 'c'],
        ],
        ['c'],
      ),
    ).toEqual({ missing: ['b'], unasked: [] });
    expect(differenceOf([['a', 'b']], ['a', 'b'])).toEqual({ missing: [], unasked: ['a'] });
  });
});
