import { describe, expect, it } from 'vitest';
import type { RecordMapper } from '../../../../functions/documentdb-sink/plan/record-mapper.ts';
import type { WriteModel } from '../../../../functions/documentdb-sink/plan/write-model.ts';
import { differenceOf, expectedOf } from '../../../../local/connector/expected-documents.ts';
import { poison } from '../../../../shared/outcome.ts';
import { aRecord } from '../../../support/builders.ts';

const documentOf = (fields: object) => new Map<string, unknown>(Object.entries(fields));
const filter = documentOf({ _id: 'a' });

/** One record a model, in this order; `undefined` is poison. */
function expected(...models: readonly (WriteModel | undefined)[]) {
  const mapper: RecordMapper = ({ position }) => {
    const model = models[position.offset];
    const namespace = { database: 'shop', collection: 'orders' };
    if (model === undefined)
      return { kind: 'poison', namespace, filter: undefined, failure: poison('payload_invalid', '') };
    return { kind: 'write', namespace, models: [model], version: undefined };
  };
  const { documents, poisoned } = expectedOf(
    models.map((_, offset) => aRecord({ offset })),
    mapper,
  );
  return { texts: documents.get('shop.orders') ?? [], poisoned: poisoned.map(({ offset }) => offset) };
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

  it('refuses an operator it does not know', () => {
    expect(() => expected(update({ $inc: { a: 1 } }))).toThrow('$inc');
  });
});

describe('the difference', () => {
  it('names what is missing and what nobody asked for', () => {
    expect(differenceOf(['a', 'b'], ['b', 'c'])).toEqual({ missing: ['a'], unasked: ['c'] });
    expect(differenceOf(undefined, undefined)).toEqual({ missing: [], unasked: [] });
  });

  it('passes over an _id that the server gave, and over no other', () => {
    const oid = '{"_id":{"$oid":"0123456789abcdef01234567"},"a":1}';
    expect(differenceOf(['{"a":1}'], [oid])).toEqual({ missing: [], unasked: [] });
    expect(differenceOf(['{"a":1}'], ['{"_id":"x","a":1}']).unasked).toHaveLength(1);
    expect(differenceOf(['{"a":1}'], [oid, oid]).unasked).toHaveLength(1);
  });
});
