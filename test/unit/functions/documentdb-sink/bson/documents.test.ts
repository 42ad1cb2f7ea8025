import { Binary } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { cloneDocument, removeNullValues } from '../../../../../functions/documentdb-sink/bson/documents.ts';
import { doc } from '../../../../support/write-models.ts';

describe('a copy of a document', () => {
  it('shares nothing that a strategy can change', () => {
    const bytes = new Binary(Buffer.of(1), Binary.SUBTYPE_UUID_OLD);
    const original = doc({ a: { b: 1 }, list: [doc({ c: 1 }), [2]], bytes });
    const copy = cloneDocument(original);
    expect(copy).toEqual(original);

    const [first, second] = copy.get('list') as [Map<string, unknown>, unknown[]];
    first.set('c', 'changed');
    second.push('changed');
    (copy.get('a') as Map<string, unknown>).set('b', 'changed');
    (copy.get('bytes') as Binary).buffer[0] = 9;
    expect(original).toEqual(
      doc({ a: { b: 1 }, list: [doc({ c: 1 }), [2]], bytes: new Binary(Buffer.of(1), Binary.SUBTYPE_UUID_OLD) }),
    );
  });
});

describe('null fields', () => {
  it('are removed at any depth, but not from arrays, and documents that become empty stay', () => {
    const given = doc({ a: null, b: { c: null, d: 1 }, e: { f: null }, list: [null, doc({ g: null, h: 2 })] });
    const document = cloneDocument(given);
    removeNullValues(document);
    expect(document).toEqual(doc({ b: { d: 1 }, e: {}, list: [null, doc({ h: 2 })] }));
  });
});
