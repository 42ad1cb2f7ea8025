import { describe, expect, it } from 'vitest';
import { readConnector } from '../../functions/documentdb-sink/connector/file/read-connector.ts';
import {
  type ConnectorStory,
  REGISTRY_CONVERTERS,
  SOURCES,
  type SourceName,
  type TransformStory,
} from './scenario/connector/connector.ts';
import { generateStory } from './scenario/generate/generate.ts';
import type { Scenario, ScenarioRecord } from './scenario/scenario.ts';
import { eventOf } from './services/documents/connector/change-events.ts';
import { modelsOfChange, modelsOfRow } from './services/documents/connector/change-model.ts';
import { connectorText } from './services/documents/connector/connector-file.ts';
import {
  keyBytesOf,
  keyOfDocument,
  modelsOfFile,
  valueFieldsOf,
} from './services/documents/connector/connector-model.ts';
import { CONFLUENT } from './services/documents/connector/registry/confluent-api.ts';
import {
  registryKeyOf,
  registryValueOf,
  schemaIdIn,
} from './services/documents/connector/registry/registry-records.ts';
import { FORMATS, schemaAt } from './services/documents/connector/registry/stored-schemas.ts';
import { payloadText, withSchema } from './services/documents/connector/schema-json.ts';
import { SCHEMA_VALUES_COUNT, schemaValuesFrom } from './services/documents/connector/schema-values.ts';
import { transformed } from './services/documents/connector/transform-model.ts';
import { KafkaLog } from './services/kafka-log.ts';

const PLAIN: ConnectorStory = {
  idStrategy: 'fullKey',
  writeModels: ['replaceOneDefault', 'updateOneDefault'],
  converter: 'string',
};

const connectorStories = (): readonly Scenario[] =>
  Array.from({ length: 400 }, (_, index) =>
    generateStory({ seed: index + 1, generator: 3, sink: 'documentdbSink' }),
  ).filter(({ documentdb }) => documentdb.connector !== undefined);

const RECORD: ScenarioRecord = { id: 4, key: 'a', atMs: 0, kind: 'plain' };

/** What a record of key `a` and number 4 asks for. */
function modelsOf(changes: Partial<ConnectorStory>, { topic = 0, isDeletion = false } = {}) {
  const connector = { ...PLAIN, ...changes };
  const text = JSON.stringify({ id: 4, ...valueFieldsOf('a', 4, connector) });
  const value = Buffer.from(text);
  const record = { ...RECORD, topic };
  const log = new KafkaLog(1, 2);
  return modelsOfFile(log.produce(record, isDeletion ? null : value, keyBytesOf(record, connector)), connector, text);
}

const plain = (value: unknown): unknown => {
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, inner]) => [name, plain(inner)]));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
};

describe('what a connector file asks for', () => {
  it('is a replacement with the whole key as _id', () => {
    const _id = { k: 'a', part: 3 };
    const replacement = { _id, id: 4, k: 'no part of an _id', part: 3, f1: 4 };
    expect(modelsOf({}).map(plain)).toEqual([{ kind: 'replaceOne', filter: { _id }, replacement, upsert: true }]);
  });

  it('is of the topic of the record', () => {
    expect(modelsOf({}, { topic: 1 }).map(plain)).toMatchObject([{ kind: 'updateOne', update: { $set: { id: 4 } } }]);
  });

  it.each([
    ['partialKey', { k: 'a' }],
    ['partialValue', { k: 'a' }],
    ['providedInKey', 'a'],
    ['providedInValue', 'a'],
    ['rawKey', 'a'],
  ] as const)('has the _id that %s makes', (idStrategy, _id) => {
    const models = modelsOf({ idStrategy });
    expect(models.map(plain)).toMatchObject([{ filter: { _id }, replacement: { _id } }]);
    const [model] = models;
    expect(model?.kind === 'replaceOne' && keyOfDocument(model.replacement, { ...PLAIN, idStrategy })).toBe('a');
  });

  it('has numbers of 64 bits where Kafka Connect reads the JSON', () => {
    expect(modelsOf({ converter: 'json' }).map(plain)).toMatchObject([{ replacement: { id: 4n, _id: { part: 3n } } }]);
  });

  it('has no _id where the file has a business key, by which it is deleted', () => {
    const ofBusinessKey = { idStrategy: 'partialKey', writeModels: ['replaceOneBusinessKey', 'default'] } as const;
    const [written] = modelsOf(ofBusinessKey).map(plain) as { filter: object; replacement: object }[];
    expect(written?.filter).toEqual({ k: 'a' });
    expect(written?.replacement).not.toHaveProperty('_id');
    expect(modelsOf(ofBusinessKey, { isDeletion: true }).map(plain)).toEqual([
      { kind: 'deleteOne', filter: { k: 'a' } },
    ]);
  });

  it.each([
    ['projects', { id: 4, f1: 4 }, 'part'],
    ['renames', { share: 3 }, 'part'],
  ] as const)('%s the field of a value', (processor, left, gone) => {
    const [written] = modelsOf({ processor }).map(plain) as { replacement: object }[];
    expect(written?.replacement).toMatchObject(left);
    expect(written?.replacement).not.toHaveProperty(gone);
  });
});

describe('what a change event asks for', () => {
  const change = (changes: Partial<ScenarioRecord>): ScenarioRecord => ({
    id: 4,
    key: 'a',
    atMs: 0,
    kind: 'plain',
    ...changes,
  });
  const rowOf = (id: number) => ({
    id,
    secret: `hunter2-${id}`,
    [`f${id % 3}`]: id,
    inner: { id, none: null },
    same: 'as before',
    list: [1, 2, id],
  });
  const writesOf = (source: SourceName, changes: Partial<ScenarioRecord>) =>
    modelsOfChange(change(changes), { source, typed: (value) => value }).map(plain);

  it.each(SOURCES)('of %s is a deletion of the document that its key names', (source) => {
    const _id = source === 'debeziumTable' || source === 'qlik' ? { k: 'a', part: 3 } : 'a';
    expect(writesOf(source, { kind: 'tombstone' })).toEqual([{ kind: 'deleteOne', filter: { _id } }]);
  });

  it.each(SOURCES)('of %s is nothing where it is of no document', (source) => {
    expect(writesOf(source, { hasNoEffect: true })).toEqual([]);
  });

  it('is a row without the columns of its key, but for those that Qlik inserts', () => {
    const _id = { k: 'a', part: 3 };
    const row = rowOf(4);
    const replaced = (replacement: object) => [{ kind: 'replaceOne', filter: { _id }, replacement, upsert: true }];
    expect(writesOf('debeziumTable', {})).toEqual(replaced({ _id, ...row }));
    expect(writesOf('qlik', {})).toEqual(replaced({ _id, ...row, k: 'a', part: 3, cleared: 1 }));
  });

  it('changes what it names, and makes no document', () => {
    const $set = { id: 4, secret: 'hunter2-4', f1: 4, inner: { id: 4, none: null } };
    const [$unset, $push] = [{ f2: '' }, { list: { $each: [], $slice: 1 } }];
    const updated = (update: object) => [{ kind: 'updateOne', filter: { _id: 'a' }, update, upsert: false }];
    expect(writesOf('debeziumPatch', { op: 'patch' })).toEqual(updated({ $set, $unset }));
    expect(writesOf('changeStream', { op: 'patch' })).toEqual(updated({ $set, $unset, $push }));
    expect(writesOf('changeStream', { op: 'put' })).toMatchObject([{ kind: 'replaceOne', upsert: false }]);
  });

  it('of a row without a primary key names the row before it, and has a key without columns or none', () => {
    const row = (id: number) => ({ k: 'a', part: 3, ...rowOf(id) });
    const keyless = { ...PLAIN, source: 'debeziumTable', rowKey: 'null' } as const;
    const keylessWritesOf = (changes: Partial<ScenarioRecord>) =>
      modelsOfChange(change(changes), { ...keyless, typed: (value) => value }).map(plain);
    const [made] = keylessWritesOf({}) as { filter: { _id: unknown }; replacement: object }[];
    expect(made).toMatchObject({ kind: 'replaceOne', replacement: row(4), upsert: true });
    expect(Object.keys(made?.filter ?? {})).toEqual(['_id']);
    expect(keylessWritesOf({ rowBefore: 1 })).toMatchObject([{ filter: row(1), replacement: row(4) }]);
    expect(keylessWritesOf({ rowBefore: 1, kind: 'tombstone' })).toEqual([{ kind: 'deleteOne', filter: row(1) }]);
    expect(keyBytesOf(RECORD, keyless)).toBeNull();
    expect(String(keyBytesOf(RECORD, { ...keyless, rowKey: 'empty' }))).toBe('{}');
  });

  it('of a schema has a key of its own, and is left to the transforms where there are any', () => {
    const record: ScenarioRecord = { ...RECORD, id: 5, hasNoEffect: true };
    const table = { ...PLAIN, source: 'debeziumTable' } as const;
    expect(String(keyBytesOf(record, table))).toBe('{"databaseName":"shop"}');
    expect(eventOf(record, table)).not.toHaveProperty('op');
    expect(eventOf(record, { ...table, transforms: [{ name: 'unwraps', when: 'always' }] })).toHaveProperty('op');
  });

  it('of Debezium names MongoDB documents by the text of their _id, and rows by their columns', () => {
    expect(String(keyBytesOf(RECORD, { ...PLAIN, source: 'debeziumStream' }))).toBe(String.raw`{"id":"\"a\""}`);
    expect(String(keyBytesOf(RECORD, { ...PLAIN, source: 'debeziumTable' }))).toBe('{"k":"a","part":3}');
  });
});

describe('JSON with schemas', () => {
  const read = (text: string): { schema: { fields: object[] }; payload: object } => JSON.parse(text);

  it('has a schema for each field, whose whole numbers have 32 bits', () => {
    const { payload, schema } = read(withSchema('{"id":4,"inner":{"none":null},"list":[1]}'));
    expect(payload).toEqual({ id: 4, inner: { none: null }, list: [1] });
    expect(schema.fields).toMatchObject([
      { field: 'id', type: 'int32', optional: true },
      { field: 'inner', type: 'struct', fields: [{ field: 'none', type: 'string' }] },
      { field: 'list', type: 'array', items: { type: 'int32' } },
    ]);
  });

  it('has values of every type beside, and lacks what has a default', () => {
    const more = Array.from({ length: SCHEMA_VALUES_COUNT }, (_, first) => schemaValuesFrom(first)).flat();
    const missing = more.filter(({ text }) => text === undefined).map(({ name }) => name);
    const all = [...new Map(more.map((each) => [each.name, each])).values()];
    const { payload, schema } = read(withSchema('{"id":4}', { more: all }));
    expect(schema.fields).toHaveLength(1 + SCHEMA_VALUES_COUNT);
    expect(new Set(missing).size).toBe(3);
    expect(Object.keys(payload)).toHaveLength(1 + SCHEMA_VALUES_COUNT - 3);
  });

  it('is the same record without its schema', () => {
    expect(payloadText(withSchema('{"id":4}'))).toBe('{"id":4}');
    expect(String(keyBytesOf(RECORD, { ...PLAIN, idStrategy: 'rawKey', converter: 'jsonWithSchema' }))).toBe(
      '{"schema":{"type":"string","optional":true},"payload":"a"}',
    );
  });
});

describe('transforms', () => {
  const log = new KafkaLog(1, 2);
  const recordOf = (topic: number) => log.produce({ id: 4, key: 'a', atMs: 0, kind: 'plain', topic }, null);
  const chain = (...transforms: readonly TransformStory[]): ConnectorStory => ({ ...PLAIN, transforms });
  const FIELDS = { id: 4, op: 'replace', part: 3 };

  it('make of a field what the ones before left', () => {
    const [drops, renames] = [{ name: 'drops', when: 'always' } as const, { name: 'renames', when: 'always' } as const];
    expect(transformed(FIELDS, recordOf(0), chain(renames, drops))).toEqual({ id: 4, deed: 'replace', portion: 3 });
    expect(transformed(FIELDS, recordOf(0), chain(drops, renames))).toEqual({ id: 4 });
  });

  it('are for the records of their predicates alone', () => {
    const inserts = (when: TransformStory['when']) => chain({ name: 'inserts', when });
    const other = recordOf(1);
    const inserted = { ...FIELDS, route: 'orders-1', place: BigInt(other.offset), origin: 'kafka' };
    expect(transformed(FIELDS, other, inserts('otherTopics'))).toEqual(inserted);
    expect(transformed(FIELDS, other, inserts('header'))).toEqual(inserted);
    expect(transformed(FIELDS, other, inserts('firstTopic'))).toEqual(FIELDS);
    expect(transformed(FIELDS, other, inserts('noHeader'))).toEqual(FIELDS);
  });

  it('take a row out of an event, with what the file adds', () => {
    const [written] = modelsOfRow({ id: 4, key: 'a', atMs: 0, kind: 'plain' }).map(plain);
    const _id = { k: 'a', part: 3 };
    expect(written).toMatchObject({
      filter: { _id },
      replacement: { _id, k: 'a', part: 3, __op: 'c', __source_ts_ms: 4 },
    });
  });
});

describe.each(REGISTRY_CONVERTERS)('a schema registry for %s', (converter) => {
  const story = { ...PLAIN, converter };
  const text = JSON.stringify({ id: 4, secret: 's', op: 'replace', ...valueFieldsOf('a', 4, PLAIN) });
  const { typedCount, subjectText, type, typedFrom } = FORMATS[converter];
  const record = (more: Partial<ScenarioRecord>): ScenarioRecord => ({
    id: 4,
    key: 'a',
    atMs: 0,
    kind: 'plain',
    ...more,
  });

  it('has the schema of each key and value, and the schemas that it refers to', () => {
    const values = Array.from({ length: typedCount }, (_, typed) => registryValueOf(record({ typed }), story, text));
    const bytes = [...values, registryValueOf(record({}), story, text), registryKeyOf('a', story, 3)];
    const schemas = bytes.map((each) => schemaAt(schemaIdIn(each, converter) ?? 0, converter));
    expect(new Set(schemas.map((schema) => schema?.text)).size).toBe(bytes.length);
    expect(schemas.filter((schema) => schema?.type !== type)).toEqual([]);
    const subjects = schemas.flatMap((schema) => schema?.references ?? []).map(({ subject }) => subject);
    expect(subjects.length > 0).toBe(converter !== 'glueAvro');
    expect(subjects.filter((subject) => subjectText(subject) === undefined)).toEqual([]);
    const names = Array.from({ length: typedCount }, (_, first) => typedFrom(first).map(({ name }) => name)).flat();
    expect(new Set(names).size).toBe(typedCount);
  });

  it('has none, or another, for poison of each kind that its bytes do not betray', () => {
    const poison = Array.from({ length: 6 }, (_, id) => registryValueOf(record({ id, kind: 'poison' }), story, text));
    const plainBytes = Array.from({ length: 6 }, (_, id) => registryValueOf(record({ id }), story, text));
    expect(poison.filter((each, index) => each.equals(plainBytes[index] ?? each))).toEqual([]);
    const types = poison.map((each) => schemaAt(schemaIdIn(each, converter) ?? 0, converter)?.type);
    expect(types.slice(0, 2)).toEqual([undefined, undefined]);
    expect(types[2]).not.toBe(type);
  });
});

describe('the registry of Confluent', () => {
  it('leaves the type of Avro out, and calls an id that can be none a wrong question', () => {
    const ask = (path: string) =>
      CONFLUENT.answerTo({ url: new URL(`http://registry/${path}`), options: { headers: {} }, converter: 'avro' });
    expect(JSON.parse(ask('schemas/ids/70000').body)).not.toHaveProperty('schemaType');
    expect(ask('schemas/ids/1').status).toBe(404);
    expect(ask('schemas/ids/-1').status).toBe(422);
    expect(ask('subjects/shop%20part%2Favro/versions/2?deleted=true').status).toBe(200);
    expect(ask('subjects/shop%20part%2Favro/versions/1').body).toContain('40402');
  });
});

describe('the file of a story', () => {
  it('is one that the function reads without a remark', () => {
    const stories = connectorStories();
    expect(stories.length).toBeGreaterThan(40);
    for (const scenario of stories) {
      const { connector } = scenario.documentdb;
      if (connector === undefined) continue;
      const read = readConnector(connectorText(connector, scenario), { where: 'simulated.properties' });
      expect(read.topics).toHaveLength(scenario.topicCount ?? 1);
      expect(read.ignored).toEqual([]);
      const remarks = read.meaningless.filter(
        ({ name }) => name !== 'name' && name !== 'connector.class' && !name.startsWith('config.providers'),
      );
      expect(remarks).toEqual([]);
    }
  });
});
