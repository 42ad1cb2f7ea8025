import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRecordMapper } from '../../../../../functions/documentdb-sink/connector/create-record-mapper.ts';
import { functionSettings } from '../../../../../functions/documentdb-sink/connector/file/function-settings.ts';
import { readConnector } from '../../../../../functions/documentdb-sink/connector/file/read-connector.ts';
import type { WritePlan } from '../../../../../functions/documentdb-sink/plan/record-mapper.ts';
import { SettingsError } from '../../../../../shared/errors.ts';
import { aRecord } from '../../../../support/builders.ts';

const SINK = 'com.mongodb.kafka.connect.sink';
const NOW_MS = Date.UTC(2026, 0, 1);
const mapperOf = (properties: object) => {
  const text = JSON.stringify({ topics: 'orders', database: 'myDB', ...properties });
  return createRecordMapper(readConnector(text, { where: 'test' }), 'test');
};
type Parts = Parameters<typeof aRecord>[0];
const planOf = (properties: object, parts: Parts): WritePlan =>
  mapperOf(properties)(aRecord({ topic: 'orders', ...parts }), NOW_MS);
const written = (plan: WritePlan) => {
  if (plan.kind !== 'write') throw new Error(`it is ${JSON.stringify(plan)}`);
  return plan;
};
const poisoned = (plan: WritePlan) => {
  if (plan.kind !== 'poison') throw new Error(`it is ${JSON.stringify(plan)}`);
  return plan;
};
const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain);
  return value instanceof Map ? Object.fromEntries([...value].map(([name, each]) => [name, plain(each)])) : value;
};

const VALUE =
  "{_id: 1, op: 'c', before: null, after: \"{_id: 1, first_name: 'Alice', last_name: 'Wonderland'}}\", source: 'ignored'}";
const MONGODB_CDC = { 'change.data.capture.handler': `${SINK}.cdc.debezium.mongodb.MongoDbHandler` };

describe("a record, as the connector's own tests have it", () => {
  it('is replaced by its _id in the collection named like its topic', () => {
    const { namespace, models, version } = written(planOf({}, { key: '{_id: 1}', value: VALUE }));
    expect(namespace).toEqual({ database: 'myDB', collection: 'orders' });
    expect(plain(models[0].kind === 'replaceOne' && models[0].filter)).toEqual({ _id: 1 });
    expect(models[0]).toMatchObject({ kind: 'replaceOne', upsert: true });
    expect(version).toBeUndefined();
  });

  it('goes to the collection that is configured, of its topic first', () => {
    const properties = { collection: 'all', 'topic.override.orders.collection': 'own' };
    expect(written(planOf(properties, { value: '{_id: 1}' })).namespace.collection).toBe('own');
  });

  it('is read by the change event handler, whatever strategies are configured', () => {
    const [model] = written(planOf(MONGODB_CDC, { key: '{_id: 1}', value: VALUE })).models;
    expect(plain(model.kind === 'replaceOne' && model.replacement)).toEqual({
      _id: 1,
      first_name: 'Alice',
      last_name: 'Wonderland',
    });
  });

  it('loses its nulls in a change event where that is asked for, and is nothing when nothing is left', () => {
    const removing = { ...MONGODB_CDC, 'change.data.capture.handler.remove.null.values': 'true' };
    const update = (set: string) => `{op: 'u', patch: "{\\"$set\\": ${set}}", source: 'ignored'}`;
    const [model] = written(
      planOf(removing, { key: "{id: '1234'}", value: update('{\\"a\\": 1, \\"b\\": null}') }),
    ).models;
    expect(plain(model.kind === 'updateOne' && model.update)).toEqual({ $set: { a: 1 } });
    expect(planOf(removing, { key: "{id: '1234'}", value: update('{\\"foo\\": null}') })).toEqual({
      kind: 'none',
      reason: 'noop',
    });
  });

  it('is nothing when it is the tombstone behind a change event', () => {
    expect(planOf(MONGODB_CDC, { key: '{id: 0}', value: null })).toEqual({ kind: 'none', reason: 'tombstone' });
  });

  it('has a field renamed to _id before it is part of the business key', () => {
    const properties = {
      'writemodel.strategy': `${SINK}.writemodel.strategy.UpdateOneBusinessKeyTimestampStrategy`,
      'post.processor.chain': `${SINK}.processor.field.renaming.RenameByMapping, ${SINK}.processor.DocumentIdAdder`,
      'field.renamer.mapping': '[{oldName: "value.c", newName: "_id"}]',
      'document.id.strategy': `${SINK}.processor.id.strategy.PartialValueStrategy`,
      'document.id.strategy.overwrite.existing': 'true',
      'document.id.strategy.partial.value.projection.type': 'allowlist',
      'document.id.strategy.partial.value.projection.list': 'a, b, _id',
    };
    const [model] = written(planOf(properties, { key: '{_id: 1}', value: "{a: 'a', b: 'b', c: 'c', d: 'd'}" })).models;
    const now = new Date(NOW_MS);
    expect(model.kind === 'updateOne' && [plain(model.filter), plain(model.update)]).toEqual([
      { a: 'a', b: 'b', _id: 'c' },
      { $set: { a: 'a', b: 'b', d: 'd', _modifiedTS: now }, $setOnInsert: { _insertedTS: now } },
    ]);
  });

  it('deletes by its key when its value is null and that is asked for', () => {
    const properties = {
      'delete.on.null.values': 'true',
      'document.id.strategy': `${SINK}.processor.id.strategy.FullKeyStrategy`,
    };
    const [model] = written(planOf(properties, { key: '{b: 1, a: 2}', value: null })).models;
    expect(plain(model.kind === 'deleteOne' && model.filter)).toEqual({ _id: { b: 1, a: 2 } });
    expect(poisoned(planOf({}, { key: '{}', value: null })).failure.detail).toMatch(/^Could not create write model/);
  });
});

describe('a record that cannot be written', () => {
  const FULL_KEY = { 'document.id.strategy': `${SINK}.processor.id.strategy.FullKeyStrategy` };

  it('says which document it was of, so that what comes later waits, and quotes nothing', () => {
    const { failure, filter, namespace } = poisoned(planOf(FULL_KEY, { key: '{id: 5}', value: 'secret, no JSON' }));
    expect(failure).toMatchObject({ code: 'payload_invalid', retryable: false });
    expect(failure.detail).toBe('Could not convert value into a BsonDocument: the value is not JSON');
    expect(plain(filter)).toEqual({ _id: { id: 5 } });
    expect(namespace).toEqual({ database: 'myDB', collection: 'orders' });
  });

  it.each([
    ['json.JsonConverter', '5', 'No converter present due to unexpected object type: the key is a number'],
    ['converters.LongConverter', 'abc', 'LongConverter refuses the key: it has not 8 bytes'],
    ['storage.StringConverter', 'abc', 'the key is not JSON'],
  ])('names the key where %s cannot make a document of it', (converter, key, detail) => {
    const properties = {
      ...FULL_KEY,
      'key.converter': `org.apache.kafka.connect.${converter}`,
      'key.converter.schemas.enable': 'false',
    };
    const { failure } = poisoned(planOf(properties, { key, value: '{}' }));
    expect(failure.detail).toBe(`Could not convert key into a BsonDocument: ${detail}`);
  });

  it('is of no document when its id is in what cannot be read', () => {
    expect(poisoned(planOf(FULL_KEY, { key: 'abc', value: '{}' })).filter).toBeUndefined();
  });

  it('names a business key as the strategy would have filtered by it', () => {
    const properties = {
      'writemodel.strategy': `${SINK}.writemodel.strategy.ReplaceOneBusinessKeyStrategy`,
      'document.id.strategy': `${SINK}.processor.id.strategy.PartialKeyStrategy`,
      'document.id.strategy.partial.key.projection.type': 'AllowList',
      'document.id.strategy.partial.key.projection.list': 'a.b',
    };
    expect(plain(poisoned(planOf(properties, { key: '{a: {b: 1, c: 2}}', value: 'x' })).filter)).toEqual({
      'a.b': 1,
    });
  });

  it('names a part of the value as the strategy would have, and no business key that is no document', () => {
    const byKey = { 'writemodel.strategy': `${SINK}.writemodel.strategy.ReplaceOneBusinessKeyStrategy` };
    const id = (name: string) => ({ 'document.id.strategy': `${SINK}.processor.id.strategy.${name}` });
    const partial = 'document.id.strategy.partial.value.projection';
    const ofValue = {
      ...byKey,
      ...id('PartialValueStrategy'),
      [`${partial}.type`]: 'AllowList',
      [`${partial}.list`]: 'a.b',
    };
    // The value's own _id stays, and is no document.
    const value = '{_id: 5, a: {b: 1, c: 2}}';
    expect(plain(poisoned(planOf(ofValue, { key: '{}', value })).filter)).toEqual({ 'a.b': 1 });
    const provided = { ...byKey, ...id('ProvidedInKeyStrategy') };
    expect(poisoned(planOf(provided, { key: '{_id: 5}', value: 'x' })).filter).toBeUndefined();
  });

  it.each([
    [
      { 'namespace.mapper.value.collection.field': 'c', 'namespace.mapper.error.if.invalid': 'true' },
      '{_id: 1}',
      /^Missing document path 'c'/,
    ],
    [{ 'namespace.mapper.value.database.field': 'c' }, "{_id: 1, c: 'a/b'}", /gives an invalid database name/],
    [
      { 'namespace.mapper.value.collection.field': 'c' },
      "{_id: 1, c: 'system.users'}",
      /gives an invalid collection name/,
    ],
    [{ 'namespace.mapper.value.collection.field': 'c' }, "{_id: 1, c: ''}", /gives an invalid collection name/],
  ])('has no namespace: %j', (properties, value, detail) => {
    const mapper = `${SINK}.namespace.mapping.FieldPathNamespaceMapper`;
    const plan = poisoned(planOf({ 'namespace.mapper': mapper, ...properties }, { key: '{}', value }));
    expect(plan.namespace).toBeUndefined();
    expect(plan.failure.detail).toMatch(detail);
  });
});

describe('a key that no strategy asks for', () => {
  const CONNECT = 'org.apache.kafka.connect';
  const planWithKey = (converter: string, keyBytes: Uint8Array): WritePlan =>
    planOf(
      { 'key.converter': `${CONNECT}.${converter}`, 'key.converter.schemas.enable': 'false' },
      { key: keyBytes, value: '{_id: 1}' },
    );

  it.each([
    ['json.JsonConverter', Buffer.from('no JSON')],
    ['converters.ShortConverter', Buffer.alloc(4)],
    ['converters.IntegerConverter', Buffer.alloc(3)],
    ['converters.LongConverter', Buffer.alloc(4)],
    ['converters.FloatConverter', Buffer.alloc(8)],
    ['converters.DoubleConverter', Buffer.alloc(4)],
    ['converters.BooleanConverter', Buffer.from([2])],
  ])('is poison where %s refuses the key, as the worker of Kafka Connect has it', (converter, keyBytes) => {
    const { failure, namespace } = poisoned(planWithKey(converter, keyBytes));
    expect(failure.detail).toMatch(/^Could not convert key into a BsonDocument: /);
    expect(namespace).toEqual({ database: 'myDB', collection: 'orders' });
  });

  it.each([
    ['json.JsonConverter', Buffer.from('[1]')],
    ['storage.StringConverter', Buffer.from('no JSON')],
    ['converters.ByteArrayConverter', Buffer.from('no BSON')],
    ['converters.ShortConverter', Buffer.from([5, 0])],
    ['converters.IntegerConverter', Buffer.alloc(4)],
    ['converters.LongConverter', Buffer.alloc(8)],
    ['converters.FloatConverter', Buffer.alloc(4)],
    ['converters.DoubleConverter', Buffer.alloc(8)],
    ['converters.BooleanConverter', Buffer.from([0])],
    ['converters.BooleanConverter', Buffer.from([1])],
  ])('need not be a document: what %s takes is enough', (converter, keyBytes) => {
    expect(planWithKey(converter, keyBytes).kind).toBe('write');
  });
});

describe('a guard beside the offset', () => {
  const versionOf = (properties: object, parts: Parts) => written(planOf(properties, parts)).version;
  const FIELD = { 'msksinks.guard': 'field', 'msksinks.guard.field': 'meta.version' };

  it("takes the record's timestamp", () => {
    expect(versionOf({ 'msksinks.guard': 'timestamp' }, { value: '{_id: 1}', timestampMs: 5 })).toBe(5n);
    const without = poisoned(planOf({ 'msksinks.guard': 'timestamp' }, { value: '{_id: 1}', timestampMs: -1 }));
    expect(without.failure.detail).toMatch(/the record has no timestamp/);
  });

  it.each([
    ['7', 7],
    ['7.5', 7.5],
    ['8.0', 8],
    ['NumberLong(9)', 9n],
    ["ISODate('1970-01-01T00:00:00.005Z')", 5n],
  ])('takes a field of the value as it came: %s', (content, expected) => {
    const properties = {
      ...FIELD,
      'post.processor.chain': `${SINK}.processor.BlockListValueProjector`,
      'value.projection.list': 'meta',
    };
    expect(versionOf(properties, { value: `{_id: 1, meta: {version: ${content}}}` })).toBe(expected);
  });

  it('is none for a value that is null, which has no field', () => {
    const properties = {
      ...FIELD,
      'delete.on.null.values': 'true',
      'document.id.strategy': `${SINK}.processor.id.strategy.FullKeyStrategy`,
    };
    expect(versionOf(properties, { key: '{id: 5}', value: null })).toBeUndefined();
  });

  it.each(['{_id: 1}', "{_id: 1, meta: {version: 'x'}}", '{_id: 1, meta: {version: NaN}}'])(
    'refuses %s, which has none',
    (value) => {
      expect(poisoned(planOf(FIELD, { value })).failure.detail).toBe(
        "msksinks.guard.field: the value has neither a number nor a date at 'meta.version'",
      );
    },
  );
});

describe('a file that cannot be followed', () => {
  it('says all that is wrong with it, once', () => {
    const make = () =>
      mapperOf({
        topics: 'a,b',
        'field.renamer.mapping': ']not: json}',
        'post.processor.chain': `${SINK}.processor.field.renaming.RenameByMapping`,
      });
    expect(make).toThrow(SettingsError);
    expect(make).toThrow(/test has 1 problem\(s\):\n {2}- field\.renamer\.mapping=/);
  });
});

describe('config/connectors/orders.properties, the example', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../../../config/connectors/orders.properties'), 'utf8');
  const connector = readConnector(text, { where: 'orders.properties' });

  it('is taken as it is, and its raw keys are ids', () => {
    const [model] = written(
      createRecordMapper(connector, 'x')(
        aRecord({ topic: 'orders', key: 'o-1', value: '{"b": 1, "_id": 5, "a": 2.5}' }),
        NOW_MS,
      ),
    ).models;
    expect(model.kind === 'replaceOne' && [plain(model.filter), plain(model.replacement)]).toEqual([
      { _id: 'o-1' },
      { _id: 'o-1', a: 2.5, b: 1n },
    ]);
    const [deletion] = written(
      createRecordMapper(connector, 'x')(aRecord({ topic: 'orders', key: 'o-1', value: null }), NOW_MS),
    ).models;
    expect(plain(deletion)).toMatchObject({ kind: 'deleteOne' });
  });

  it('has what the function needs to know', () => {
    expect(functionSettings(connector)).toMatchObject({
      onPoison: 'deadLetter',
      deletes: 'tombstone',
      deadLetterTopic: 'orders-dead-letters',
    });
    expect([...connector.providers.keys()]).toEqual(['sm', 'ssm', 's3import']);
  });
});

describe('a CDC handler or strategy that reads no key', () => {
  it.each([
    ['BlockListKeyProjector', ''],
    ['AllowListKeyProjector', '**'],
    ['field.renaming.RenameByMapping', ''],
    ['field.renaming.RenameByRegExp', ''],
  ])('%s of %j ignores a key that is no document', (name, list) => {
    const properties = { 'post.processor.chain': `${SINK}.processor.${name}`, 'key.projection.list': list };
    expect(planOf(properties, { key: 'no document', value: '{_id: 1}' }).kind).toBe('write');
  });

  it.each(['debezium.rdbms.RdbmsHandler', 'qlik.rdbms.RdbmsHandler'])(
    '%s ignores a tombstone, whatever its key',
    (handler) => {
      const properties = { 'change.data.capture.handler': `${SINK}.cdc.${handler}` };
      expect(planOf(properties, { key: 'no document', value: null })).toEqual({ kind: 'none', reason: 'tombstone' });
    },
  );
});
