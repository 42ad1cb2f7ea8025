import { isSchemaChange } from '../services/documents/connector/change-events.ts';
import {
  type ConnectorStory,
  ID_STRATEGIES,
  isOfRegistry,
  POST_PROCESSORS,
  REGISTRY_CONVERTERS,
  ROW_KEYS,
  SOURCES,
  type SourceName,
  TRANSFORMS,
  WRITE_MODELS,
} from './connector/connector.ts';
import { opOf, type ScenarioDocumentdb, WRITE_OPS } from './generate/document-ops.ts';
import type { Generator } from './generator.ts';
import type { Scenario, ScenarioRecord } from './scenario.ts';

const KINDS_OF_1 = [
  ...WRITE_OPS.map((op) => `documents.${op}` as const),
  'documents.hardDelete',
  'documents.tombstone',
  'documents.businessKey',
  'documents.guardByTimestamp',
  'documents.guardByField',
  'documents.uniqueValue',
  'documents.deletionWithoutVersion',
] as const;

/** The kinds that came with version 2 of the generator. */
const KINDS_SINCE_2 = [
  'documents.uniqueValueAcrossPartitions',
  'documents.refusedUnlisted',
  'documents.refusedCommand',
  'documents.idOfAnyType',
  'documents.valueOfAnyType',
] as const;

/** The kinds that came with version 3, of both sinks. */
const KINDS_SINCE_3 = [
  'topics.two',
  'topics.three',
  'topics.ownCollections',
  'documents.refusedForAWhile',
  ...ID_STRATEGIES.map((name) => `connector.${name}` as const),
  ...WRITE_MODELS.map((name) => `connector.${name}` as const),
  'connector.overwritesId',
  ...POST_PROCESSORS.map((name) => `connector.${name}` as const),
  ...SOURCES.map((name) => `changes.${name}` as const),
  'changes.withoutEffect',
  'changes.ofSchema',
  ...ROW_KEYS.map((name) => `changes.rowKeyIs${name}` as const),
  'changes.withSchema',
  'connector.withSchema',
  'connector.typedBySchema',
  'connector.withRegistry',
  ...REGISTRY_CONVERTERS.map((name) => `registry.${name}` as const),
  'connector.keyWithSchema',
  ...TRANSFORMS.map((name) => `transforms.${name}` as const),
  'transforms.conditionally',
] as const;

export const KINDS = [...KINDS_OF_1, ...KINDS_SINCE_2, ...KINDS_SINCE_3] as const;

export type Kind = (typeof KINDS)[number];

/** What stories are to try beside faults: of each there must be some in a long campaign. */
export const kindsToTry = (generator: Generator): readonly Kind[] => KINDS_IN[generator];

const KINDS_IN: Readonly<Record<Generator, readonly Kind[]>> = {
  1: KINDS_OF_1,
  2: [...KINDS_OF_1, ...KINDS_SINCE_2],
  3: KINDS,
};

/** How many records of each kind a story has; of a setting, how many are written under it. */
export function kindsIn(scenario: Scenario): Readonly<Record<Kind, number>> {
  const { sink, documentdb, partitionCount, records, topicCount } = scenario;
  const counts = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<Kind, number>;
  if (topicCount === 2) counts['topics.two'] = records.length;
  if (topicCount === 3) counts['topics.three'] = records.length;
  if (documentdb.isCollectionOfTopic) counts['topics.ownCollections'] = records.length;
  if (sink !== 'documentdbSink') return counts;
  for (const record of records) for (const kind of kindsOf(record, documentdb)) counts[kind] += 1;
  if (haveValuesAcrossPartitions({ partitionCount, records })) {
    counts['documents.uniqueValueAcrossPartitions'] = counts['documents.uniqueValue'];
  }
  return counts;
}

/** Unique values that may move between partitions, whose order nobody knows. */
export const haveValuesAcrossPartitions = ({
  partitionCount,
  records,
}: Pick<Scenario, 'partitionCount' | 'records'>): boolean =>
  partitionCount > 1 && records.some(({ unique, partition = 0 }) => unique !== undefined && partition > 0);

const GUARDS = { offset: [], timestamp: ['documents.guardByTimestamp'], field: ['documents.guardByField'] } as const;

function kindsOf(
  record: ScenarioRecord,
  { connector, deletes, guard, identity, isDeletionVersioned }: ScenarioDocumentdb,
): readonly Kind[] {
  const deletion = deletes === 'hard' ? 'documents.hardDelete' : 'documents.tombstone';
  return [
    ...(record.kind === 'plain' ? [`documents.${opOf(record)}` as const] : []),
    ...(record.kind === 'tombstone' ? ([deletion] as const) : []),
    ...(identity === 'business' ? (['documents.businessKey'] as const) : []),
    ...(identity === 'wideId' ? (['documents.idOfAnyType'] as const) : []),
    ...(record.wide === undefined ? [] : (['documents.valueOfAnyType'] as const)),
    ...(record.unique === undefined ? [] : (['documents.uniqueValue'] as const)),
    ...(record.refusal === 'unlisted' ? (['documents.refusedUnlisted'] as const) : []),
    ...(record.refusal === 'command' ? (['documents.refusedCommand'] as const) : []),
    ...(record.refusals === undefined ? [] : (['documents.refusedForAWhile'] as const)),
    ...(record.kind === 'tombstone' && !isDeletionVersioned ? (['documents.deletionWithoutVersion'] as const) : []),
    ...GUARDS[guard],
    ...(connector === undefined ? [] : kindsOfConnector(record, connector)),
  ];
}

function kindsOfConnector(record: ScenarioRecord, connector: ConnectorStory): readonly Kind[] {
  const { converter, idStrategy, keyHasSchema, overwritesId, processor, source, transforms = [] } = connector;
  const [first, others] = connector.writeModels;
  const { topic = 0, typed } = record;
  const hasSchema = converter === 'jsonWithSchema';
  const changed = [
    ...transforms.map(({ name }) => `transforms.${name}` as const),
    ...(transforms.some(({ when }) => when !== 'always') ? (['transforms.conditionally'] as const) : []),
  ];
  if (source !== undefined)
    return [
      ...changed,
      ...kindsOfChange(record, { ...connector, source }),
      ...(hasSchema ? (['changes.withSchema'] as const) : []),
    ];
  return [
    ...changed,
    `connector.${idStrategy}`,
    `connector.${topic === 0 ? first : others}`,
    ...(overwritesId ? (['connector.overwritesId'] as const) : []),
    ...(hasSchema ? (['connector.withSchema'] as const) : []),
    ...(isOfRegistry(converter) ? (['connector.withRegistry', `registry.${converter}`] as const) : []),
    ...(keyHasSchema ? (['connector.keyWithSchema'] as const) : []),
    ...(typed === undefined ? [] : (['connector.typedBySchema'] as const)),
    ...(processor ? [`connector.${processor}` as const] : []),
  ];
}

function kindsOfChange(
  record: ScenarioRecord,
  of: Pick<ConnectorStory, 'rowKey' | 'transforms'> & { readonly source: SourceName },
): readonly Kind[] {
  return [
    `changes.${of.source}`,
    ...(record.hasNoEffect ? (['changes.withoutEffect'] as const) : []),
    ...(isSchemaChange(record, of) ? (['changes.ofSchema'] as const) : []),
    ...(of.rowKey === undefined ? [] : [`changes.rowKeyIs${of.rowKey}` as const]),
  ];
}
