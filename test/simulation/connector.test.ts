import { describe, expect, it } from 'vitest';
import { readConnector } from '../../functions/documentdb-sink/connector/file/read-connector.ts';
import type { ConnectorStory } from './scenario/connector/connector.ts';
import { generateStory } from './scenario/generate/generate.ts';
import type { Scenario } from './scenario/scenario.ts';
import { connectorText } from './services/documents/connector-file.ts';
import { keyOfDocument, keyTextOf, modelsOfFile, valueFieldsOf } from './services/documents/connector-model.ts';
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

/** What a record of key `a` and number 4 asks for. */
function modelsOf(changes: Partial<ConnectorStory>, { topic = 0, isDeletion = false } = {}) {
  const connector = { ...PLAIN, ...changes };
  const value = Buffer.from(JSON.stringify({ id: 4, ...valueFieldsOf('a', 4, connector) }));
  const key = Buffer.from(keyTextOf('a', connector));
  const log = new KafkaLog(1, 2);
  const record = log.produce({ id: 4, key: 'a', atMs: 0, kind: 'plain', topic }, isDeletion ? null : value, key);
  return modelsOfFile(record, connector);
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
      const remarks = read.meaningless.filter(({ name }) => name !== 'name' && name !== 'connector.class');
      expect(remarks).toEqual([]);
    }
  });
});
