import { describe, expect, it } from 'vitest';
import { EncodedDocument } from '../../../../../functions/documentdb-sink/bson/encoded-document.ts';
import { createNativeMapper } from '../../../../../functions/documentdb-sink/plan/native-mapper.ts';
import { aRecord, type RecordParts } from '../../../../support/builders.ts';

/** What a record asks for without a connector file. */
const planOf = (parts: RecordParts, collection?: string) =>
  createNativeMapper({ database: 'shop', collection })(aRecord({ topic: 'orders', ...parts }), 0);
const filter = new Map([['_id', 'k']]);

function replacementOf(value: string) {
  const plan = planOf({ key: 'k', value });
  const model = plan.kind === 'write' ? plan.models[0] : undefined;
  if (model?.kind !== 'replaceOne') throw new Error('no replacement is planned');
  return model;
}

describe('a record without a connector file', () => {
  it('is one replacement of the document that its key names', () => {
    const plan = planOf({ key: 'k', value: '{"a":1}' });
    const model = { kind: 'replaceOne', filter, upsert: true };
    const namespace = { database: 'shop', collection: 'orders' };
    expect(plan).toMatchObject({ kind: 'write', namespace, models: [model], version: undefined });
    expect(planOf({ key: 'k', value: '{}' }, 'all')).toMatchObject({ namespace: { ...namespace, collection: 'all' } });
  });

  it('goes straight from its text to BSON where its value is plain', () => {
    expect(replacementOf('{"a":1}').replacement).toBeInstanceOf(EncodedDocument);
    expect(replacementOf('{"a":{"$numberLong":"1"}}').replacement).not.toBeInstanceOf(EncodedDocument);
  });

  it.each(['{"a":1,"_id":5}', '{"a":{"$numberInt":"1"},"_id":5}', '{"_id":{"$numberInt":"5"},"a":1}'])(
    'has its key as _id, whatever _id its value has: %s',
    (value) => {
      const { replacement } = replacementOf(value);
      expect([replacement.size, replacement.get('_id'), replacement.get('a')]).toEqual([2, 'k', 1]);
    },
  );

  it('deletes without a value', () => {
    expect(planOf({ key: 'k', value: null })).toMatchObject({ kind: 'write', models: [{ kind: 'deleteOne', filter }] });
  });

  it.each([
    [null, '{}', undefined, '_id is missing: the record has no key'],
    ['k', '{', filter, 'the value is not JSON'],
  ])('is poison for the document that its key names: %j %j', (key, value, expected, detail) => {
    const failure = { code: 'payload_invalid', retryable: false, mayBeWritten: false, detail };
    expect(planOf({ key, value })).toMatchObject({ kind: 'poison', filter: expected, failure });
  });
});
