import type {
  CommandKind,
  DocumentStore,
  ServerLimits,
  Statement,
  WriteReply,
} from '../../../functions/documentdb-sink/document-store.ts';
import { identityOf } from '../../../functions/documentdb-sink/identity.ts';
import { SOCKET_TIMEOUT_MS } from '../../../functions/documentdb-sink/limits.ts';
import { createNativePolicy } from '../../../functions/documentdb-sink/native-policy.ts';
import { createDocumentdbSink } from '../../../functions/documentdb-sink/sink.ts';
import { abortAt } from '../../../shared/deadline.ts';
import type { BatchParts } from '../../../shared/run-batch.ts';
import type { Log, Meter } from '../../../shared/telemetry.ts';
import { equalitiesOf } from '../../support/model-filter.ts';
import { Conduct } from '../checks/conduct.ts';
import { finalViolations } from '../checks/documents.ts';
import { positionText } from '../checks/positions.ts';
import type { Violation } from '../checks/violation.ts';
import type { FaultKind } from '../model/faults.ts';
import type { StoryRecord } from '../model/story.ts';
import { EPOCH_MS } from '../model/timeline.ts';
import {
  type Change,
  type CommandFaults,
  DocumentServer,
  INTERRUPTED_BY_FAILOVER,
  ServerError,
  type Stored,
  VALIDATION_FAILED,
  WRITE_CONCERN_TIMEOUT,
} from './document-server.ts';
import { limitOf, markOf, partitionsOf, textOf, type Version } from './document-version.ts';
import type { Environment } from './environment.ts';
import { type ProducedRecord, SECRET, TOPIC } from './kafka-log.ts';
import { exchange } from './network.ts';
import type { FinalWorld, Target, TargetParts } from './target.ts';

const DATABASE = 'simulated';
const HESITATION_MS = { min: 0, max: 8 } as const;
/** After a write concern error: until the write is durable after all, or until a new primary does not have it. */
const UNCERTAIN_MS = { min: 100, max: 2_000 } as const;
/** How old the state is that a read right after a failover may see. */
const STALE_READ_MS = { min: 1, max: 1_000 } as const;
const SELECTION_MS = 5_000;
/** How long somebody else's document stays, if it goes again. */
const FOREIGN_MS = { min: 0, max: 10 } as const;
const TOMBSTONE_TTL_SECONDS = 86_400;
/** What `hello` says: mostly the usual, or so little that a wave needs several commands. */
const LIMITS: readonly ServerLimits[] = [
  { documentBytesMax: 16 * 1024 * 1024, operationsMax: 100_000 },
  { documentBytesMax: 16 * 1024 * 1024, operationsMax: 3 },
  { documentBytesMax: 4_096, operationsMax: 100_000 },
];

/** The real sink before a server like DocumentDB: answers get lost, commands are refused, failovers happen. */
export class DocumentsTarget implements Target {
  readonly #parts: TargetParts;
  readonly #server: DocumentServer;
  readonly #limits: ServerLimits;
  /** How often what somebody else inserted is gone again soon. */
  readonly #foreignGoneChance: number;
  readonly #recordsById = new Map<number, ProducedRecord>();
  readonly #violations: Violation[] = [];
  readonly #conduct: Conduct;
  /** Of deletions whose filter does not say of which version they are. */
  readonly #unguarded = new WeakMap<Statement, Version>();
  #ttlSeconds: number | undefined;
  #unnamedCount = 0;

  constructor(parts: TargetParts) {
    this.#parts = parts;
    const { random, story, timeline } = parts;
    const { poolSizeMax } = story.documentdb;
    this.#conduct = new Conduct({ requestsInFlightMax: poolSizeMax, requestTimeoutMs: SOCKET_TIMEOUT_MS });
    this.#limits = random.fork('limits').pick(LIMITS);
    this.#foreignGoneChance = random.fork('foreign').pick([0, 0.5, 1]);
    const order = random.fork('order');
    this.#server = new DocumentServer({
      nowMs: timeline.nowMs,
      hesitate: () => timeline.sleep(random.integer(HESITATION_MS.min, HESITATION_MS.max)),
      shuffle: (items) =>
        items
          .map((item) => ({ item, place: order.next() }))
          .toSorted((a, b) => a.place - b.place)
          .map(({ item }) => item),
      operationsMax: this.#limits.operationsMax,
      uniqueIndexes: [{ name: 'unique_1', fields: ['unique'], isSparse: true }],
      onChange: (change) => this.#watch(change),
    });
  }

  valueOf({ id, kind, unique }: StoryRecord): Buffer | null {
    if (kind === 'tombstone') return null;
    if (kind === 'poison') return Buffer.from(`{"id":${id},"secret":"${SECRET}`);
    const refused = kind === 'refused' ? true : undefined;
    return Buffer.from(JSON.stringify({ id, secret: `${SECRET}-${id}`, unique, refused }));
  }

  createFunction(environment: Environment, telemetry: { readonly log: Log; readonly meter: Meter }): BatchParts {
    const { story, bucket } = this.#parts;
    const { clock } = environment;
    const random = this.#parts.random.fork(environment.name);
    const time = { clock, random: random.next };
    const deadLetters = bucket.queueFor(environment, { ...time, meter: telemetry.meter });
    const sink = createDocumentdbSink({
      ...time,
      ...telemetry,
      settings: {
        epochs: new Map(),
        onNoMatch: 'ignore',
        deletes: story.documentdb.deletes,
        tombstoneTtlSeconds: TOMBSTONE_TTL_SECONDS,
        onPoison: story.function.onPoison,
        poolSizeMax: story.documentdb.poolSizeMax,
      },
      policy: createNativePolicy({ database: DATABASE }),
      store: this.#storeFor(environment),
      deadLetters,
    });
    return { sink, triggerMode: story.mapping.mode, ...telemetry, clock };
  }

  #storeFor(environment: Environment): DocumentStore {
    const command = <T>(signal: AbortSignal, serve: () => T) =>
      this.#command({ environment, signal }, () => Promise.resolve(serve()));
    return {
      limits: (signal) => command(signal, () => this.#limits),
      write: (_namespace, kind, statements, signal) => {
        this.#conduct.decided(environment.invocation, environment.clock.nowMs());
        const serve = () => this.#write({ environment, kind, statements });
        const request = { environment, signal };
        for (const statement of statements) this.#noteUnguarded(statement, environment.sent);
        const positions = statements.map((statement) => this.#nameOf(statement));
        const written = this.#watched(request, positions, () => this.#command(request, serve));
        return written.then((reply) => this.#heard(request, positions, reply));
      },
      findMarks: (_namespace, ids, signal) => {
        const request = { environment, signal };
        const serve = () => Promise.resolve(this.#server.findMarks(ids, this.#readAsOfMs(environment)));
        return this.#watched(request, [], () => this.#command(request, serve));
      },
      findMarksOf: (_namespace, filter, signal) => {
        const request = { environment, signal };
        const serve = () => Promise.resolve(this.#server.findMarksOf(filter, this.#readAsOfMs(environment)));
        return this.#watched(request, [], () => this.#command(request, serve));
      },
      listIndexes: (_namespace, signal) => command(signal, () => []),
      ensureTtlIndex: (_namespace, ttlSeconds, signal) =>
        command(signal, () => {
          this.#ttlSeconds = ttlSeconds;
        }),
    };
  }

  /** The position that a statement is of; where it does not say, something that no other is called. */
  #nameOf(statement: Statement): string {
    const version = this.#versionOf(statement['u'] as Stored | undefined, statement);
    if (version !== undefined && !this.#unguarded.has(statement)) return textOf(version);
    this.#unnamedCount += 1;
    return `write ${this.#unnamedCount}`;
  }

  /** Watches what the process sends, and for how long it waits. */
  async #watched<T>(request: Request, positions: readonly string[], send: () => Promise<T>): Promise<T> {
    const { environment, signal } = request;
    const { clock, invocation } = environment;
    const sentAtMs = clock.nowMs();
    if (sentAtMs > environment.sendUntilMs) {
      const message = `invocation ${invocation} sent something ${sentAtMs - environment.sendUntilMs} ms after its last moment`;
      this.#violations.push({ guarantee: 'G5', message });
    }
    const close = this.#conduct.opened(environment, invocation, positions, signal);
    try {
      return await send();
    } catch (error) {
      const isForGood = (error as { readonly code?: unknown }).code === UNAUTHORIZED;
      if (isForGood && !signal.aborted) this.#conduct.refusedForGood(invocation, clock.nowMs());
      throw error;
    } finally {
      close();
    }
  }

  /** The process learns what is stored. */
  #heard({ environment, signal }: Request, positions: readonly string[], reply: WriteReply): WriteReply {
    const errors = new Set(reply.writeErrors.map(({ index }) => index));
    // Of deletes a count does not tell which found something.
    const isTold = reply.count + errors.size === positions.length;
    const acknowledged = isTold ? positions.filter((_, index) => !errors.has(index)) : [];
    if (!signal.aborted) {
      this.#conduct.answered(environment.invocation, acknowledged, environment.clock.nowMs());
    }
    return reply;
  }

  async #command<T>({ environment, signal }: Request, serve: () => Promise<T>): Promise<T> {
    const { chaos, random } = this.#parts;
    const { clock } = environment;
    if (chaos.strikes('documentdb.noServer', environment)) {
      await clock.waitUntil(clock.nowMs() + SELECTION_MS, signal);
      throw foreign(signal.aborted ? 'AbortError' : random.pick(NOT_SENT));
    }
    // What waits for one answer waits whatever its partition is.
    const strikes = (kind: FaultKind) => chaos.strikes(kind, environment);
    const fault = strikes('documentdb.requestLost')
      ? 'requestLost'
      : strikes('documentdb.answerLost')
        ? 'answerLost'
        : strikes('documentdb.slow')
          ? 'slow'
          : undefined;
    const patience = abortAt(clock, clock.nowMs() + SOCKET_TIMEOUT_MS);
    return await exchange(environment, this.#parts, {
      serve: () => {
        const refusal = REFUSALS.find(({ kind }) => chaos.strikes(kind, environment));
        return refusal === undefined
          ? serve()
          : Promise.reject(foreign('MongoServerError', random.pick(refusal.codes)));
      },
      fault,
      broken: () => foreign('MongoNetworkError'),
      aborted: () => foreign(signal.aborted ? 'AbortError' : 'MongoNetworkTimeoutError'),
      signal: AbortSignal.any([signal, patience.signal]),
    }).finally(() => patience.release());
  }

  async #write({ environment, kind, statements }: WriteRequest): Promise<WriteReply> {
    try {
      return await this.#server.write(kind, statements, this.#faultsFor(environment));
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      if (error.code === INTERRUPTED_BY_FAILOVER) environment.touch(partitionsOf(statements));
      if (error.code === WRITE_CONCERN_TIMEOUT) this.#decideLater(environment, partitionsOf(statements));
      throw foreign(error.code === WRITE_CONCERN_TIMEOUT ? 'MongoWriteConcernError' : 'MongoServerError', error.code);
    }
  }

  /** A deletion that names its document alone is of the newest deletion that its process was sent. */
  #noteUnguarded(statement: Statement, sent: readonly string[]): void {
    if (statement['u'] !== undefined || limitOf(statement) !== undefined) return;
    const _id = new Map(equalitiesOf(statement['q'])).get('_id');
    const records = sent.map((position) => this.#parts.kafka.at(position));
    const record = records.findLast((each) => each?.story.kind === 'tombstone' && each.story.key === _id);
    if (record === undefined) return;
    this.#unguarded.set(statement, { topicPartition: record.topicPartition, offset: BigInt(record.offset) });
  }

  #faultsFor(environment: Environment): CommandFaults {
    const { chaos, random, timeline } = this.#parts;
    const strikes = (kind: FaultKind, statements: readonly Statement[]) =>
      chaos.strikes(kind, environment, partitionsOf(statements));
    return {
      failStatement: (statement) =>
        (statement['u'] as Stored | undefined)?.has('refused')
          ? VALIDATION_FAILED
          : strikes('documentdb.statementFailed', [statement])
            ? random.pick(STATEMENT_CODES)
            : undefined,
      insertFirst: (statement) => {
        const isStruck = strikes('documentdb.insertedFirst', [statement]);
        if (isStruck && random.chance(this.#foreignGoneChance)) {
          const described = new Map(equalitiesOf(statement['q']));
          const goneAtMs = timeline.nowMs() + random.integer(FOREIGN_MS.min, FOREIGN_MS.max);
          timeline.at(goneAtMs, () => this.#server.removeForeign(described));
        }
        return isStruck;
      },
      failWriteConcern: (statements) => strikes('documentdb.writeConcern', statements),
    };
  }

  /** The others catch up, or one of them that did not becomes the new primary. */
  #decideLater(environment: Environment, touched: readonly string[]): void {
    const { chaos, random, tell, timeline } = this.#parts;
    const isLost = chaos.strikes('documentdb.rolledBack', environment, touched);
    timeline.at(timeline.nowMs() + random.integer(UNCERTAIN_MS.min, UNCERTAIN_MS.max), () => {
      if (!isLost) return this.#server.catchUp();
      for (const { statement, after } of this.#server.failOver()) {
        tell('is rolled back', textOf(this.#versionOf(after, statement)));
      }
    });
  }

  /** Right after a failover a read may be of a moment ago. */
  #readAsOfMs(environment: Environment): number {
    const { chaos, random, timeline } = this.#parts;
    const isStale = chaos.strikes('documentdb.staleRead', environment);
    return timeline.nowMs() - (isStale ? random.integer(STALE_READ_MS.min, STALE_READ_MS.max) : 0);
  }

  /** G3, the moment it is broken. */
  #watch({ statement, before, after }: Change): void {
    const version = this.#versionOf(after, statement);
    if (version === undefined) return;
    const { topicPartition, offset } = version;
    this.#parts.tell(after === undefined ? 'deleted its document' : 'wrote its document', textOf(version));
    const stored = this.#versionOf(before, undefined);
    if (stored?.topicPartition !== topicPartition || stored.offset <= offset) return;
    this.#violations.push({ guarantee: 'G3', message: `${textOf(version)} was written over ${textOf(stored)}` });
  }

  /** By what is in the document, or by the mark where that says nothing. Undefined: somebody else's, or not to be told. */
  #versionOf(document: Stored | undefined, statement: Statement | undefined): Version | undefined {
    const id = document?.get('id');
    if (document === undefined) return statement && (limitOf(statement) ?? this.#unguarded.get(statement));
    if (typeof id !== 'number') return markOf(document.get('_k'));
    for (const record of this.#parts.kafka.produced.slice(this.#recordsById.size)) {
      this.#recordsById.set(record.story.id, record);
    }
    const record = this.#recordsById.get(id);
    return record && { topicPartition: record.topicPartition, offset: BigInt(record.offset) };
  }

  /** Written or overwritten by a newer one of its partition, and durable. */
  holds(record: ProducedRecord): boolean {
    if (record.key === null) return false;
    return this.#server.changesOf(identityOf(record.key.toString())).some((change) => {
      const { statement, after, atMs, durableAtMs } = change;
      if (statement === undefined || durableAtMs === undefined) return false;
      const version = this.#versionOf(after, statement);
      // A deletion that does not say of what: of everything before it.
      if (version === undefined || this.#unguarded.has(statement))
        return after === undefined && atMs >= EPOCH_MS + record.story.atMs;
      return version.topicPartition === record.topicPartition && version.offset >= BigInt(record.offset);
    });
  }

  isAcknowledged = (invocation: string, record: ProducedRecord): boolean =>
    this.#conduct.isAcknowledged(invocation, positionText(record));

  isPoison = (record: ProducedRecord): boolean => isUnwritable(record) || this.#hasLostItsValue(record);

  /**
   * After a batch that ended half-way newer records may stand there already, and one of them may hold the unique value of
   * an older one that is sent again: nobody can tell that from a value which is taken for good. Without faults it has to.
   */
  #hasLostItsValue({ story: { unique }, partition, offset }: ProducedRecord): boolean {
    const { bucket, story } = this.#parts;
    if (unique === undefined || story.faults.length === 0) return false;
    return bucket.hasLetter(story.sink, TOPIC, partition, offset);
  }

  isKnownPoison = ({ story: { key, kind } }: ProducedRecord): boolean => key === null || kind === 'poison';

  overtakes = (newer: ProducedRecord, older: ProducedRecord): boolean =>
    newer.story.key === older.story.key && newer.topicPartition === older.topicPartition && newer.offset > older.offset;

  violations(final: FinalWorld): readonly Violation[] {
    return [
      ...this.#violations,
      ...this.#conduct.violations,
      ...this.#indexViolations(final),
      ...finalViolations(final, {
        deletes: this.#parts.story.documentdb.deletes,
        documentOf: (key) => this.#server.documentOf(identityOf(key)),
        isPoison: isUnwritable,
      }),
    ];
  }

  /** Without it tombstones stay for ever; its making may fail, but not for nothing. */
  #indexViolations({ isCalm }: FinalWorld): readonly Violation[] {
    const wantedSeconds = this.#parts.story.documentdb.deletes === 'tombstone' ? TOMBSTONE_TTL_SECONDS : undefined;
    if (!isCalm || this.#server.documents().size === 0 || this.#ttlSeconds === wantedSeconds) return [];
    return [{ guarantee: 'calm', message: `tombstones expire after ${this.#ttlSeconds} s, not ${wantedSeconds} s` }];
  }

  digest(): string {
    const text = (document: Stored) =>
      JSON.stringify([...document], (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    return [...this.#server.documents()]
      .map(([identity, document]) => `${identity} ${text(document)}`)
      .toSorted()
      .join('\n');
  }

  reshard(): void {
    throw new Error('only Kinesis has shards');
  }
}

/** A conflict, a lock, or a primary that steps down in the middle of a command. */
const STATEMENT_CODES: readonly number[] = [112, 24, 10_107, 11_602];

const isUnwritable = ({ story: { key, kind } }: ProducedRecord): boolean =>
  key === null || kind === 'poison' || kind === 'refused';

const UNAUTHORIZED = 13;

/** No primary, one that steps down, one that is starting up: https://github.com/mongodb/specifications, "not writable primary". */
const FAILOVER_CODES: readonly number[] = [10_107, 91, 189, 11_600, 11_602, 13_435, 13_436];

const REFUSALS: readonly { readonly kind: FaultKind; readonly codes: readonly number[] }[] = [
  { kind: 'documentdb.failover', codes: FAILOVER_CODES },
  { kind: 'documentdb.credentialsRefused', codes: [18] },
  { kind: 'documentdb.unauthorized', codes: [UNAUTHORIZED] },
];

/** How the driver says that there was no connection to send on. */
const NOT_SENT: readonly string[] = [
  'MongoServerSelectionError',
  'MongoWaitQueueTimeoutError',
  'MongoPoolClearedError',
  'MongoNotConnectedError',
];

/** A command on its way. */
interface Request {
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

interface WriteRequest {
  readonly environment: Environment;
  readonly kind: CommandKind;
  readonly statements: readonly Statement[];
}

/** As the driver throws it; its message quotes what it was given. */
const foreign = (name: string, code?: number): Error =>
  Object.assign(new Error(`dup key: ${SECRET}`), { name, ...(code !== undefined && { code }) });
