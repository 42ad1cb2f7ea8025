import type { IndexDescription } from '../../../../functions/documentdb-sink/guard/indexes.ts';
import { createDocumentdbSink, type DocumentdbSinkSettings } from '../../../../functions/documentdb-sink/sink.ts';
import type { ServerLimits, Statement } from '../../../../functions/documentdb-sink/target/document-store.ts';
import type { DeadLetter } from '../../../../shared/dead-letter/dead-letter.ts';
import type { BatchParts } from '../../../../shared/run-batch.ts';
import type { BatchMeter, Log } from '../../../../shared/telemetry/telemetry.ts';
import { valueAt } from '../../../support/document-server/bson-values.ts';
import { exactText } from '../../../support/document-server/exact-text.ts';
import { equalitiesOf } from '../../../support/document-server/filter.ts';
import { documentOf } from '../../../support/document-server/update-operators.ts';
import { Conduct } from '../../invariants/conduct.ts';
import { finalViolations } from '../../invariants/documents/documents.ts';
import { positionText } from '../../invariants/positions.ts';
import type { Violation } from '../../invariants/violation.ts';
import { asksRegistry, isOfValue } from '../../scenario/connector/connector.ts';
import { opOf } from '../../scenario/generate/document-ops.ts';
import { haveValuesAcrossPartitions } from '../../scenario/kinds.ts';
import { SOCKET_TIMEOUT_MS } from '../../scenario/promised.ts';
import type { ScenarioRecord } from '../../scenario/scenario.ts';
import { keyOfWideId } from '../../scenario/wide-ids.ts';
import { withContainers } from '../containers.ts';
import type { Environment } from '../environment.ts';
import { type ProducedRecord, SECRET, topicNameOf } from '../kafka-log.ts';
import type { FinalWorld, Target, TargetParts } from '../target.ts';
import type { Topic } from '../topic.ts';
import { keyBytesOf, keyOfDocument, valueTextOf } from './connector/connector-model.ts';
import { registryValueOf } from './connector/registry/registry-records.ts';
import { SchemaRegistry } from './connector/registry/schema-registry.ts';
import { DocumentHistory } from './document-history.ts';
import { mapperOf } from './document-mapper.ts';
import { businessIndexesOf, collectionOf, isArrayKey, isGuarded, keyOfName, valueText } from './document-policy.ts';
import { DocumentPort } from './document-port.ts';
import { replayAll } from './document-replay.ts';
import { bodyOf } from './document-version.ts';
import { ReplicaSet, type Stored } from './replica-set.ts';

const HESITATION_MS = { min: 0, max: 8 } as const;
const TOMBSTONE_TTL_SECONDS = 86_400;
/** What `hello` says: mostly the usual, or so little that a wave needs several commands. */
const LIMITS: readonly ServerLimits[] = [
  { documentBytesMax: 16 * 1024 * 1024, operationsMax: 100_000 },
  { documentBytesMax: 16 * 1024 * 1024, operationsMax: 3 },
  { documentBytesMax: 4_096, operationsMax: 100_000 },
];
const FACTS_OF_A_COLLECTION = 4;
const UNIQUE_INDEX = { name: 'unique_1', fields: ['unique'], isSparse: true };

/** The real sink before a server like DocumentDB. */
export class DocumentsTarget implements Target {
  readonly #parts: TargetParts;
  readonly #servers = new Map<string, ReplicaSet>();
  readonly #history: DocumentHistory;
  readonly #port: DocumentPort;
  readonly #registry: SchemaRegistry;
  readonly #conduct: Conduct;
  readonly #limits: ServerLimits;
  /** Raised when the topic is made anew, as its owner has to. */
  readonly #epochs = new Map<string, number>();
  #ttlSeconds: number | undefined;

  constructor(parts: TargetParts) {
    this.#parts = parts;
    const { kafka, random, scenario, tell } = parts;
    const settings = scenario.documentdb;
    this.#conduct = new Conduct({ requestsInFlightMax: settings.poolSizeMax, requestTimeoutMs: SOCKET_TIMEOUT_MS });
    this.#history = new DocumentHistory({ kafka, settings, tell });
    this.#registry = new SchemaRegistry({ ...parts, random: random.fork('registry') });
    this.#limits = random.fork('limits').pick(LIMITS);
    const hasValues = scenario.records.some(({ unique }) => unique !== undefined);
    const uniqueIndexes = [...(hasValues ? [UNIQUE_INDEX] : []), ...businessIndexesOf(settings)];
    for (const record of scenario.records) {
      const collection = collectionOf(record.key, topicNameOf(record, scenario.topicCount), settings);
      if (!this.#servers.has(collection)) this.#servers.set(collection, this.#createServer(uniqueIndexes));
    }
    this.#port = new DocumentPort({
      ...parts,
      serverOf: this.#serverOf,
      history: this.#history,
      conduct: this.#conduct,
      limits: this.#limits,
      indexes: uniqueIndexes.map((index): IndexDescription => ({ ...index, isUnique: true, isPartial: false })),
      keyOf: this.#keyOfStatement,
      onTtlIndex: (ttlSeconds) => {
        this.#ttlSeconds = ttlSeconds;
      },
      foreignGoneChance: random.fork('foreign').pick([0, 0.5, 1]),
    });
  }

  #serverOf = (collection: string): ReplicaSet => {
    const server = this.#servers.get(collection);
    if (server === undefined) throw new Error('nobody may write to a collection that no record belongs to');
    return server;
  };

  #serverOfRecord = ({ scenario: { key }, topic }: ProducedRecord): ReplicaSet =>
    this.#serverOf(collectionOf(key, topic, this.#parts.scenario.documentdb));

  #documentOf = (record: ProducedRecord): Stored | undefined =>
    this.#serverOfRecord(record).documentOf(record.scenario.key ?? '');

  #documentsOf = (record: ProducedRecord): readonly Stored[] =>
    this.#serverOfRecord(record).documentsOf(record.scenario.key ?? '');

  #createServer(uniqueIndexes: ConstructorParameters<typeof ReplicaSet>[0]['uniqueIndexes']) {
    const { random, timeline } = this.#parts;
    const order = random.fork('order');
    return new ReplicaSet({
      nowMs: timeline.nowMs,
      hesitate: () => timeline.sleep(random.integer(HESITATION_MS.min, HESITATION_MS.max)),
      shuffle: (items) =>
        items
          .map((item) => ({ item, place: order.next() }))
          .toSorted((a, b) => a.place - b.place)
          .map(({ item }) => item),
      operationsMax: this.#limits.operationsMax,
      uniqueIndexes: uniqueIndexes ?? [],
      subjectOf: (document) => String(this.#keyOf(document)),
      onChange: (change) => this.#history.watch(change),
    });
  }

  /** The key of the records that a document is of. */
  #keyOf = (document: Stored): unknown => {
    const { connector, identity } = this.#parts.scenario.documentdb;
    if (connector !== undefined) return keyOfDocument(document, connector);
    if (identity === 'business') return keyOfName(valueAt(document, 'key.name'));
    return identity === 'wideId' ? keyOfWideId(document.get('_id')) : document.get('_id');
  };

  #keyOfStatement = (statement: Statement): unknown => {
    const named = this.#keyOf(documentOf(equalitiesOf(statement['q'] ?? statement['document'])));
    // A row without a primary key is made under an _id that does not say of which row it is.
    return named ?? bodyOf(statement)?.get('k');
  };

  valueOf(record: ScenarioRecord): Buffer | null {
    const { connector } = this.#parts.scenario.documentdb;
    const isMisfit = connector?.converter === 'jsonWithSchema' && record.id % 2 === 0;
    const isOfRegistry = connector !== undefined && asksRegistry(connector);
    const isCut = !isOfRegistry && record.kind === 'poison' && record.poison === undefined && !isMisfit;
    if (isCut) return Buffer.from(`{"id":${record.id},"secret":"${SECRET}`);
    if (connector === undefined) return record.kind === 'tombstone' ? null : Buffer.from(valueText(record));
    if (asksRegistry(connector)) {
      return record.kind === 'tombstone' ? null : registryValueOf(record, connector, valueText(record, connector));
    }
    const text = valueTextOf(record, connector, valueText(record, connector));
    return text === null ? null : Buffer.from(text);
  }

  keyOf(record: ScenarioRecord): Buffer | null {
    const { connector } = this.#parts.scenario.documentdb;
    if (connector !== undefined) return keyBytesOf(record, connector);
    return record.key === null ? null : Buffer.from(record.key);
  }

  createFunction(environment: Environment, telemetry: { readonly log: Log; readonly meter: BatchMeter }): BatchParts {
    const { scenario, bucket } = this.#parts;
    const { clock } = environment;
    const random = this.#parts.random.fork(environment.name);
    const time = { clock, random: random.next };
    const onLetter = (letter: DeadLetter) => this.#port.lettered(environment, letter);
    const deadLetters = bucket.queueFor(environment, { ...time, meter: telemetry.meter }, onLetter);
    const parts = {
      ...time,
      ...telemetry,
      settings: this.#settings(),
      ...mapperOf(scenario, this.#registry.accessFor(environment)),
      store: this.#port.storeFor(environment),
      deadLetters,
    };
    const { made: sink, entryCount } = withContainers(() => createDocumentdbSink(parts));
    environment.entryCount = entryCount;
    return { sink, triggerMode: scenario.mapping.mode, ...telemetry, clock };
  }

  /** Of a collection: its indexes, whether it has another unique one, and its index on tombstones, under way or not. And proven poison. */
  entriesMax = (environment: string): number =>
    FACTS_OF_A_COLLECTION * this.#servers.size + this.#port.rememberedIn(environment);

  #settings(): DocumentdbSinkSettings {
    const { documentdb, function: fn } = this.#parts.scenario;
    return {
      epochs: this.#epochs,
      onNoMatch: 'ignore',
      deletes: documentdb.deletes,
      tombstoneTtlSeconds: TOMBSTONE_TTL_SECONDS,
      onPoison: fn.onPoison,
      poolSizeMax: documentdb.poolSizeMax,
    };
  }

  recreated({ incarnation, name }: Topic): void {
    this.#epochs.set(name, incarnation);
  }

  /** Written or overwritten by a newer one of its partition, and durable. */
  holds = (record: ProducedRecord): boolean =>
    record.scenario.key !== null &&
    (record.scenario.hasNoEffect === true || this.#history.holds(record, this.#serverOfRecord(record)));

  isAcknowledged = (invocation: string, record: ProducedRecord): boolean =>
    this.#conduct.isAcknowledged(invocation, positionOf(record));

  isPoison = (record: ProducedRecord): boolean => isUnwritable(record) || this.#hasLostItsPlace(record);

  /**
   * After a batch that ended half-way newer records may stand there already, and one of them may hold the unique value of
   * an older one that is sent again: nobody can tell that from a value which is taken for good. Nor, where deletes are hard,
   * a document that a zombie brought back from one that an insert must not touch. Without faults it has to, and where only dead
   * letters meet faults at its first delivery, unless values move between partitions, or a record that gives up a value is stale by
   * its own version.
   */
  #hasLostItsPlace(produced: ProducedRecord): boolean {
    const { unique, ...record } = produced.scenario;
    const { bucket, scenario } = this.#parts;
    const { deletes, guard, hasArraysInKeys } = scenario.documentdb;
    const mayBeInTheWay = unique !== undefined || (opOf(record) === 'insert' && deletes === 'hard');
    const isFirst = scenario.faults.length === 0 || this.#port.isDeliveredOnce(positionOf(produced));
    const isQuiet = isFirst && scenario.faults.every(({ kind }) => kind.startsWith('bucket.'));
    const isOnlyOrdered = isQuiet && !haveValuesAcrossPartitions(scenario) && guard !== 'timestamp';
    const mayBe = mayBeInTheWay && !isOnlyOrdered;
    const isOfTwo = hasArraysInKeys === true && isArrayKey(record.key);
    return (mayBe || isOfTwo) && bucket.hasLetter(scenario.sink, produced);
  }

  isKnownPoison = (record: ProducedRecord): boolean =>
    record.scenario.kind === 'poison' && !this.isPoisonWithoutPlace(record);

  /** Of what throws nobody knows the document, nor of a change event, nor of what no transform can read. */
  isPoisonWithoutPlace = ({ scenario: { key, kind, poison } }: ProducedRecord): boolean => {
    const { connector } = this.#parts.scenario.documentdb;
    const isOfEvent =
      connector !== undefined &&
      (asksRegistry(connector) ||
        isOfValue(connector) ||
        connector.source !== undefined ||
        connector.transforms !== undefined);
    return key === null || (kind === 'poison' && (poison === 'throws' || isOfEvent));
  };

  /** Nobody may miss it: docs/guarantees.md, "A record that cannot be guarded". */
  mustSay(): readonly string[] {
    const { kafka, scenario } = this.#parts;
    const isWritten = kafka.produced.some((record) => {
      const { key, rowBefore } = record.scenario;
      if (key === null || isGuarded(scenario.documentdb, key)) return false;
      // A row without a primary key is made with a guard.
      if (scenario.documentdb.connector?.rowKey !== undefined && rowBefore === undefined) return false;
      return this.#serverOfRecord(record).changesOf(key).length > 0;
    });
    return isWritten ? ['UnguardedWrites'] : [];
  }

  overtakes = (newer: ProducedRecord, older: ProducedRecord): boolean =>
    newer.scenario.key === older.scenario.key &&
    newer.topicPartition === older.topicPartition &&
    newer.offset > older.offset;

  violations(final: FinalWorld): readonly Violation[] {
    return [
      ...this.#history.violations,
      ...this.#port.violations,
      ...this.#port.refusalViolations,
      ...this.#conduct.violations,
      ...this.#indexViolations(final),
      ...finalViolations(final, {
        scenario: this.#parts.scenario,
        documentOf: this.#documentOf,
        documentsOf: this.#documentsOf,
        keyOf: this.#keyOf,
        isPoison: isUnwritable,
      }),
    ];
  }

  replay(final: FinalWorld): Promise<readonly Violation[]> {
    const { kafka, random, scenario, timeline } = this.#parts;
    return replayAll(final, {
      kafka,
      random: random.fork('replay'),
      scenario,
      timeline,
      serverOf: this.#serverOf,
      limits: this.#limits,
      settings: this.#settings(),
      documentsOf: this.#documentsOf,
      isPoison: isUnwritable,
    });
  }

  /** Without it tombstones stay for ever; its making may fail, but not for nothing. */
  #indexViolations({ isCalm }: FinalWorld): readonly Violation[] {
    const wantedSeconds = this.#parts.scenario.documentdb.deletes === 'tombstone' ? TOMBSTONE_TTL_SECONDS : undefined;
    if (!isCalm || this.#documents().length === 0 || this.#ttlSeconds === wantedSeconds) return [];
    return [{ guarantee: 'calm', message: `tombstones expire after ${this.#ttlSeconds} s, not ${wantedSeconds} s` }];
  }

  #documents = (): readonly Stored[] => [...this.#servers.values()].flatMap((server) => server.documents());

  digest(): string {
    const text = (document: Stored) =>
      JSON.stringify([...document], (_, value: unknown) => {
        if (value instanceof Map) return [...value];
        return typeof value === 'bigint' ? String(value) : value;
      });
    return this.#documents()
      .map((document) => `text ${nameOf(document.get('_id'))} ${text(document)}`)
      .toSorted()
      .join('\n');
  }

  reshard(): void {
    throw new Error('only Kinesis has shards');
  }
}

/** Whichever topic of that name it is of. */
const positionOf = (record: ProducedRecord): string => positionText(record).replace(/ .*/, '');

const nameOf = (id: unknown): string => (typeof id === 'string' ? id : exactText(id));

const isUnwritable = ({ scenario: { key, kind } }: ProducedRecord): boolean =>
  key === null || kind === 'poison' || kind === 'refused';
