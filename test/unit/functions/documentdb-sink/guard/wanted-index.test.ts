import { describe, expect, it } from 'vitest';
import { createIndexText } from '../../../../../functions/documentdb-sink/guard/wanted-index.ts';

const textFor = (collection: string, ...fields: readonly string[]) =>
  createIndexText({ topic: 'orders', namespace: { database: 'shop', collection }, fields });

describe('the command that creates an index', () => {
  it('leaves the name to the server where the server takes it', () => {
    expect(textFor('orders', 'id', 'customer.id')).toBe(
      'db.getSiblingDB("shop").getCollection("orders").createIndex({ "id": 1, "customer.id": 1 }, { unique: true })',
    );
    // 47 + 1 + 15
    expect(textFor('c'.repeat(47), 'id', 'customer')).toContain('{ unique: true }');
  });

  it.each([
    ['c'.repeat(48), ['id', 'customer'], 'id_1_customer_'],
    ['c'.repeat(57), ['id', 'customer'], 'id_1_'],
    ['orders', ['a'.repeat(30), 'b'.repeat(30)], `${'a'.repeat(30)}_1_${'b'.repeat(23)}`],
  ])('names the index of %s on %j, whose usual name DocumentDB refuses', (collection, fields, name) => {
    expect(textFor(collection, ...fields)).toContain(`{ unique: true, name: ${JSON.stringify(name)} })`);
    expect(`${collection}$${name}`.length).toBeLessThanOrEqual(63);
  });

  it('asks for an index where the fields are not known', () => {
    expect(createIndexText({ topic: 't', namespace: { database: 'd', collection: 'c' }, fields: undefined })).toMatch(
      /^a unique index on exactly the fields/,
    );
  });
});
