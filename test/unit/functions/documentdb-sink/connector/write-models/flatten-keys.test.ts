import { describe, expect, it } from 'vitest';
import { flattenKeys } from '../../../../../../functions/documentdb-sink/connector/write-models/flatten-keys.ts';
import { documentOf, inOrder } from '../../../../../support/sink-documents.ts';

describe('flattenKeys', () => {
  it('makes paths of documents, keeps arrays whole, and leaves nothing of an empty document', () => {
    const document = documentOf(
      '{a: {a: 1}, b: {b: 1, c: {d: 1, e: {f: 1}}}, g: [{h: 1, i: {j: 1}}], empty: {}, n: null}',
    );
    expect(inOrder(flattenKeys(document))).toEqual(
      inOrder(documentOf('{"a.a": 1, "b.b": 1, "b.c.d": 1, "b.c.e.f": 1, g: [{h: 1, i: {j: 1}}], n: null}')),
    );
  });
});
