import { fieldAt } from '../../../functions/documentdb-sink/bson/field-lookup.ts';
import { createCdcHandler } from '../../../functions/documentdb-sink/connector/cdc/create-cdc-handler.ts';
import { withoutNulls } from '../../../functions/documentdb-sink/connector/cdc/null-remover.ts';
import { createIdStrategy } from '../../../functions/documentdb-sink/connector/id-strategies/create-id-strategy.ts';
import { createNamespaceMapper } from '../../../functions/documentdb-sink/connector/namespace-mapper.ts';
import { createPostProcessor } from '../../../functions/documentdb-sink/connector/post-processors/create-post-processors.ts';
import { timeFieldConversion } from '../../../functions/documentdb-sink/connector/post-processors/time-field-conversion.ts';
import {
  createDeleteStrategy,
  createWriteModelStrategy,
} from '../../../functions/documentdb-sink/connector/write-models/create-write-model-strategy.ts';
import { flattenKeys } from '../../../functions/documentdb-sink/connector/write-models/flatten-keys.ts';
import { UnwritableError } from '../../../functions/documentdb-sink/plan/unwritable-error.ts';
import type { WriteModel } from '../../../functions/documentdb-sink/plan/write-model.ts';
import { CaseError, expectSame } from '../case-error.ts';
import { Comparison } from './compare.ts';
import { calledDirectly } from './direct-call.ts';
import type { Fields, MongoCase } from './mongo-case.ts';
import { CUSTOM, connectorOf, partProperties, topicOf } from './properties.ts';
import { documentOf, recordOf } from './records.ts';

/** What a part made of a case. */
export type Result = { readonly kind: 'models'; readonly models: readonly WriteModel[] } | { readonly kind: 'checked' };

const checked = (): Result => ({ kind: 'checked' });

/** The clock of every case. */
export const NOW_MS = Date.UTC(2026, 0, 1);

/** Runs one part, and that part only. @throws UnwritableError, PropertyError, SettingsError as the part does */
export type Component = (vector: MongoCase) => Result | Promise<Result>;

const writeModel: Component = (vector) => {
  const properties = partProperties(vector, standAlone(vector));
  const idStrategy = createIdStrategy(properties, CUSTOM);
  const isDelete = vector.value === null && !vector.config.has('writemodel.strategy') && !isDirect(vector);
  const strategy = isDelete
    ? createDeleteStrategy(properties, idStrategy, CUSTOM)
    : createWriteModelStrategy(properties, idStrategy, CUSTOM);
  if (strategy === undefined) throw new UnwritableError('Could not create write model');
  return { kind: 'models', models: [strategy(documentOf(vector), recordOf(vector), NOW_MS)] };
};

/** A strategy that the test makes itself, rather than by the configuration: `new DeleteOneDefaultStrategy() ..`. */
const DIRECT = /^new (\w+Strategy)\(\)/;
const isDirect = ({ config }: MongoCase): boolean => DIRECT.test(String(config.get('$$component') ?? ''));

function standAlone({ config }: MongoCase): ReadonlyMap<string, string> {
  const name = DIRECT.exec(String(config.get('$$component') ?? ''))?.[1];
  return name === undefined ? new Map() : new Map([['writemodel.strategy', STRATEGIES + name]]);
}

const STRATEGIES = 'com.mongodb.kafka.connect.sink.writemodel.strategy.';

const idStrategy: Component = (vector) => {
  const id = createIdStrategy(partProperties(vector), CUSTOM)(documentOf(vector), recordOf(vector));
  new Comparison().expect('the id', new Map([['_id', id]]), vector.expectedFilter);
  return checked();
};

/** The processors that are listed, without the DocumentIdAdder that the chain puts before them. */
const postProcessor: Component = (vector) => {
  const properties = partProperties(vector);
  const parts = { idStrategy: createIdStrategy(properties, CUSTOM), custom: CUSTOM };
  const processors = properties
    .list('post.processor.chain')
    .map((name) => createPostProcessor(properties, name, parts));
  const document = documentOf(vector);
  for (const process of processors) process(document, recordOf(vector));
  return expectDocuments(vector, document.key(), document.value());
};

function expectDocuments(vector: MongoCase, key: unknown, value: unknown): Result {
  const comparison = new Comparison();
  comparison.expect('the value', value ?? null, vector.expectedDocument);
  const expectedKey = vector.expectedFilter instanceof Map ? vector.expectedFilter.get('$$expected_key') : undefined;
  if (expectedKey !== undefined) comparison.expect('the key', key ?? null, expectedKey);
  return checked();
}

const timeSeries: Component = (vector) => {
  const properties = partProperties(vector);
  const document = documentOf(vector);
  if (properties.flag('timeseries.timefield.auto.convert')) timeFieldConversion(properties)(document, recordOf(vector));
  return expectDocuments(vector, document.key(), document.value());
};

/** The file's rules are the mapper's own: which fields it may have. */
const namespace: Component = (vector) => {
  const properties = connectorOf(vector).propertiesByTopic(topicOf(vector));
  const fallback = {
    database: properties.text('database'),
    collection: properties.text('collection') || topicOf(vector),
  };
  const mapped = createNamespaceMapper(properties, CUSTOM)(documentOf(vector), recordOf(vector), fallback);
  const expected = vector.expectedFilter instanceof Map ? vector.expectedFilter.get('namespace') : undefined;
  expectSame('the namespace', `${mapped.database}.${mapped.collection}`, expected);
  return checked();
};

const cdc: Component = (vector) => {
  const handle = createCdcHandler(partProperties(vector), CUSTOM);
  if (handle === undefined)
    throw new CaseError('failed', 'the case is malformed: it has no change.data.capture.handler');
  const direct = calledDirectly(vector);
  return { kind: 'models', models: handle(documentOf(direct), recordOf(direct), NOW_MS) };
};

const cdcNullRemover: Component = (vector) => {
  const model = modelIn(vector);
  const isOn = partProperties(vector).flag('change.data.capture.handler.remove.null.values');
  const left = isOn ? withoutNulls(model) : model;
  return { kind: 'models', models: left === undefined ? [] : [left] };
};

const ID_ONE: Fields = new Map([['_id', 1]]);

/** `{"$$model": "replaceOne", "replacement": ..}` */
function modelIn({ value, expectedFilter }: MongoCase): WriteModel {
  const fields: Fields = value instanceof Map ? value : new Map();
  const at = (name: string): Fields => {
    const part = fields.get(name);
    return part instanceof Map ? part : new Map();
  };
  const filter = fields.has('filter') ? at('filter') : expectedFilter instanceof Map ? expectedFilter : ID_ONE;
  const upsert = fields.get('upsert') === true;
  switch (fields.get('$$model')) {
    case 'replaceOne':
      return { kind: 'replaceOne', filter, replacement: at('replacement'), upsert };
    case 'updateOne':
      return { kind: 'updateOne', filter, update: at('update'), upsert };
    case 'insertOne':
      return { kind: 'insertOne', document: at('document') };
    case 'deleteOne':
      return { kind: 'deleteOne', filter };
    default:
      throw new CaseError(
        'failed',
        'the case is malformed: its $$model is none of replaceOne, updateOne, insertOne, deleteOne',
      );
  }
}

/** Functions of the connector that are tested by themselves, by the name in `$$component`. */
const helper: Component = (vector) => {
  const component = String(vector.config.get('$$component') ?? '');
  const value = documentOf(vector).value() ?? new Map<string, unknown>();
  if (component.includes('flattenKeys')) {
    new Comparison().expect('the flat document', flattenKeys(value), vector.expectedFilter ?? vector.expectedDocument);
    return checked();
  }
  if (component.includes('fieldLookup') || component.includes('BsonDocumentFieldLookup')) {
    const path = ['$$path', 'path', 'fieldPath']
      .map((name) => vector.config.get(name))
      .find((each) => each !== undefined);
    const expected = vector.expectedFilter ?? vector.expectedDocument;
    new Comparison().expect('the field', fieldAt(value, String(path)) ?? null, expected);
    return checked();
  }
  if (component.includes('NullValueRemover'))
    return postProcessor({ ...vector, config: new Map([['post.processor.chain', NULL_REMOVER]]) });
  throw new CaseError('failed', `the component ${component} is not known here`);
};

const NULL_REMOVER = 'com.mongodb.kafka.connect.sink.processor.NullFieldValueRemover';

export const COMPONENTS: ReadonlyMap<string, Component> = new Map([
  ['write_model', writeModel],
  ['id_strategy', idStrategy],
  ['post_processor', postProcessor],
  ['timeseries', timeSeries],
  ['namespace', namespace],
  ['cdc', cdc],
  ['cdc_null_remover', cdcNullRemover],
  ['helper', helper],
]);
