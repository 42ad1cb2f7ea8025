import { BSONRegExp, Decimal128, Double, Long } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { DocumentServer, type ServerParts } from '../../../support/document-server/document-server.ts';
import { exactText } from '../../../support/document-server/exact-text.ts';
import { doc } from '../../../support/write-models.ts';

type Fields = Readonly<Record<string, unknown>>;

async function aServer(documents: readonly Fields[], parts: ServerParts = {}) {
  const server = new DocumentServer(parts);
  await server.write(
    'insert',
    documents.map((document) => ({ document: doc(document) })),
  );
  const write = async (kind: 'insert' | 'update' | 'delete', statement: Fields) => {
    const { count, writeErrors } = await server.write(kind, [statement]);
    return writeErrors[0]?.code ?? count;
  };
  return {
    server,
    insert: (document: Fields) => write('insert', { document: doc(document) }),
    update: (q: Fields, u: Fields, upsert = false) => write('update', { q, u: doc(u), upsert }),
    remove: (q: Fields) => write('delete', { q, limit: 1 }),
    stored: () => server.collection.all().map(exactText),
  };
}

describe('a document server', () => {
  it.each([
    ['a number of another type', 1, Long.fromNumber(1)],
    ['a decimal', 1, Decimal128.fromString('1.00')],
    ['a negative zero', 0, -0],
    ['NaN', Number.NaN, Decimal128.fromString('NaN')],
    [
      'a document with numbers of other types',
      doc({ a: 1, b: doc({ c: 2 }) }),
      doc({ a: 1n, b: doc({ c: new Double(2) }) }),
    ],
  ])('has one document under %s', async (_name, id, same) => {
    const { insert, remove, server, update } = await aServer([{ _id: id }]);
    expect(await insert({ _id: same })).toBe(11_000);
    expect(await update({ _id: same }, { _id: same, v: 1 }, true)).toBe(1);
    expect(server.collection.get(id)?.get('v')).toBe(1);
    expect(await remove({ _id: same })).toBe(1);
    expect(server.collection.size).toBe(0);
  });

  it.each([
    ['the order of fields', doc({ a: 1, b: 2 }), doc({ b: 2, a: 1 })],
    ['a text', 1, '1'],
    ['what a double cannot hold', 2 ** 53, 2n ** 53n + 1n],
  ])('tells documents apart by %s', async (_name, id, other) => {
    const { insert, server } = await aServer([{ _id: id }]);
    expect(await insert({ _id: other })).toBe(1);
    expect(server.collection.size).toBe(2);
  });

  it('leaves the _id that is stored, with its type, and refuses another', async () => {
    const { stored, update } = await aServer([{ _id: 1 }]);
    expect(await update({ _id: 1n }, { _id: 1n, v: 2 })).toBe(1);
    expect(stored()).toEqual(['{"_id":int 1,"v":int 2}']);
    expect(await update({ _id: 1 }, { _id: 2 })).toBe(66);
    expect(await update({ _id: 1 }, { $set: { _id: 2 } })).toBe(66);
  });

  it('inserts a replacement with its own _id, in whatever type the filter names it', async () => {
    const { stored, update } = await aServer([]);
    expect(await update({ _id: 1 }, { _id: 1n, v: 2 }, true)).toBe(1);
    expect(stored()).toEqual(['{"_id":Long 1,"v":int 2}']);
    expect(await update({ _id: 2 }, { _id: 3 }, true)).toBe(66);
  });

  it.each([
    ['an array', [1], 53],
    ['a pattern', new BSONRegExp('a', ''), 53],
    ['a document with an operator in it', doc({ $a: 1 }), 52],
  ])('refuses %s as _id', async (_name, id, code) => {
    const { update } = await aServer([]);
    expect(await update({ _id: { $eq: id } }, { v: 1 }, true)).toBe(code);
  });

  it('makes a document of the equalities of a filter, where an upsert finds none', async () => {
    const { stored, update } = await aServer([]);
    const filter = { _id: 1, 'a.b': { $eq: 2 }, c: { $not: { $gt: 3 } } };
    expect(await update(filter, { $set: { d: 4 }, $setOnInsert: { e: 5 } }, true)).toBe(1);
    expect(stored()).toEqual(['{"_id":int 1,"a":{"b":int 2},"d":int 4,"e":int 5}']);
  });

  it.each<readonly [string, Fields, Fields, unknown]>([
    ['an int32 and an int32', { n: 1 }, { $inc: { n: 2 } }, 3],
    ['an int32 that overflows', { n: 2 ** 31 - 1 }, { $inc: { n: 1 } }, 2n ** 31n],
    ['an int64', { n: 1 }, { $inc: { n: 2n } }, 3n],
    ['a double that is whole', { n: new Double(1) }, { $inc: { n: 1 } }, new Double(2)],
    ['a decimal', { n: Decimal128.fromString('1') }, { $inc: { n: 1 } }, Decimal128.fromString('2')],
    ['the lesser of two types', { n: 2n }, { $min: { n: 1.5 } }, 1.5],
    ['the greater of two types', { n: 2n }, { $max: { n: 'text' } }, 'text'],
    ['an array', { n: [1] }, { $push: { n: doc({ $each: [2, 3], $slice: -2 }) } }, [2, 3]],
  ])('computes with %s', async (_name, fields, update, expected) => {
    const server = await aServer([{ _id: 1, ...fields }]);
    expect(await server.update({ _id: 1 }, update)).toBe(1);
    expect(exactText(server.server.collection.get(1)?.get('n'))).toBe(exactText(expected));
  });

  it.each<readonly [string, Fields, number]>([
    ['two operators on one path', { $set: { a: 1 }, $unset: { 'a.b': '' } }, 40],
    ['a number to be added to a text', { $inc: { text: 1 } }, 14],
    ['an element to be added to a text', { $push: { text: 1 } }, 2],
    ['a path into a text', { $set: { 'text.a': 1 } }, 28],
  ])('refuses %s', async (_name, update, code) => {
    const server = await aServer([{ _id: 1, text: 'a' }]);
    expect(await server.update({ _id: 1 }, update)).toBe(code);
    expect(server.stored()).toEqual(['{"_id":int 1,"text":"a"}']);
  });

  it.each<readonly [string, Fields, boolean]>([
    ['null, where the field is missing', { none: null }, true],
    ['an element of an array', { list: 2 }, true],
    ['a field within an array of documents', { 'docs.a': 2 }, true],
    ['an element by its number', { 'docs.0.a': 1 }, true],
    ['a comparison with another type', { n: { $gt: '' } }, false],
    ['a comparison with a number of another type', { n: { $gt: 4n } }, true],
    ['a negation of what is missing', { none: { $not: { $gt: 4 } } }, true],
    ['NaN, compared with a number', { nan: { $lt: 5 } }, false],
    ['NaN, equal to itself', { nan: { $gte: Decimal128.fromString('NaN') } }, true],
    ['a pattern', { text: new BSONRegExp('^a', '') }, true],
    ['a pattern as a value', { text: { $eq: new BSONRegExp('^a', '') } }, false],
    ['existence', { none: { $exists: true } }, false],
  ])('matches by %s', async (_name, filter, isMatch) => {
    const fields = { n: 5, nan: Number.NaN, list: [1, 2], docs: [doc({ a: 1 }), doc({ a: 2 })], text: 'abc' };
    const { remove } = await aServer([{ _id: 1, ...fields }]);
    expect(await remove(filter)).toBe(isMatch ? 1 : 0);
  });

  it('holds a key of a unique index once, whatever its type, and each element of an array', async () => {
    const index = { name: 'a_1', fields: ['a'], isSparse: false };
    const { insert } = await aServer([{ _id: 1, a: [1, 2] }, { _id: 2 }], { uniqueIndexes: () => [index] });
    expect(await insert({ _id: 3, a: Decimal128.fromString('2.0') })).toBe(11_000);
    expect(await insert({ _id: 3, a: null })).toBe(11_000);
    expect(await insert({ _id: 3, a: 3 })).toBe(1);
  });

  it('is told by its hooks what goes wrong', async () => {
    const { server } = await aServer([]);
    const statements = [1, 2].map((id) => ({ document: doc({ _id: id }) }));
    await expect(server.write('insert', statements, { refuseCommand: () => 9 })).rejects.toMatchObject({ code: 9 });
    expect(server.collection.size).toBe(0);
    const refuseStatement = (statement: Fields) => (statement === statements[0] ? 121 : undefined);
    expect(await server.write('insert', statements, { refuseStatement })).toMatchObject({
      count: 1,
      writeErrors: [{ index: 0, code: 121 }],
    });
    const beforeReply = () => Promise.reject(new Error('no answer'));
    await expect(server.write('insert', statements, { beforeReply })).rejects.toThrow('no answer');
    expect(server.collection.size).toBe(2);
  });
});
