import type { IndexDescription } from '../../../../functions/documentdb-sink/guard/indexes.ts';
import type {
  CommandKind,
  DocumentStore,
  ServerLimits,
  Statement,
  WriteReply,
} from '../../../../functions/documentdb-sink/target/document-store.ts';
import { abortAt } from '../../../../shared/time/deadline.ts';
import { exactText } from '../../../support/document-server/exact-text.ts';
import { equalitiesOf } from '../../../support/document-server/filter.ts';
import {
  FAILED_TO_PARSE,
  INTERRUPTED_BY_FAILOVER,
  ServerError,
  VALIDATION_FAILED,
  WRITE_CONCERN_TIMEOUT,
} from '../../../support/document-server/write-error.ts';
import type { Conduct } from '../../invariants/conduct.ts';
import type { Violation } from '../../invariants/violation.ts';
import type { Touched } from '../../scenario/fault-injector.ts';
import type { FaultKind } from '../../scenario/faults.ts';
import { SOCKET_TIMEOUT_MS } from '../../scenario/promised.ts';
import type { Environment } from '../environment.ts';
import { SECRET } from '../kafka-log.ts';
import { exchange } from '../network.ts';
import type { TargetParts } from '../target.ts';
import type { DocumentHistory } from './document-history.ts';
import { bodyOf, fieldIn, partitionsOf } from './document-version.ts';
import type { CommandFaults, ReplicaSet } from './replica-set.ts';

/** After a write concern error: until the write is durable after all, or until a new primary does not have it. */
const UNCERTAIN_MS = { min: 100, max: 2_000 } as const;
/** How old the state is that a read right after a failover may see. */
const STALE_READ_MS = { min: 1, max: 900 } as const;
const SELECTION_MS = 5_000;
/** So often in a row somebody else inserts a document first. */
const INSERTED_FIRST_MAX = 20;
/** How long somebody else's document stays, if it goes again. */
const FOREIGN_MS = { min: 0, max: 10 } as const;

export interface PortParts extends Omit<TargetParts, 'bucket'> {
  readonly server: ReplicaSet;
  readonly history: DocumentHistory;
  readonly conduct: Conduct;
  readonly limits: ServerLimits;
  readonly indexes: readonly IndexDescription[];
  readonly keyOf: (statement: Statement) => unknown;
  readonly onTtlIndex: (ttlSeconds: number) => void;
  /** How often what somebody else inserted is gone again soon. */
  readonly foreignGoneChance: number;
}

/** What the driver is to the sink: answers get lost, commands are refused, failovers happen. */
export class DocumentPort {
  readonly violations: Violation[] = [];
  readonly #parts: PortParts;
  readonly #connected = new WeakSet<Environment>();
  /** How often in a row somebody inserted a document first. */
  readonly #insertedFirst = new Map<string, number>();

  constructor(parts: PortParts) {
    this.#parts = parts;
  }

  storeFor(environment: Environment): DocumentStore {
    const { conduct, history, indexes, keyOf, limits, onTtlIndex, server } = this.#parts;
    const command = <T>(signal: AbortSignal, serve: () => T) =>
      this.#command({ environment, signal, touched: 'all' }, () => Promise.resolve(serve()));
    const read = <T>(signal: AbortSignal, filters: readonly unknown[], find: (asOfMs: number) => T) => {
      const request = {
        environment,
        signal,
        touched: this.#touched(environment, this.#readersOf(environment, filters)),
      };
      conduct.decided(environment.invocation, environment.clock.nowMs());
      const serve = () =>
        this.#parts.faultInjector.strikes('documentdb.readRefused', environment)
          ? Promise.reject(foreign('MongoServerError', UNAUTHORIZED))
          : Promise.resolve(find(this.#readAsOfMs(environment)));
      return this.#watched(request, [], () => this.#command(request, serve));
    };
    return {
      // A connection knows them: they are asked for once.
      limits: (signal) =>
        this.#connected.has(environment)
          ? Promise.resolve(limits)
          : command(signal, () => {
              this.#connected.add(environment);
              return limits;
            }),
      write: (_namespace, kind, statements, signal) => {
        conduct.decided(environment.invocation, environment.clock.nowMs());
        const serve = () => this.#write({ environment, kind, statements });
        const request = { environment, signal, touched: this.#touched(environment, partitionsOf(statements)) };
        this.#watchDocuments(environment, statements);
        for (const statement of statements) history.noteUnguarded(statement, keyOf(statement), environment.sent);
        const positions = statements.map((statement) => history.nameOf(statement));
        const written = this.#watched(request, positions, () => this.#command(request, serve));
        return written.then((reply) => this.#heard(request, positions, reply));
      },
      findVersions: (_namespace, ids, signal) => {
        const filters = ids.map((id) => new Map([['_id', id]]));
        return read(signal, filters, (asOfMs) => server.findVersions(ids, asOfMs));
      },
      findVersionsOf: (_namespace, filter, signal) =>
        read(signal, [filter], (asOfMs) => server.findVersionsOf(filter, asOfMs)),
      listIndexes: (_namespace, signal) => command(signal, () => indexes),
      ensureTtlIndex: (_namespace, ttlSeconds, signal) => command(signal, () => onTtlIndex(ttlSeconds)),
    };
  }

  /** Whose answer a call holds up: with every connection in use the others wait for it. A probe is of no partition. */
  #touched({ openCount }: Environment, partitions: readonly string[]): Touched {
    const isLastSlot = openCount + 1 >= this.#parts.scenario.documentdb.poolSizeMax;
    return isLastSlot || partitions.length === 0 ? 'all' : partitions;
  }

  /** The partitions that have records of these documents in the invocation. */
  #readersOf({ sent }: Environment, filters: readonly unknown[]): readonly string[] {
    const keys = new Set(filters.map((q) => this.#parts.keyOf({ q })));
    const records = sent.flatMap((position) => this.#parts.kafka.at(position) ?? []);
    const own = records.filter(({ scenario: { key } }) => keys.has(key));
    return [...new Set(own.map(({ topicPartition }) => topicPartition))];
  }

  /** The statements of an unordered command are done in any order: no two of them may be of one document. */
  #watchDocuments({ invocation }: Environment, statements: readonly Statement[]): void {
    const keys = statements.map((statement) => this.#parts.keyOf(statement));
    if (new Set(keys).size === keys.length) return;
    const message = `invocation ${invocation} writes a document twice in one command`;
    this.violations.push({ guarantee: 'G3', message });
  }

  /** Watches what the process sends, and for how long it waits. */
  async #watched<T>(request: Request, positions: readonly string[], send: () => Promise<T>): Promise<T> {
    const { environment, signal } = request;
    const { clock, invocation } = environment;
    const sentAtMs = clock.nowMs();
    if (sentAtMs > environment.sendUntilMs) {
      const message = `invocation ${invocation} sent something ${sentAtMs - environment.sendUntilMs} ms after its last moment`;
      this.violations.push({ guarantee: 'G5', message });
    }
    const close = this.#parts.conduct.opened(environment, invocation, positions, signal);
    try {
      return await send();
    } catch (error) {
      const isForGood = (error as { readonly code?: unknown }).code === UNAUTHORIZED;
      if (isForGood && !signal.aborted) this.#parts.conduct.refusedForGood(invocation, clock.nowMs());
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
      this.#parts.conduct.answered(environment.invocation, acknowledged, environment.clock.nowMs());
    }
    return reply;
  }

  async #command<T>({ environment, signal, touched }: Request, serve: () => Promise<T>): Promise<T> {
    const { faultInjector, random } = this.#parts;
    const { clock } = environment;
    if (faultInjector.strikes('documentdb.noServer', environment, touched)) {
      await clock.waitUntil(clock.nowMs() + SELECTION_MS, signal);
      throw foreign(signal.aborted ? 'AbortError' : random.pick(NOT_SENT));
    }
    const strikes = (kind: FaultKind) => faultInjector.strikes(kind, environment, touched);
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
        const refusal = REFUSALS.find(({ kind, ofAll }) =>
          faultInjector.strikes(kind, environment, ofAll ? 'all' : touched),
        );
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
      this.#refuse(environment, statements);
      return await this.#parts.server.write(kind, statements, this.#faultsFor(environment));
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      if (error.code === INTERRUPTED_BY_FAILOVER) environment.touch(partitionsOf(statements));
      if (error.code === WRITE_CONCERN_TIMEOUT) this.#decideLater(environment, partitionsOf(statements));
      throw foreign(error.code === WRITE_CONCERN_TIMEOUT ? 'MongoWriteConcernError' : 'MongoServerError', error.code);
    }
  }

  /** @throws ServerError where the command is refused as it stands */
  #refuse(environment: Environment, statements: readonly Statement[]): void {
    if (this.#parts.faultInjector.strikes('documentdb.writesRefused', environment))
      throw new ServerError(UNKNOWN_ERROR);
    if (statements.some((statement) => fieldIn(bodyOf(statement), 'refused') === 'command')) {
      throw new ServerError(FAILED_TO_PARSE);
    }
  }

  #faultsFor(environment: Environment): CommandFaults {
    const { faultInjector, foreignGoneChance, random, server, scenario, timeline } = this.#parts;
    const strikes = (kind: FaultKind, statements: readonly Statement[]) => {
      const partitions = partitionsOf(statements);
      // A probe is of no partition, and any may wait for its answer.
      return faultInjector.strikes(kind, environment, partitions.length === 0 ? 'all' : partitions);
    };
    return {
      failStatement: (statement) => {
        const refused = fieldIn(bodyOf(statement), 'refused');
        if (refused !== undefined) return refused === 'unlisted' ? UNLISTED : VALIDATION_FAILED;
        return strikes('documentdb.statementFailed', [statement]) ? random.pick(STATEMENT_CODES) : undefined;
      },
      insertFirst: (statement) => {
        // Nobody else may make a document where it is told who did: by an insert, or by what is set on insert alone.
        const isTold = scenario.documentdb.strategy === 'events' || bodyOf(statement)?.has('$setOnInsert') === true;
        if (isTold) return false;
        const isStruck = strikes('documentdb.insertedFirst', [statement]) && this.#isUsual(statement);
        if (isStruck && random.chance(foreignGoneChance)) {
          const described = new Map(equalitiesOf(statement['q']));
          const goneAtMs = timeline.nowMs() + random.integer(FOREIGN_MS.min, FOREIGN_MS.max);
          timeline.at(goneAtMs, () => server.removeForeign(described));
        }
        return isStruck;
      },
      failWriteConcern: (statements) => strikes('documentdb.writeConcern', statements),
    };
  }

  /** Nobody is at one document's heels for ever. */
  #isUsual({ q }: Statement): boolean {
    const document = exactText(equalitiesOf(q));
    const count = (this.#insertedFirst.get(document) ?? 0) + 1;
    this.#insertedFirst.set(document, count % (INSERTED_FIRST_MAX + 1));
    return count <= INSERTED_FIRST_MAX;
  }

  /** The others catch up, or one of them that did not becomes the new primary. */
  #decideLater(environment: Environment, touched: readonly string[]): void {
    const { faultInjector, history, random, server, tell, timeline } = this.#parts;
    const isLost = faultInjector.strikes('documentdb.rolledBack', environment, touched);
    timeline.at(timeline.nowMs() + random.integer(UNCERTAIN_MS.min, UNCERTAIN_MS.max), () => {
      if (!isLost) return server.catchUp();
      for (const change of server.failOver()) tell('is rolled back', history.describe(change));
    });
  }

  /** Right after a failover a read may be of a moment ago. */
  #readAsOfMs(environment: Environment): number {
    const { faultInjector, random, timeline } = this.#parts;
    const isStale = faultInjector.strikes('documentdb.staleRead', environment);
    return timeline.nowMs() - (isStale ? random.integer(STALE_READ_MS.min, STALE_READ_MS.max) : 0);
  }
}

/** A conflict, a lock, or a primary that steps down in the middle of a command. */
const STATEMENT_CODES: readonly number[] = [112, 24, 10_107, 11_602];

/** These name no reason that a client could know. */
const UNKNOWN_ERROR = 8;
const UNLISTED = 16_755;

const UNAUTHORIZED = 13;

/** No primary, one that steps down, one that is starting up: https://github.com/mongodb/specifications, "not writable primary". */
const FAILOVER_CODES: readonly number[] = [10_107, 91, 189, 11_600, 11_602, 13_435, 13_436];

/** `ofAll`: no other command would be taken either. */
const REFUSALS: readonly { readonly kind: FaultKind; readonly codes: readonly number[]; readonly ofAll: boolean }[] = [
  { kind: 'documentdb.failover', codes: FAILOVER_CODES, ofAll: false },
  { kind: 'documentdb.credentialsRefused', codes: [18], ofAll: true },
  { kind: 'documentdb.unauthorized', codes: [UNAUTHORIZED], ofAll: true },
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
  /** The partitions that wait for the answer. */
  readonly touched: Touched;
}

interface WriteRequest {
  readonly environment: Environment;
  readonly kind: CommandKind;
  readonly statements: readonly Statement[];
}

/** As the driver throws it; its message quotes what it was given. */
const foreign = (name: string, code?: number): Error =>
  Object.assign(new Error(`dup key: ${SECRET}`), { name, ...(code !== undefined && { code }) });
