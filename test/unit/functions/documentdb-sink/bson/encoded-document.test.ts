import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { EncodedDocument } from '../../../../../functions/documentdb-sink/bson/encoded-document.ts';
import { aRecord } from '../../../../support/builders.ts';

const VALUE = { _id: 'its own', a: 1, b: 'x' };

/** Of a record whose key is the `_id`, and whose value has another one. */
function aDocument() {
  const bytes = Buffer.from(BSON.serialize({ a: 1, b: 'x' }));
  const { value } = aRecord({ value: JSON.stringify(VALUE) });
  if (value === null) throw new Error('the record has a value');
  let decodedCount = 0;
  const decode = () => {
    decodedCount += 1;
    return new Map<string, unknown>(Object.entries(VALUE));
  };
  const fields = { bytes, start: 4, end: bytes.length - 1 };
  const document = new EncodedDocument({ id: 'key', fields, value, decode });
  return { document, decodedCount: () => decodedCount };
}

describe('a document that is BSON already', () => {
  it('has its _id first and its stored version last, in bytes and in values', () => {
    const { document } = aDocument();
    expect([...document]).toEqual([...Object.entries({ ...VALUE, _id: 'key' })]);
    const versioned = document.withVersion({ 'orders-0': 1n });
    const expected = { _id: 'key', a: 1, b: 'x', _k: { 'orders-0': 1n } };
    expect([...versioned]).toEqual(Object.entries(expected));
    expect(versioned.size).toBe(4);
    const bytes = BSON.deserialize(versioned.bytes(), { useBigInt64: true });
    expect(Object.entries(bytes)).toEqual(Object.entries(expected));
  });

  it('takes the last version that it is given, and leaves the document before as it was', () => {
    const { document } = aDocument();
    const [first, second] = [1n, 2n].map((offset) => document.withVersion({ 'orders-0': offset }));
    expect(second?.get('_k')).toEqual({ 'orders-0': 2n });
    expect(first?.withVersion({ 'orders-0': 3n }).get('_k')).toEqual({ 'orders-0': 3n });
    expect([first?.get('_k'), document.has('_k')]).toEqual([{ 'orders-0': 1n }, false]);
  });

  it('is decoded for its fields once, and for its _id or its bytes not at all', () => {
    const { document, decodedCount } = aDocument();
    expect([document.get('_id'), document.has('_id'), document.bytes().length > 0]).toEqual(['key', true, true]);
    expect(decodedCount()).toBe(0);
    expect([document.get('a'), document.has('b'), document.has('c'), document.size]).toEqual([1, true, false, 3]);
    expect(decodedCount()).toBe(1);
  });
});
