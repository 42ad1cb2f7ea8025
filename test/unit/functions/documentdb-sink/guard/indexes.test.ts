import { describe, expect, it } from 'vitest';
import {
  guardIndexOf,
  type IndexDescription,
  keyOf,
  strictIndexesOf,
} from '../../../../../functions/documentdb-sink/guard/indexes.ts';

const anIndex = (fields: readonly string[], parts: Partial<IndexDescription> = {}): IndexDescription => ({
  name: fields.join('-'),
  fields,
  isUnique: true,
  isSparse: false,
  isPartial: false,
  ...parts,
});

describe('a business key', () => {
  it('is its fields, in any order and with no other way to read them', () => {
    expect(keyOf(['b', 'a'])).toBe(keyOf(['a', 'b']));
    expect(keyOf(['a', 'b'])).not.toBe(keyOf(['ab']));
    expect(keyOf(['a', 'b'])).not.toBe(keyOf(['a']));
  });

  it('is guarded by a unique index on exactly its fields, which holds every document', () => {
    const guard = anIndex(['sku', 'shop']);
    const others = [
      anIndex(['shop', 'sku'], { isUnique: false }),
      anIndex(['shop', 'sku'], { isPartial: true }),
      anIndex(['shop', 'sku'], { isUnique: false, isPartial: true }),
      anIndex(['shop']),
      anIndex(['shop', 'sku', 'size']),
    ];
    expect(guardIndexOf([...others, guard], keyOf(['shop', 'sku']))).toBe(guard);
    expect(guardIndexOf(others, keyOf(['shop', 'sku']))).toBeUndefined();
    expect(guardIndexOf([anIndex(['shop', 'sku'], { isSparse: true })], keyOf(['shop', 'sku']))).toBeDefined();
  });
});

describe('an index in which tombstones collide', () => {
  const keys = new Set([keyOf(['shop', 'sku'])]);

  it('is unique, and holds documents that have none of its fields', () => {
    const strict = anIndex(['email']);
    expect(strictIndexesOf([strict], keys)).toEqual([strict]);
  });

  it.each([
    ['not unique', anIndex(['email'], { isUnique: false })],
    ['sparse', anIndex(['email'], { isSparse: true })],
    ['partial', anIndex(['email'], { isPartial: true })],
    ['sparse and partial', anIndex(['email'], { isSparse: true, isPartial: true })],
    ['neither unique nor sparse, but partial', anIndex(['email'], { isUnique: false, isPartial: true })],
    ['that of _id', anIndex(['_id'])],
    ['that of a business key', anIndex(['sku', 'shop'])],
  ])('is none that is %s', (_what, index) => {
    expect(strictIndexesOf([index], keys)).toEqual([]);
  });
});
