import { describe, expect, it } from 'vitest';
import type { IndexDescription } from '../../../../../functions/documentdb-sink/guard/indexes.ts';
import { createUniqueOrder } from '../../../../../functions/documentdb-sink/target/unique-order.ts';
import { foreignError } from '../../../../support/fake-documents.ts';
import { doc } from '../../../../support/write-models.ts';

const ORDERS = { database: 'shop', collection: 'orders' };
const RETURNS = { database: 'shop', collection: 'returns' };
const { signal } = new AbortController();

const index = (fields: readonly string[], isUnique = true): IndexDescription => ({
  name: fields.join('_'),
  fields,
  isUnique,
  isSparse: false,
  isPartial: false,
});
const byId = { filter: doc({ _id: 1 }) };
const byKey = { filter: doc({ b: 1, a: 2 }) };

describe('the order of the documents of a collection', () => {
  it.each([
    ['no index', [], false],
    ['the index on _id', [index(['_id'])], false],
    ['an index that is not unique', [index(['email'], false)], false],
    ['the index of a business key, in any order', [index(['a', 'b'])], false],
    ['a unique index on a part of a business key', [index(['a'])], true],
    ['another unique index', [index(['_id']), index(['a', 'b']), index(['email'])], true],
  ])('matters with a unique index that identifies no document: %s', async (_, indexes, expected) => {
    const order = createUniqueOrder({ listIndexes: async () => indexes });
    expect([order.isKnown(ORDERS), order.matters(ORDERS)]).toEqual([false, false]);
    await order.look(ORDERS, [byKey], signal);
    expect([order.isKnown(ORDERS), order.matters(ORDERS)]).toEqual([true, expected]);
    expect([order.isKnown(RETURNS), order.matters(RETURNS)]).toEqual([false, false]);
  });

  it('is looked up once', async () => {
    let listings = 0;
    const listIndexes = async () => {
      listings += 1;
      return [];
    };
    const order = createUniqueOrder({ listIndexes });
    for (const namespace of [ORDERS, ORDERS, RETURNS, ORDERS]) await order.look(namespace, [byId], signal);
    expect(listings).toBe(2);
  });

  it('matters after a conflict, whatever was listed', async () => {
    const order = createUniqueOrder({ listIndexes: async () => [] });
    await order.look(ORDERS, [byId], signal);
    order.note(ORDERS);
    await order.look(ORDERS, [byId], signal);
    expect([order.isKnown(ORDERS), order.matters(ORDERS), order.isKnown(RETURNS)]).toEqual([true, true, false]);
  });

  it('is assumed to matter where the user may not list indexes', async () => {
    const order = createUniqueOrder({ listIndexes: () => Promise.reject(foreignError('MongoServerError', 13)) });
    await order.look(ORDERS, [byId], signal);
    expect(order.matters(ORDERS)).toBe(true);
  });

  it.each([
    ['MongoNetworkError', undefined],
    ['MongoServerError', 18],
    ['MongoServerError', 301],
  ])('stays unknown when the indexes cannot be listed: %s %s', async (name, code) => {
    const order = createUniqueOrder({ listIndexes: () => Promise.reject(foreignError(name, code)) });
    await expect(order.look(ORDERS, [byId], signal)).rejects.toMatchObject({ name });
    expect(order.isKnown(ORDERS)).toBe(false);
  });
});
