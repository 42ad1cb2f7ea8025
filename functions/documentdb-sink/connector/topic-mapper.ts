import { poison } from '../../../shared/outcome.ts';
import type { SourceRecord } from '../../../shared/record.ts';
import type { BsonDocument } from '../bson/bson-document.ts';
import { isDocument } from '../bson/documents.ts';
import type { SinkDocument } from '../bson/sink-document.ts';
import type { Namespace } from '../plan/namespace.ts';
import type { RecordMapper, WritePlan } from '../plan/record-mapper.ts';
import { UnwritableError } from '../plan/unwritable-error.ts';
import type { WriteModel } from '../plan/write-model.ts';
import { createCdcHandler } from './cdc/create-cdc-handler.ts';
import { createConverter } from './converters/create-converter.ts';
import { documentOfRecord } from './converters/record-document.ts';
import type { CustomStrategies } from './custom/custom-strategies.ts';
import { createGuardVersion } from './guard-version.ts';
import { createIdStrategy, hasIdStrategy } from './id-strategies/create-id-strategy.ts';
import { createNamespaceMapper } from './namespace-mapper.ts';
import { createPostProcessors } from './post-processors/create-post-processors.ts';
import type { TopicProperties } from './topic-properties.ts';
import {
  compileModel,
  createDeleteStrategy,
  createWriteModelStrategy,
} from './write-models/create-write-model-strategy.ts';
import { flattenKeys } from './write-models/flatten-keys.ts';

/** What a record's document asks for, and which document that is where it asks for nothing that can be written. */
interface Compiler {
  readonly models: (document: SinkDocument, record: SourceRecord, wallTimeMs: number) => readonly WriteModel[];
  readonly filter: (document: SinkDocument, record: SourceRecord) => BsonDocument | undefined;
}

/**
 * Everything that a connector's file says of one topic.
 * @throws PropertyError when a property cannot be followed
 */
export function createTopicMapper(topic: string, properties: TopicProperties, custom: CustomStrategies): RecordMapper {
  const converters = { key: createConverter(properties, 'key'), value: createConverter(properties, 'value') };
  return createDocumentPolicy(topic, properties, {
    custom,
    documentOf: (record) => documentOfRecord(record, converters),
  });
}

export interface DocumentPolicyParts<Source extends SourceRecord> {
  readonly custom: CustomStrategies;
  /** A document that nothing has changed yet, each time. */
  readonly documentOf: (record: Source) => SinkDocument;
}

/**
 * The same behind whatever makes a record's document.
 * @throws PropertyError when a property cannot be followed
 */
export function createDocumentPolicy<Source extends SourceRecord>(
  topic: string,
  properties: TopicProperties,
  { custom, documentOf }: DocumentPolicyParts<Source>,
): (record: Source, wallTimeMs: number) => WritePlan {
  const mapNamespace = createNamespaceMapper(properties, custom);
  const versionOf = createGuardVersion(properties);
  const compiler = createCompiler(properties, custom);
  const fallback = { database: properties.text('database'), collection: properties.text('collection') || topic };
  return (record, wallTimeMs) => {
    const document = documentOf(record);
    let namespace: Namespace | undefined;
    try {
      namespace = mapNamespace(document, record, fallback);
      const version = versionOf(document, record);
      const [first, ...others] = compiler.models(document, record, wallTimeMs);
      if (first === undefined) return { kind: 'none', reason: document.value() === undefined ? 'tombstone' : 'noop' };
      return { kind: 'write', namespace, models: [first, ...others], version };
    } catch (error) {
      if (!(error instanceof UnwritableError)) throw error;
      return poisoned(namespace, filterOf(compiler, record, documentOf(record)), error);
    }
  };
}

const poisoned = (
  namespace: Namespace | undefined,
  filter: BsonDocument | undefined,
  error: UnwritableError,
): WritePlan => ({
  kind: 'poison',
  namespace,
  filter,
  failure: poison('payload_invalid', error.message),
});

/** Of the record as it came: what failed half way may have changed the document. */
function filterOf({ filter }: Compiler, record: SourceRecord, document: SinkDocument): BsonDocument | undefined {
  try {
    return filter(document, record);
  } catch (error) {
    if (error instanceof UnwritableError) return undefined;
    throw error;
  }
}

function createCompiler(properties: TopicProperties, custom: CustomStrategies): Compiler {
  const handle = createCdcHandler(properties, custom);
  if (handle !== undefined) return { models: handle, filter: () => undefined };
  const idStrategy = createIdStrategy(properties, custom);
  const processors = createPostProcessors(properties, idStrategy, custom);
  const strategies = {
    write: createWriteModelStrategy(properties, idStrategy, custom),
    delete: createDeleteStrategy(properties, idStrategy, custom),
  };
  const filterFrom = filterBuilder(properties);
  return {
    models(document, record, wallTimeMs) {
      for (const process of processors) process(document, record);
      return [compileModel(strategies, document, record, wallTimeMs)];
    },
    filter: (document, record) => filterFrom(idStrategy(document, record)),
  };
}

/** The filter as the write model strategy would have made it of this `_id`. */
function filterBuilder(properties: TopicProperties): (id: unknown) => BsonDocument | undefined {
  const hasBusinessKey = properties.text('writemodel.strategy').includes('BusinessKey');
  if (!hasBusinessKey) return (id) => new Map([['_id', id]]);
  const isPartial = hasIdStrategy(properties, 'PartialKeyStrategy', 'PartialValueStrategy');
  return (id) => {
    if (!isDocument(id)) return undefined;
    return isPartial ? flattenKeys(id) : id;
  };
}
