import { describe, expect, it } from 'vitest';
import { createCdcHandler } from '../../../../../../functions/documentdb-sink/connector/cdc/create-cdc-handler.ts';
import { CUSTOM_STRATEGIES } from '../../../../../../functions/documentdb-sink/connector/custom/registry.ts';
import { PropertyError } from '../../../../../../functions/documentdb-sink/connector/property-error.ts';
import { aRecord } from '../../../../../support/builders.ts';
import { expectWrites, HANDLER, handle, OPLOG, STREAM } from '../../../../../support/cdc-events.ts';
import { sinkDocument, topicProperties } from '../../../../../support/sink-documents.ts';

describe('a CDC handler', () => {
  it('is not set by default, and an unknown class is refused by name', () => {
    expect(createCdcHandler(topicProperties())).toBeUndefined();
    expect(() => handle('OurHandler', { value: null })).toThrow(PropertyError);
  });
});

describe('null removal', () => {
  const given = { [`${HANDLER}.remove.null.values`]: 'true' };
  const replaceNulls = (after: string) => ({ key: '{id: 1}', value: `{op: "c", after: ${after}}`, given });

  it('takes nulls from a replacement, also within documents and arrays', () => {
    const after = '{a: null, sub: {x: 1, y: null, inner: {p: null, q: 2}}, arr: [{k: null, v: 1}, "literal", null]}';
    const replacement = '{_id: {id: 1}, sub: {x: 1, inner: {q: 2}}, arr: [{v: 1}, "literal", null]}';
    expectWrites('debezium.rdbms.RdbmsHandler', replaceNulls(after), {
      kind: 'replaceOne',
      filter: '{_id: {id: 1}}',
      replacement,
      upsert: true,
    });
  });

  it('leaves no replacement that has nothing left', () => {
    expectWrites(STREAM, { value: '{operationType: "insert", documentKey: {_id: 1}, fullDocument: {a: null}}', given });
  });

  it.each([
    ['{a: 1, b: null, s: {x: 1, y: null}}', '["d"]', '{$set: {a: 1, s: {x: 1}}, $unset: {d: ""}}'],
    ['{a: null}', '["b"]', '{$unset: {b: ""}}'],
    ['{a: null, b: null}', '[]', undefined],
  ])('takes nulls from $set: %s, removed %s', (updated, removed, update) => {
    const value = `{operationType: "update", documentKey: {_id: 1}, updateDescription: {updatedFields: ${updated}, removedFields: ${removed}}}`;
    const writes = update === undefined ? [] : [{ kind: 'updateOne', filter: '{_id: 1}', update, upsert: false }];
    expectWrites(STREAM, { value, given }, ...writes);
  });

  it('leaves other operators and deletes as they are', () => {
    const patch = '{op: "u", patch: "{$unset: {a: null}, $inc: {n: 1}}"}';
    expectWrites(
      OPLOG,
      { key: '{id: "1"}', value: patch, given },
      { kind: 'updateOne', filter: '{_id: 1}', update: '{$unset: {a: null}, $inc: {n: 1}}', upsert: false },
    );
    expectWrites(OPLOG, { key: '{id: "1"}', value: '{op: "d"}', given }, { kind: 'deleteOne', filter: '{_id: 1}' });
  });

  it('is off by default', () => {
    const value = '{operationType: "insert", documentKey: {_id: 1}, fullDocument: {a: null}}';
    expectWrites(STREAM, { value }, { kind: 'replaceOne', filter: '{_id: 1}', replacement: '{a: null}', upsert: true });
  });
});

describe('a custom CDC handler', () => {
  it('may make several writes of an event', () => {
    const properties = topicProperties({ [HANDLER]: 'custom.Both' });
    const both = () => [1, 2].map((id) => ({ kind: 'deleteOne' as const, filter: new Map([['_id', id]]) }));
    const handler = createCdcHandler(properties, {
      ...CUSTOM_STRATEGIES,
      cdcHandlers: new Map([['custom.Both', () => both]]),
    });
    expect(handler?.(sinkDocument(null, null), aRecord(), 0)).toEqual(both());
  });
});
