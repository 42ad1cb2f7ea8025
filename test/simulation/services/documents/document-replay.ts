import { createDocumentdbSink, type DocumentdbSinkSettings } from '../../../../functions/documentdb-sink/sink.ts';
import type { DocumentStore, ServerLimits } from '../../../../functions/documentdb-sink/target/document-store.ts';
import { isSettled } from '../../../../shared/outcome.ts';
import { type PartitionBatch, payloadOf, type SourceRecord } from '../../../../shared/record.ts';
import { createMeter } from '../../../../shared/telemetry/telemetry.ts';
import { VALIDATION_FAILED } from '../../../support/document-server/write-error.ts';
import type { VirtualClock } from '../../../support/virtual-clock.ts';
import { historiesOf, partitionsIn, textOf } from '../../invariants/documents/documents.ts';
import type { Violation } from '../../invariants/violation.ts';
import type { Random } from '../../scenario/random.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { KafkaLog, ProducedRecord } from '../kafka-log.ts';
import type { FinalWorld } from '../target.ts';
import { calmRegistry } from './connector/registry/schema-registry.ts';
import { mapperOf } from './document-mapper.ts';
import { businessIndexesOf, createStoryPolicy, isGuarded } from './document-policy.ts';
import { bodyOf, fieldIn } from './document-version.ts';
import type { CommandFaults, ReplicaSet, Stored } from './replica-set.ts';

export interface ReplayParts {
  readonly kafka: KafkaLog;
  readonly random: Random;
  readonly scenario: Scenario;
  readonly timeline: VirtualClock;
  readonly serverOf: (collection: string) => ReplicaSet;
  readonly limits: ServerLimits;
  readonly settings: DocumentdbSinkSettings;
  documentsOf(record: ProducedRecord): readonly Stored[];
  isPoison(record: ProducedRecord): boolean;
}

const BATCH_MAX = 20;
const REMAINING_MS = 600_000;

/**
 * Every topic once more from its beginning, their partitions interleaved at random, without a fault: every document is
 * as it was, if one partition says how, or a guard by a field that is another in each record.
 */
export async function replayAll(final: FinalWorld, parts: ReplayParts): Promise<readonly Violation[]> {
  const { kafka, scenario } = parts;
  const records = final.produced.filter(kafka.isCurrent);
  const newest = historiesOf(final.produced, parts)
    .filter((each) => isRepeatable(each, final, scenario))
    .flatMap((each) => each.at(-1) ?? []);
  const textsOf = (record: ProducedRecord) => parts.documentsOf(record).map(textOf).join('\n');
  const before = new Map(newest.map((record) => [record, textsOf(record)]));
  const unsettled = await deliver(records, parts);
  return [
    ...unsettled.map(
      (position) => ({ guarantee: 'G1', message: `${position} is unsettled when it is replayed` }) as const,
    ),
    ...[...before].flatMap(([record, text]) => {
      if (textsOf(record) === text) return [];
      const message = `a replay of everything changed the document of ${record.topicPartition}@${record.offset}`;
      return [{ guarantee: 'G3', message } as const];
    }),
  ];
}

/** Where deletes are hard, what a fault brought back is deleted again, or stays: both are right. */
function isRepeatable(
  records: readonly ProducedRecord[],
  { lettered, isCalm }: FinalWorld,
  scenario: Scenario,
): boolean {
  if (records.some((record) => lettered.has(record) || isUnguarded(record, scenario))) return false;
  const { deletes, guard, isDeletionVersioned, strategy } = scenario.documentdb;
  const isOfOne = partitionsIn(records).size === 1;
  const isNeverDeleted = records.every(({ scenario: { kind } }) => kind !== 'tombstone');
  // What counts keeps the marks of all partitions.
  if (isNeverDeleted && strategy === 'increment') return true;
  const isOrdered = isOfOne || (guard === 'field' && (isDeletionVersioned || isNeverDeleted));
  return isNeverDeleted || deletes === 'tombstone' ? isOrdered : isOfOne && isCalm;
}

/** What is delivered again is written again, as the connector does. */
const isUnguarded = ({ scenario: { key, leavesKey } }: ProducedRecord, { documentdb }: Scenario): boolean =>
  leavesKey === true || !isGuarded(documentdb, key ?? '');

async function deliver(records: readonly ProducedRecord[], parts: ReplayParts): Promise<readonly string[]> {
  const { random, settings, scenario, timeline } = parts;
  const sink = createDocumentdbSink({
    settings: { ...settings, onPoison: 'skip' },
    ...(scenario.documentdb.connector === undefined
      ? { mapper: createStoryPolicy(scenario.documentdb) }
      : mapperOf(scenario, calmRegistry)),
    store: calmStore(parts),
    deadLetters: { put: () => Promise.resolve(true) },
    clock: timeline,
    random: random.next,
    log: { info: () => undefined, warn: () => undefined },
    meter: createMeter(),
  });
  const unsettled: string[] = [];
  for (const batches of interleaved(records, random)) {
    const nowMs = timeline.nowMs();
    const deadline = { sendUntilMs: nowMs + REMAINING_MS, answerByMs: nowMs + REMAINING_MS + 1_000 };
    for (const outcome of await sink.write(batches, deadline)) {
      const { topicPartition, offset } = outcome.position;
      if (!isSettled(outcome)) unsettled.push(`${topicPartition}@${offset}`);
    }
  }
  return unsettled;
}

/** What the server can never take it does not take now. */
const CALM: CommandFaults = {
  failStatement: (statement) =>
    (fieldIn(bodyOf(statement), 'refused') ?? null) === null ? undefined : VALIDATION_FAILED,
  insertFirst: () => false,
  failWriteConcern: () => false,
};

function calmStore({ limits, serverOf, timeline, scenario }: ReplayParts): DocumentStore {
  const indexes = businessIndexesOf(scenario.documentdb).map((index) => ({
    ...index,
    isUnique: true,
    isPartial: false,
  }));
  return {
    limits: () => Promise.resolve(limits),
    write: ({ collection }, kind, statements) => serverOf(collection).write(kind, statements, CALM),
    findVersions: ({ collection }, ids) => Promise.resolve(serverOf(collection).findVersions(ids, timeline.nowMs())),
    findVersionsOf: ({ collection }, filter) =>
      Promise.resolve(serverOf(collection).findVersionsOf(filter, timeline.nowMs())),
    listIndexes: () => Promise.resolve(indexes),
    ensureTtlIndex: () => Promise.resolve(),
  };
}

/** Each invocation has some of what comes next in some of the partitions of one topic. */
function interleaved(records: readonly ProducedRecord[], random: Random): readonly (readonly PartitionBatch[])[] {
  const rest = new Map(
    [...Map.groupBy(records, ({ topicPartition }) => topicPartition)].map(([name, own]) => [name, [...own]]),
  );
  const invocations: PartitionBatch[][] = [];
  while (rest.size > 0) {
    const batches: PartitionBatch[] = [];
    for (const [topicPartition, own] of rest) {
      const [first] = batches;
      const isOfAnother = first !== undefined && first.records[0]?.position.topic !== own[0]?.topic;
      if (isOfAnother || !random.chance(0.5)) continue;
      const next = own.splice(0, random.integer(1, BATCH_MAX));
      batches.push({ topicPartition, records: next.map(toSourceRecord) });
      if (own.length === 0) rest.delete(topicPartition);
    }
    if (batches.length > 0) invocations.push(batches);
  }
  return invocations;
}

const toSourceRecord = ({
  topic,
  topicPartition,
  partition,
  offset,
  timestampMs,
  key,
  value,
  headers,
}: ProducedRecord): SourceRecord => ({
  position: { topicPartition, topic, partition, offset },
  timestampMs,
  key: key === null || key.byteLength === 0 ? null : payloadOf(key.toString('base64')),
  value: value === null ? null : payloadOf(value.toString('base64')),
  headers: headers.map(([name, bytes]) => ({ name: name.toString(), value: bytes })),
});
