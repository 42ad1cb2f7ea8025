import type { IndexDescription } from '../../../../functions/documentdb-sink/guard/indexes.ts';
import type {
  DocumentStore,
  ServerLimits,
  Statement,
  WriteReply,
} from '../../../../functions/documentdb-sink/target/document-store.ts';
import type { DeadLetter } from '../../../../shared/dead-letter/dead-letter.ts';
import { abortAt } from '../../../../shared/time/deadline.ts';
import { equalitiesOf } from '../../../support/document-server/filter.ts';
import { received } from '../../../support/document-server/received.ts';
import type { Conduct } from '../../invariants/conduct.ts';
import { Refusals } from '../../invariants/documents/refusals.ts';
import { SlowCommands, TIMED_OUT } from '../../invariants/documents/slow-commands.ts';
import type { Violation } from '../../invariants/violation.ts';
import type { Touched } from '../../scenario/fault-injector.ts';
import type { FaultKind } from '../../scenario/faults.ts';
import { SOCKET_TIMEOUT_MS } from '../../scenario/promised.ts';
import type { Environment } from '../environment.ts';
import type { ProducedRecord } from '../kafka-log.ts';
import { exchange } from '../network.ts';
import { partitionsOf } from './document-version.ts';
import type { Stored } from './replica-set.ts';
import { foreign, isProbe, ServerFaults, type ServerFaultsParts } from './server-faults.ts';

/** How old the state is that a read right after a failover may see. */
const STALE_READ_MS = { min: 1, max: 900 } as const;
const SELECTION_MS = 5_000;
export interface PortParts extends ServerFaultsParts {
  readonly conduct: Conduct;
  readonly limits: ServerLimits;
  readonly indexes: readonly IndexDescription[];
  readonly onTtlIndex: (ttlSeconds: number) => void;
}

/** What the driver is to the sink: answers get lost, commands are refused, failovers happen. */
export class DocumentPort {
  readonly violations: Violation[] = [];
  readonly #parts: PortParts;
  readonly #connected = new WeakSet<Environment>();
  readonly #slowCommands = new SlowCommands();
  readonly #refusals = new Refusals();
  readonly #writing = new Set<string>();
  /** By position: how many invocations that wrote something had the record. */
  readonly #deliveryCounts = new Map<string, number>();
  readonly #serverFaults: ServerFaults;

  constructor(parts: PortParts) {
    this.#parts = parts;
    this.#serverFaults = new ServerFaults(parts);
  }

  storeFor(environment: Environment): DocumentStore {
    const { conduct, faultInjector, history, indexes, keyOf, limits, onTtlIndex, serverOf } = this.#parts;
    const command = <T>(signal: AbortSignal, serve: () => T) =>
      this.#command({ environment, signal, touched: 'all' }, () => Promise.resolve(serve()));
    const indexCommand = <T>(signal: AbortSignal, serve: () => T) =>
      this.#command({ environment, signal, touched: 'all' }, () =>
        faultInjector.strikes('documentdb.indexRefused', environment)
          ? Promise.reject(foreign('MongoServerError', UNAUTHORIZED))
          : Promise.resolve(serve()),
      );
    const read = <T>({ of, signal, filters }: Read, find: (asOfMs: number) => T) => {
      const touched = this.#touched(environment, this.#readersOf(environment, filters));
      const request = { environment, signal, of, touched };
      conduct.decided(environment.invocation, environment.clock.nowMs(), { of });
      const serve = () =>
        faultInjector.strikes('documentdb.readRefused', environment)
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
      write: ({ collection }, kind, sent, signal) => {
        const statements = sent.map(received);
        conduct.decided(environment.invocation, environment.clock.nowMs(), { of: collection });
        const serve = () => this.#serverFaults.write({ environment, collection, kind, statements });
        const touched = this.#touched(environment, partitionsOf(statements));
        const request = { environment, signal, of: collection, touched };
        this.#watchDocuments(environment, statements);
        for (const statement of statements) history.noteUnguarded(statement, keyOf(statement), environment.sent);
        const positions = statements.map((statement) => history.nameOf(statement));
        const heard = { ...request, statements };
        this.#noteDelivery(environment);
        this.#refusals.sent(environment.name, environment.invocation, () => this.#recordsOf(environment));
        const written = this.#watched(request, positions, () => this.#command(request, serve)).catch((error) => {
          if (statements.length === 1) this.#heardRefusal(environment, positions[0], error.code);
          throw error;
        });
        return written.then((reply) => this.#heard(heard, positions, reply));
      },
      findVersions: ({ collection }, ids, signal) => {
        const filters = ids.map((id) => new Map([['_id', id]]));
        return read({ of: collection, signal, filters }, (asOfMs) => {
          const found = serverOf(collection).findVersions(ids, asOfMs);
          for (const { id } of found) this.#wasRead(collection, new Map([['_id', id]]));
          return found;
        });
      },
      findVersionsOf: ({ collection }, filter, signal) =>
        read({ of: collection, signal, filters: [filter] }, (asOfMs) => {
          const found = serverOf(collection).findVersionsOf(filter, asOfMs);
          if (found !== undefined) this.#wasRead(collection, new Map(equalitiesOf(filter)));
          return found;
        }),
      listIndexes: (_namespace, signal) => indexCommand(signal, () => indexes),
      ensureTtlIndex: (_namespace, ttlSeconds, signal) => indexCommand(signal, () => onTtlIndex(ttlSeconds)),
    };
  }

  /** Whose answer a call holds up: with every connection in use the others wait for it. A probe is of no partition. */
  #touched({ openCount }: Environment, partitions: readonly string[]): Touched {
    const isLastSlot = openCount + 1 >= this.#parts.scenario.documentdb.poolSizeMax;
    return isLastSlot || partitions.length === 0 ? 'all' : partitions;
  }

  get refusalViolations(): readonly Violation[] {
    return this.#refusals.violations;
  }

  /** How many records an environment may have to remember. */
  rememberedIn = (environment: string): number => this.#refusals.rememberedIn(environment);

  #recordsOf = ({ sent }: Environment): readonly ProducedRecord[] =>
    sent.flatMap((position) => this.#parts.kafka.at(position) ?? []);

  /** The partitions that have records of these documents in the invocation. */
  #readersOf(environment: Environment, filters: readonly unknown[]): readonly string[] {
    const keys = new Set(filters.map((q) => this.#parts.keyOf({ q })));
    const own = this.#recordsOf(environment).filter(({ scenario: { key } }) => keys.has(key));
    return [...new Set(own.map(({ topicPartition }) => topicPartition))];
  }

  #noteDelivery({ invocation, sent }: Environment): void {
    if (this.#writing.has(invocation)) return;
    this.#writing.add(invocation);
    for (const position of sent) this.#deliveryCounts.set(position, (this.#deliveryCounts.get(position) ?? 0) + 1);
  }

  /** Whether at most one of the invocations that wrote something had the record. */
  isDeliveredOnce = (position: string): boolean => (this.#deliveryCounts.get(position) ?? 0) <= 1;

  #wasRead(collection: string, described: Stored): void {
    const { scenario, serverOf, timeline } = this.#parts;
    if (!scenario.documentdb.isForeignGoneOnceRead) return;
    timeline.at(timeline.nowMs(), () => serverOf(collection).removeForeign(described));
  }

  /** The statements of an unordered command are done in any order: no two of them may be of one document. And the server said how many it takes. */
  #watchDocuments({ invocation }: Environment, statements: readonly Statement[]): void {
    if (statements.length > this.#parts.limits.operationsMax) {
      const message = `invocation ${invocation} sends ${statements.length} writes in one command`;
      this.violations.push({ guarantee: 'G5', message });
    }
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
    this.violations.push(...this.#slowCommands.sent(invocation, positions));
    const close = this.#parts.conduct.opened(environment, invocation, positions, signal);
    try {
      return await send();
    } catch (error) {
      // A mistake of this world would look like an outage to the sink.
      if (error instanceof TypeError || error instanceof ReferenceError) {
        this.violations.push({ guarantee: 'G5', message: `the simulated server broke: ${error.message}` });
      }
      this.#slowCommands.failed(invocation, positions, error);
      const { code } = error as { readonly code?: unknown };
      const { conduct } = this.#parts;
      if (signal.aborted) throw error;
      if (code === UNAUTHORIZED) conduct.refusedForGood(invocation, clock.nowMs(), request.of);
      else if (UNSUPPORTED.includes(Number(code))) conduct.refusedForGood(invocation, clock.nowMs());
      else conduct.answered(invocation, [], clock.nowMs(), request.of);
      throw error;
    } finally {
      close();
    }
  }

  /** The process learns what is stored. */
  #heard(heard: Heard, positions: readonly string[], reply: WriteReply): WriteReply {
    const { environment, signal, of, statements } = heard;
    const errors = new Set(reply.writeErrors.map(({ index }) => index));
    // Of deletes a count does not tell which found something.
    const isTold = reply.count + errors.size === positions.length;
    const acknowledged = isTold ? positions.filter((_, index) => !errors.has(index)) : [];
    // What matched nothing was not tried: that its code passed by itself is told by a write with an effect.
    const taken = isTold ? statements.filter((each, index) => !errors.has(index) && !isProbe(each)) : [];
    this.#serverFaults.heard(environment, taken, of);
    const { clock, invocation, name } = environment;
    const written = acknowledged.flatMap((position) => this.#parts.kafka.at(position) ?? []);
    const hasPassed = errors.size === 0 && statements.every(isProbe);
    if (hasPassed || acknowledged.length > 0)
      this.#refusals.taken({ environment: name, invocation }, written, clock.nowMs());
    for (const { index, code } of reply.writeErrors) this.#heardRefusal(environment, positions[index], code);
    if (!signal.aborted) {
      this.#parts.conduct.answered(environment.invocation, acknowledged, environment.clock.nowMs(), of);
    }
    return reply;
  }

  /** Of inserts, each of which is of one record, with a code that may as well be an outage's; faults keep a probe from passing. */
  #heardRefusal({ clock, invocation, name }: Environment, position: string | undefined, code: unknown): void {
    const { bucket, kafka, scenario } = this.#parts;
    const record = position === undefined ? undefined : kafka.at(position);
    if (record === undefined || !isDoubtedInsert(record) || typeof code !== 'number') return;
    const isQuiet = scenario.faults.every((fault) => !fault.kind.startsWith('documentdb.'));
    const hasLetter = bucket.hasLetter(scenario.sink, record);
    this.#refusals.refused({ environment: name, invocation, record, code, hasLetter, isQuiet }, clock.nowMs());
  }

  /** The function writes a dead letter. */
  lettered({ invocation, name }: Environment, { topic, partition, offset, timestamp, code }: DeadLetter): void {
    const record = this.#parts.kafka.find(`${topic}-${partition}`, offset, timestamp);
    if (code !== 'rejected_by_target' || record === undefined || !isDoubtedInsert(record)) return;
    this.#refusals.lettered({ environment: name, invocation }, record);
  }

  async #command<T>({ environment, signal, touched }: Omit<Request, 'of'>, serve: () => Promise<T>): Promise<T> {
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
      aborted: () => foreign(signal.aborted ? 'AbortError' : TIMED_OUT),
      signal: AbortSignal.any([signal, patience.signal]),
    }).finally(() => patience.release());
  }

  /** Right after a failover a read may be of a moment ago. */
  #readAsOfMs(environment: Environment): number {
    const { faultInjector, random, timeline } = this.#parts;
    const isStale = faultInjector.strikes('documentdb.staleRead', environment);
    return timeline.nowMs() - (isStale ? random.integer(STALE_READ_MS.min, STALE_READ_MS.max) : 0);
  }
}

const UNAUTHORIZED = 13;
/** What the engine does not have, whatever the collection. */
const UNSUPPORTED: readonly number[] = [301, 303, 304];

/** No primary, one that steps down, one that is starting up: https://github.com/mongodb/specifications, "not writable primary". */
const FAILOVER_CODES: readonly number[] = [10_107, 91, 189, 11_600, 11_602, 13_435, 13_436];

/** `ofAll`: no other command would be taken either. */
const REFUSALS: readonly { readonly kind: FaultKind; readonly codes: readonly number[]; readonly ofAll: boolean }[] = [
  { kind: 'documentdb.failover', codes: FAILOVER_CODES, ofAll: false },
  { kind: 'documentdb.credentialsRefused', codes: [18], ofAll: true },
  { kind: 'documentdb.unauthorized', codes: [UNAUTHORIZED], ofAll: true },
  { kind: 'documentdb.unsupported', codes: UNSUPPORTED, ofAll: true },
];

const isDoubtedInsert = ({ scenario: { op, refusal } }: ProducedRecord): boolean =>
  op === 'insert' && refusal !== undefined;

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
  /** Its collection. */
  readonly of: string;
}

interface Read {
  readonly of: string;
  readonly signal: AbortSignal;
  readonly filters: readonly unknown[];
}

interface Heard extends Request {
  readonly statements: readonly Statement[];
}
