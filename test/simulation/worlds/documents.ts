import type {
  CommandKind,
  DocumentStore,
  ServerLimits,
  Statement,
  WriteReply,
} from '../../../functions/documentdb-sink/document-store.ts';
import { type DocumentId, identityOf } from '../../../functions/documentdb-sink/id-strategies/document-id.ts';
import { createDocumentdbSink } from '../../../functions/documentdb-sink/sink.ts';
import { createDeadLetterQueue } from '../../../shared/dead-letter-queue.ts';
import type { BatchParts } from '../../../shared/run-batch.ts';
import type { Log, Meter } from '../../../shared/telemetry.ts';
import { finalViolations } from '../checks/documents.ts';
import type { Violation } from '../checks/violation.ts';
import type { FaultKind } from '../model/faults.ts';
import type { StoryRecord } from '../model/story.ts';
import { EPOCH_MS } from '../model/timeline.ts';
import type { Filter } from './document-filter.ts';
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
/** What `hello` says: mostly the usual, or so little that a wave needs several commands. */
const LIMITS: readonly ServerLimits[] = [
  { documentBytesMax: 16 * 1024 * 1024, operationsMax: 100_000 },
  { documentBytesMax: 16 * 1024 * 1024, operationsMax: 3 },
  { documentBytesMax: 4_096, operationsMax: 100_000 },
];

/** Which record a version of a document, or its deletion, is of. */
interface Version {
  readonly topicPartition: string;
  readonly offset: bigint;
}

/** The real sink before a server like DocumentDB: answers get lost, commands are refused, failovers happen. */
export class DocumentsTarget implements Target {
  readonly #parts: TargetParts;
  readonly #server: DocumentServer;
  readonly #limits: ServerLimits;
  readonly #recordsById = new Map<number, ProducedRecord>();
  readonly #violations: Violation[] = [];

  constructor(parts: TargetParts) {
    this.#parts = parts;
    const { random, timeline } = parts;
    this.#limits = random.fork('limits').pick(LIMITS);
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
      onChange: (change) => this.#watch(change),
    });
  }

  valueOf({ id, kind }: StoryRecord): Buffer | null {
    if (kind === 'tombstone') return null;
    if (kind === 'poison') return Buffer.from(`{"id":${id},"secret":"${SECRET}`);
    return Buffer.from(JSON.stringify({ id, secret: `${SECRET}-${id}`, ...(kind === 'refused' && { refused: true }) }));
  }

  createFunction(environment: Environment, telemetry: { readonly log: Log; readonly meter: Meter }): BatchParts {
    const { story, bucket } = this.#parts;
    const { clock } = environment;
    const random = this.#parts.random.fork(environment.name);
    const time = { clock, random: random.next };
    const deadLetters = createDeadLetterQueue({ ...time, store: bucket.storeFor(environment), meter: telemetry.meter });
    const sink = createDocumentdbSink({
      ...time,
      ...telemetry,
      settings: {
        database: DATABASE,
        deletes: story.documentdb.deletes,
        tombstoneTtlSeconds: 86_400,
        onPoison: story.function.onPoison,
        poolSizeMax: story.documentdb.poolSizeMax,
      },
      store: this.#storeFor(environment),
      deadLetters,
    });
    return { sink, triggerMode: story.mapping.mode, ...telemetry, clock };
  }

  #storeFor(environment: Environment): DocumentStore {
    const command = <T>(touched: readonly string[] | 'all', signal: AbortSignal, serve: () => Promise<T>) =>
      this.#command(environment, touched, signal, serve);
    return {
      limits: (signal) => command('all', signal, () => Promise.resolve(this.#limits)),
      write: (_namespace, kind, statements, signal) =>
        command(partitionsOf(statements), signal, () => this.#write(environment, kind, statements)),
      findMarks: (_namespace, ids, signal) =>
        command('all', signal, () => Promise.resolve(this.#findMarks(environment, ids))),
      findStrictUniqueIndexes: (_namespace, signal) => command('all', signal, () => Promise.resolve([])),
      ensureTtlIndex: (_namespace, _ttlSeconds, signal) => command('all', signal, () => Promise.resolve()),
    };
  }

  async #command<T>(
    environment: Environment,
    touched: readonly string[] | 'all',
    signal: AbortSignal,
    serve: () => Promise<T>,
  ): Promise<T> {
    const { chaos } = this.#parts;
    const strikes = (kind: FaultKind) => chaos.strikes(kind, environment, touched);
    if (chaos.strikes('documentdb.noServer', environment)) {
      await environment.clock.waitUntil(environment.clock.nowMs() + SELECTION_MS, signal);
      throw foreign('MongoServerSelectionError');
    }
    const fault = strikes('documentdb.requestLost')
      ? 'requestLost'
      : strikes('documentdb.answerLost')
        ? 'answerLost'
        : strikes('documentdb.slow')
          ? 'slow'
          : undefined;
    return await exchange(environment, this.#parts, {
      serve: () => {
        const code = REFUSALS.find(({ kind }) => chaos.strikes(kind, environment))?.code;
        return code === undefined ? serve() : Promise.reject(foreign('MongoServerError', code));
      },
      fault,
      broken: () => foreign('MongoNetworkError'),
      aborted: () => foreign('AbortError'),
      signal,
    });
  }

  async #write(environment: Environment, kind: CommandKind, statements: readonly Statement[]): Promise<WriteReply> {
    try {
      return await this.#server.write(kind, statements, this.#faultsFor(environment));
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      if (error.code === INTERRUPTED_BY_FAILOVER) environment.touch(partitionsOf(statements));
      if (error.code === WRITE_CONCERN_TIMEOUT) this.#decideLater(environment, partitionsOf(statements));
      throw foreign(error.code === WRITE_CONCERN_TIMEOUT ? 'MongoWriteConcernError' : 'MongoServerError', error.code);
    }
  }

  #faultsFor(environment: Environment): CommandFaults {
    const { chaos } = this.#parts;
    const strikes = (kind: FaultKind, statements: readonly Statement[]) =>
      chaos.strikes(kind, environment, partitionsOf(statements));
    return {
      failStatement: (statement) =>
        (statement['u'] as Stored | undefined)?.has('refused')
          ? VALIDATION_FAILED
          : strikes('documentdb.statementFailed', [statement])
            ? WRITE_CONFLICT
            : undefined,
      insertFirst: (statement) => strikes('documentdb.insertedFirst', [statement]),
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

  #findMarks(environment: Environment, ids: readonly DocumentId[]) {
    const { chaos, random, timeline } = this.#parts;
    const isStale = chaos.strikes('documentdb.staleRead', environment);
    return this.#server.findMarks(
      ids,
      timeline.nowMs() - (isStale ? random.integer(STALE_READ_MS.min, STALE_READ_MS.max) : 0),
    );
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
    if (typeof id !== 'number') return markOf(document?.get('_k')) ?? (document ? undefined : limitOf(statement));
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
      if (version === undefined) return after === undefined && atMs >= EPOCH_MS + record.story.atMs;
      return version.topicPartition === record.topicPartition && version.offset >= BigInt(record.offset);
    });
  }

  isPoison = ({ story: { key, kind } }: ProducedRecord): boolean =>
    key === null || kind === 'poison' || kind === 'refused';

  overtakes = (newer: ProducedRecord, older: ProducedRecord): boolean =>
    newer.story.key === older.story.key && newer.topicPartition === older.topicPartition && newer.offset > older.offset;

  violations(final: FinalWorld): readonly Violation[] {
    return [
      ...this.#violations,
      ...finalViolations(final, {
        deletes: this.#parts.story.documentdb.deletes,
        documentOf: (key) => this.#server.documentOf(identityOf(key)),
        isPoison: this.isPoison,
      }),
    ];
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

const WRITE_CONFLICT = 112;

const REFUSALS: readonly { readonly kind: FaultKind; readonly code: number }[] = [
  { kind: 'documentdb.failover', code: 10_107 },
  { kind: 'documentdb.credentialsRefused', code: 18 },
  { kind: 'documentdb.unauthorized', code: 13 },
];

/** Of a stored `_k`. */
function markOf(marks: unknown): Version | undefined {
  const [first] = Object.entries(marks ?? {}).filter(([name]) => name.startsWith(TOPIC));
  return first && { topicPartition: first[0], offset: BigInt(first[1] as number | bigint) };
}

/** Of a guard: `"_k.orders-0": {$not: {$gt: 7n}}`. */
function limitOf(statement: Statement | undefined): Version | undefined {
  const guards = Object.entries((statement?.['q'] ?? {}) as Filter).filter(([path]) => path.startsWith(`_k.${TOPIC}`));
  const [path, condition] = guards[0] ?? [];
  const limit = (condition as { readonly $not?: Readonly<Record<string, bigint>> } | undefined)?.$not;
  const offset = Object.values(limit ?? {})[0];
  return path === undefined || offset === undefined ? undefined : { topicPartition: path.slice('_k.'.length), offset };
}

const textOf = (version: Version | undefined): string =>
  version === undefined ? 'a document' : `${version.topicPartition}@${version.offset}`;

const partitionsOf = (statements: readonly Statement[]): readonly string[] => [
  ...new Set(
    statements.flatMap((statement) => {
      const version = limitOf(statement) ?? markOf((statement['u'] as Stored | undefined)?.get('_k'));
      return version === undefined ? [] : [version.topicPartition];
    }),
  ),
];

/** As the driver throws it; its message quotes what it was given. */
const foreign = (name: string, code?: number): Error =>
  Object.assign(new Error(`dup key: ${SECRET}`), { name, ...(code !== undefined && { code }) });
