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
import { configuredNamespace, createNamespaceMapper } from './namespace-mapper.ts';
import { createPostProcessors } from './post-processors/create-post-processors.ts';
import { createStraightPath } from './straight/straight-path.ts';
import type { TopicProperties } from './topic-properties.ts';
import {
  compileModel,
  createDeleteStrategy,
  createWriteModelStrategy,
} from './write-models/create-write-model-strategy.ts';
import { flattenKeys } from './write-models/flatten-keys.ts';

/** Makes the write models of a record, and the filter of its document if no model can be made. */
interface Compiler {
  readonly models: (document: SinkDocument, record: SourceRecord, wallTimeMs: number) => readonly WriteModel[];
  readonly filter: (document: SinkDocument, record: SourceRecord) => BsonDocument | undefined;
}

/**
 * The mapper for one topic of a connector file.
 * @throws PropertyError if a property cannot be followed
 */
export function createTopicMapper(topic: string, properties: TopicProperties, custom: CustomStrategies): RecordMapper {
  const converters = { key: createConverter(properties, 'key'), value: createConverter(properties, 'value') };
  const documentOf = (record: SourceRecord) => documentOfRecord(record, converters);
  const byStrategies = createDocumentMapper(topic, properties, { custom, documentOf });
  const straight = createStraightPath(topic, properties, converters);
  if (straight === undefined) return byStrategies;
  return (record, wallTimeMs) => straight(record) ?? byStrategies(record, wallTimeMs);
}

export interface DocumentMapperParts<Source extends SourceRecord> {
  readonly custom: CustomStrategies;
  /** Returns a new, unchanged document for each call. */
  readonly documentOf: (record: Source) => SinkDocument;
}

/**
 * The mapper for one topic, independent of how a record's document is made.
 * @throws PropertyError if a property cannot be followed
 */
export function createDocumentMapper<Source extends SourceRecord>(
  topic: string,
  properties: TopicProperties,
  { custom, documentOf }: DocumentMapperParts<Source>,
): (record: Source, wallTimeMs: number) => WritePlan {
  const mapNamespace = createNamespaceMapper(properties, custom);
  const versionOf = createGuardVersion(properties);
  const compiler = createCompiler(properties, custom);
  const fallback = configuredNamespace(topic, properties);
  return (record, wallTimeMs) => {
    const document = documentOf(record);
    let namespace: Namespace | undefined;
    try {
      namespace = mapNamespace(document, record, fallback);
      document.convert?.();
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

/** The filter from an unchanged document: a failed strategy may have changed the first one. */
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

/** The filter that the write model strategy would have made from this `_id`. */
function filterBuilder(properties: TopicProperties): (id: unknown) => BsonDocument | undefined {
  const hasBusinessKey = properties.text('writemodel.strategy').includes('BusinessKey');
  if (!hasBusinessKey) return (id) => new Map([['_id', id]]);
  const isPartial = hasIdStrategy(properties, 'PartialKeyStrategy', 'PartialValueStrategy');
  return (id) => {
    if (!isDocument(id)) return undefined;
    return isPartial ? flattenKeys(id) : id;
  };
}
