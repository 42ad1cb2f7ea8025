import { describe, expect, it } from 'vitest';
import type { SinkDocument } from '../../../../../../functions/documentdb-sink/bson/sink-document.ts';
import { createIdStrategy } from '../../../../../../functions/documentdb-sink/connector/id-strategies/create-id-strategy.ts';
import { createPostProcessors } from '../../../../../../functions/documentdb-sink/connector/post-processors/create-post-processors.ts';
import { PropertyError } from '../../../../../../functions/documentdb-sink/connector/property-error.ts';
import {
  compileModel,
  createDeleteStrategy,
  createWriteModelStrategy,
} from '../../../../../../functions/documentdb-sink/connector/write-models/create-write-model-strategy.ts';
import { UnwritableError } from '../../../../../../functions/documentdb-sink/plan/unwritable-error.ts';
import { aRecord } from '../../../../../support/builders.ts';
import {
  documentOf,
  inOrder,
  SINK,
  sinkDocument,
  topicProperties,
  UNREADABLE,
} from '../../../../../support/sink-documents.ts';

const VALUE = '{_id: {a: {a1: 1}, b: {b1: 1, b2: 1}}, a: {a1: 1}, b: {b1: 1, b2: 1, c1: 1}}';
const WITHOUT_ID = '{a: {a1: 1}, b: {b1: 1, b2: 1, c1: 1}}';
const ID_FILTER = '{_id: {a: {a1: 1}, b: {b1: 1, b2: 1}}}';
const KEY_FILTER = '{a: {a1: 1}, b: {b1: 1, b2: 1}}';
const FLAT_FILTER = '{"a.a1": 1, "b.b1": 1, "b.b2": 1}';
const NOW = '{"$date": "2026-01-02T03:04:05Z"}';
const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5);

const idStrategy = (name: string) => ({ 'document.id.strategy': `${SINK}.processor.id.strategy.${name}` });
const partial = (side: 'key' | 'value') => ({
  ...idStrategy(side === 'key' ? 'PartialKeyStrategy' : 'PartialValueStrategy'),
  [`document.id.strategy.partial.${side}.projection.type`]: 'AllowList',
  [`document.id.strategy.partial.${side}.projection.list`]: 'a.a1,b.b1,b.b2',
});
const writeStrategy = (name: string) => ({ 'writemodel.strategy': `${SINK}.writemodel.strategy.${name}` });
const DELETES = { 'delete.on.null.values': 'true' };
const deleteStrategy = (name: string) => ({
  ...DELETES,
  'delete.writemodel.strategy': `${SINK}.writemodel.strategy.${name}`,
});

function compile(given: Readonly<Record<string, string>>, document: SinkDocument, record = aRecord({ key: null })) {
  const properties = topicProperties(given);
  const generate = createIdStrategy(properties);
  const strategies = {
    write: createWriteModelStrategy(properties, generate),
    delete: createDeleteStrategy(properties, generate),
  };
  return compileModel(strategies, document, record, nowMs);
}

/** With the parts of a write in the shell's notation, compared in the order of their fields. */
function expectWrite(actual: object, expected: Readonly<Record<string, string | boolean>>): void {
  const parts = Object.entries(expected).map(([name, part]) => [
    name,
    typeof part === 'string' && part.startsWith('{') ? inOrder(documentOf(part)) : part,
  ]);
  const shown = Object.entries(actual).map(([name, part]) => [name, inOrder(part)]);
  expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(parts));
}

describe('a write model strategy', () => {
  it.each([
    ['InsertOneDefaultStrategy', { kind: 'insertOne', document: VALUE }],
    ['DefaultWriteModelStrategy', { kind: 'replaceOne', filter: ID_FILTER, replacement: VALUE, upsert: true }],
    ['ReplaceOneDefaultStrategy', { kind: 'replaceOne', filter: ID_FILTER, replacement: VALUE, upsert: true }],
    [
      'ReplaceOneBusinessKeyStrategy',
      { kind: 'replaceOne', filter: KEY_FILTER, replacement: WITHOUT_ID, upsert: true },
    ],
    [
      'UpdateOneDefaultStrategy',
      { kind: 'updateOne', filter: ID_FILTER, update: `{$set: ${WITHOUT_ID}}`, upsert: true },
    ],
    [
      'UpdateOneTimestampsStrategy',
      {
        kind: 'updateOne',
        filter: ID_FILTER,
        update: `{$set: ${VALUE.slice(0, -1)}, _modifiedTS: ${NOW}}, $setOnInsert: {_insertedTS: ${NOW}}}`,
        upsert: true,
      },
    ],
    [
      'UpdateOneBusinessKeyTimestampStrategy',
      {
        kind: 'updateOne',
        filter: KEY_FILTER,
        update: `{$set: ${WITHOUT_ID.slice(0, -1)}, _modifiedTS: ${NOW}}, $setOnInsert: {_insertedTS: ${NOW}}}`,
        upsert: true,
      },
    ],
    ['DeleteOneBusinessKeyStrategy', { kind: 'deleteOne', filter: KEY_FILTER }],
  ])('%s', (name, expected) => {
    expectWrite(compile(writeStrategy(name), sinkDocument(null, VALUE)), expected);
  });

  it.each(['ReplaceOneBusinessKeyStrategy', 'UpdateOneBusinessKeyTimestampStrategy', 'DeleteOneBusinessKeyStrategy'])(
    '%s has paths in its filter if the id strategy is a partial one',
    (name) => {
      for (const side of ['key', 'value'] as const) {
        const write = compile({ ...writeStrategy(name), ...partial(side) }, sinkDocument(null, VALUE));
        expect(inOrder('filter' in write && write.filter)).toEqual(inOrder(documentOf(FLAT_FILTER)));
      }
    },
  );

  it('that is the default inserts into a time series', () => {
    const write = compile({ 'timeseries.timefield': 'ts' }, sinkDocument(null, '{_id: 1}'));
    expectWrite(write, { kind: 'insertOne', document: '{_id: 1}' });
    const blank = compile({ 'timeseries.timefield': ' ' }, sinkDocument(null, '{_id: 1}'));
    expect(blank.kind).toBe('replaceOne');
  });

  it('that needs a value or a key document refuses a record without it', () => {
    const byBusinessKey = deleteStrategy('DeleteOneBusinessKeyStrategy');
    expect(() => compile(byBusinessKey, sinkDocument('{a: 1}', null))).toThrow(
      'Could not build the WriteModel, the value document was missing unexpectedly',
    );
    const byKey = { ...DELETES, ...idStrategy('FullKeyStrategy') };
    expect(() => compile(byKey, sinkDocument(null, null), aRecord({ key: 'null' }))).toThrow(
      'Could not build the WriteModel, the key document was missing unexpectedly',
    );
  });

  it.each(['ReplaceOneDefaultStrategy', 'UpdateOneDefaultStrategy', 'UpdateOneTimestampsStrategy'])(
    '%s refuses a value without _id, and accepts a null _id',
    (name) => {
      const run = (value: string) => compile(writeStrategy(name), sinkDocument('{}', value));
      expect(() => run('{}')).toThrow(/`_id` field was missing unexpectedly/);
      expect(inOrder((run('{_id: null}') as { filter: unknown }).filter)).toEqual(inOrder(documentOf('{_id: null}')));
    },
  );

  it.each(['ReplaceOneBusinessKeyStrategy', 'UpdateOneBusinessKeyTimestampStrategy', 'DeleteOneBusinessKeyStrategy'])(
    '%s refuses an _id that is no document, and says what may be missing',
    (name) => {
      for (const value of ['{}', '{_id: 4}', '{_id: null}']) {
        expect(() => compile(writeStrategy(name), sinkDocument('{}', value))).toThrow(
          /document\.id\.strategy\.overwrite\.existing=true/,
        );
      }
    },
  );

  it('does not upsert with msksinks.writemodel.upsert=false', () => {
    const off = { 'msksinks.writemodel.upsert': 'false' };
    for (const name of [
      'DefaultWriteModelStrategy',
      'ReplaceOneBusinessKeyStrategy',
      'UpdateOneDefaultStrategy',
      'UpdateOneTimestampsStrategy',
      'UpdateOneBusinessKeyTimestampStrategy',
    ]) {
      expect(compile({ ...writeStrategy(name), ...off }, sinkDocument(null, VALUE))).toMatchObject({ upsert: false });
    }
  });

  it.each([
    ['{id: 1234}', '{_id: {id: 1234}}'],
    ['{_id: 7, other: 1}', '{_id: 7, other: 1}'],
  ])('DeleteOneDefaultStrategy by itself deletes by the key %s', (key, filter) => {
    const write = compile(writeStrategy('DeleteOneDefaultStrategy'), sinkDocument(key, '{a: 1}'));
    expectWrite(write, { kind: 'deleteOne', filter });
  });

  it('DeleteOneDefaultStrategy by itself refuses a record without a key', () => {
    expect(() => compile(writeStrategy('DeleteOneDefaultStrategy'), sinkDocument(null, '{}'))).toThrow(/key document/);
  });

  it.each([
    ['FullKeyStrategy', '{_id: 1, b: 2}', '{_id: {_id: 1, b: 2}}'],
    ['ProvidedInKeyStrategy', '{_id: 1, b: 2}', '{_id: 1}'],
    ['PartialKeyStrategy', '{a: {a1: 1, a2: 2}, c: 3}', '{_id: {a: {a1: 1}}}'],
  ])('deletes by the _id that %s makes of the key', (name, key, filter) => {
    const given = name === 'PartialKeyStrategy' ? partial('key') : idStrategy(name);
    expectWrite(compile({ ...DELETES, ...given }, sinkDocument(key, null)), { kind: 'deleteOne', filter });
  });

  it('deletes by a raw key that is no document', () => {
    const given = { ...DELETES, 'document.id.strategy': 'msksinks.RawKeyStrategy' };
    const write = compile(given, sinkDocument(UNREADABLE, null), aRecord({ key: 'order-1', value: null }));
    expectWrite(write, { kind: 'deleteOne', filter: '{_id: "order-1"}' });
  });

  it.each([
    'BsonOidStrategy',
    'UuidStrategy',
    'KafkaMetaDataStrategy',
    'ProvidedInValueStrategy',
    'UuidProvidedInKeyStrategy',
  ])('for deletes is refused with %s when the configuration is read', (name) => {
    expect(() => compile({ ...DELETES, ...idStrategy(name) }, sinkDocument('{}', null))).toThrow(PropertyError);
    expect(() => compile({ ...DELETES, ...idStrategy(name) }, sinkDocument('{}', null))).toThrow(
      'delete.on.null.values=true: ',
    );
  });

  it('DeleteOneTombstoneBusinessKeyStrategy deletes by the partial key, as paths', () => {
    const key = '{_id: {a: {a1: 0}, b: {b1: 0, b2: 0}}, a: {a1: 0}, b: {b1: 0, b2: 0, c1: 0}}';
    const given = { ...deleteStrategy('DeleteOneTombstoneBusinessKeyStrategy'), ...partial('key') };
    expectWrite(compile(given, sinkDocument(key, null)), {
      kind: 'deleteOne',
      filter: '{"a.a1": 0, "b.b1": 0, "b.b2": 0}',
    });
  });

  it('DeleteOneTombstoneBusinessKeyStrategy refuses another id strategy, and a missing key', () => {
    const tombstone = writeStrategy('DeleteOneTombstoneBusinessKeyStrategy');
    expect(() => compile(tombstone, sinkDocument('{}', '{}'))).toThrow(/expects PartialKeyStrategy/);
    expect(() => compile({ ...tombstone, ...partial('key') }, sinkDocument(null, '{}'))).toThrow(/key document/);
  });

  it('refuses a null value unless null values delete, and a record without key and value', () => {
    expect(() => compile({}, sinkDocument('{}', null))).toThrow(/could not create write model/i);
    const given = { ...DELETES, ...idStrategy('FullKeyStrategy') };
    expect(() => compile(given, sinkDocument(null, null))).toThrow(/neither key doc nor value doc/);
  });

  it('refuses a value that is no document', () => {
    expect(() => compile({}, sinkDocument(null, UNREADABLE))).toThrow(UnwritableError);
  });

  it('includes an _id that a renamer made in the business key, if it may be overwritten', () => {
    const given = {
      ...writeStrategy('UpdateOneBusinessKeyTimestampStrategy'),
      ...idStrategy('PartialValueStrategy'),
      'post.processor.chain': `${SINK}.processor.field.renaming.RenameByMapping, ${SINK}.processor.DocumentIdAdder`,
      'field.renamer.mapping': '[{oldName: "value.c", newName: "_id"}]',
      'document.id.strategy.overwrite.existing': 'true',
      'document.id.strategy.partial.value.projection.type': 'allowlist',
      'document.id.strategy.partial.value.projection.list': 'a, b, _id',
    };
    const properties = topicProperties(given);
    const document = sinkDocument('{_id: 1}', '{a: "a", b: "b", c: "c", d: "d"}');
    for (const process of createPostProcessors(properties, createIdStrategy(properties))) process(document, aRecord());
    expectWrite(compile(given, document), {
      kind: 'updateOne',
      filter: '{a: "a", b: "b", _id: "c"}',
      update: `{$set: {a: "a", b: "b", d: "d", _modifiedTS: ${NOW}}, $setOnInsert: {_insertedTS: ${NOW}}}`,
      upsert: true,
    });
  });
});
