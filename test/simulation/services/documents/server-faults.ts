import type {
  CommandKind,
  Statement,
  WriteReply,
} from '../../../../functions/documentdb-sink/target/document-store.ts';
import { entriesOf } from '../../../support/document-server/bson-values.ts';
import { exactText } from '../../../support/document-server/exact-text.ts';
import { equalitiesOf } from '../../../support/document-server/filter.ts';
import {
  CONFLICTING_UPDATE_OPERATORS,
  INTERRUPTED_BY_FAILOVER,
  ServerError,
  WRITE_CONCERN_TIMEOUT,
} from '../../../support/document-server/write-error.ts';
import type { FaultKind } from '../../scenario/faults.ts';
import type { Environment } from '../environment.ts';
import { SECRET } from '../kafka-log.ts';
import type { TargetParts } from '../target.ts';
import { DocumentDoubts } from './document-doubts.ts';
import type { DocumentHistory } from './document-history.ts';
import { DocumentRefusals, UNLISTED } from './document-refusals.ts';
import { bodyOf, partitionsOf } from './document-version.ts';
import type { CommandFaults, ReplicaSet } from './replica-set.ts';

/** After a write concern error: until the write is durable after all, or until a new primary does not have it. */
const UNCERTAIN_MS = { min: 100, max: 2_000 } as const;
/** So often in a row somebody else inserts a document first. */
const INSERTED_FIRST_MAX = 20;
/** The same where a read finds what somebody else inserted: then the sink never takes it for good. */
const INSERTED_AND_READ_FIRST_MAX = 45;
/** While statements are slow: some eighty of them take longer than the driver waits. */
const STATEMENT_MS = 250;
/** How long somebody else's document stays, if it goes again. */
const FOREIGN_MS = { min: 0, max: 10 } as const;

export interface ServerFaultsParts extends TargetParts {
  readonly serverOf: (collection: string) => ReplicaSet;
  readonly history: DocumentHistory;
  readonly keyOf: (statement: Statement) => unknown;
  /** How often what somebody else inserted is gone again soon. */
  readonly foreignGoneChance: number;
}

export interface WriteRequest {
  readonly environment: Environment;
  readonly collection: string;
  readonly kind: CommandKind;
  readonly statements: readonly Statement[];
}

/** What goes wrong on the server with a command that reached it: refusals, conflicts, other writers, elections. */
export class ServerFaults {
  readonly #parts: ServerFaultsParts;
  readonly #doubts: DocumentDoubts;
  readonly #refused: DocumentRefusals;
  /** How often in a row somebody inserted a document first. */
  readonly #insertedFirst = new Map<string, number>();

  constructor(parts: ServerFaultsParts) {
    this.#parts = parts;
    this.#doubts = new DocumentDoubts(parts);
    this.#refused = new DocumentRefusals(parts.timeline.nowMs, (body) => parts.history.recordOf(body)?.scenario);
  }

  /** @throws Error as the driver throws it */
  async write(request: WriteRequest): Promise<WriteReply> {
    const { environment, collection, kind, statements } = request;
    const { faultInjector, scenario, serverOf, timeline } = this.#parts;
    try {
      if (faultInjector.strikes('documentdb.slowStatements')) await timeline.sleep(statements.length * STATEMENT_MS);
      this.#refuse(environment, statements);
      const reply = await serverOf(collection).write(kind, statements, this.#faultsFor(request));
      const code = this.#doubts.afterCommand(statements, environment);
      if (code !== undefined) throw new ServerError(code);
      return scenario.documentdb.isIndexUnnamed ? withoutIndexes(reply) : reply;
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      if (error.code === INTERRUPTED_BY_FAILOVER) environment.touch(partitionsOf(statements));
      if (error.code === WRITE_CONCERN_TIMEOUT) this.#decideLater(request);
      throw foreign(error.code === WRITE_CONCERN_TIMEOUT ? 'MongoWriteConcernError' : 'MongoServerError', error.code);
    }
  }

  /** @throws ServerError where the command is refused as it stands */
  #refuse(environment: Environment, statements: readonly Statement[]): void {
    const { faultInjector, random } = this.#parts;
    if (faultInjector.strikes('documentdb.writesRefused', environment)) throw new ServerError(UNKNOWN_ERROR);
    if (faultInjector.strikes('documentdb.outageOfAnyCode', environment)) throw new ServerError(random.pick(OUTAGES));
    const doubt = this.#doubts.ofCommand(statements, environment);
    if (doubt !== undefined) throw new ServerError(doubt);
    const refusal = this.#refused.codeOfCommand(statements);
    if (refusal !== undefined) throw new ServerError(refusal);
  }

  #faultsFor({ environment, collection }: WriteRequest): CommandFaults {
    const { faultInjector, foreignGoneChance, random, serverOf, scenario, timeline } = this.#parts;
    const strikes = (kind: FaultKind, statements: readonly Statement[]) => {
      if (!faultInjector.isPlanned(kind)) return false;
      const partitions = partitionsOf(statements);
      // A probe is of no partition, and any may wait for its answer.
      return faultInjector.strikes(kind, environment, partitions.length === 0 ? 'all' : partitions);
    };
    return {
      failStatement: (statement) => {
        const refusal = this.#refused.codeOfStatement(statement);
        if (refusal !== undefined) return refusal;
        if (strikes('documentdb.writesRefusedAlike', [statement])) return UNLISTED;
        if (strikes('documentdb.statementFailed', [statement])) return random.pick(STATEMENT_CODES);
        if (isProbe(statement)) return undefined;
        const isThrottled = strikes('documentdb.writesThrottled', [statement]);
        return isThrottled
          ? CONFLICTING_UPDATE_OPERATORS
          : this.#doubts.ofStatement(statement, environment, collection);
      },
      insertFirst: (statement) => {
        // Nobody else may make a document where it is told who did: by an insert, or by what is set on insert alone.
        const isTold = scenario.documentdb.strategy === 'events' || bodyOf(statement)?.has('$setOnInsert') === true;
        if (isTold) return false;
        const isStruck = strikes('documentdb.insertedFirst', [statement]) && this.#isUsual(statement);
        const { isForeignGoneOnceRead } = scenario.documentdb;
        if (isStruck && !isForeignGoneOnceRead && random.chance(foreignGoneChance)) {
          const described = new Map(equalitiesOf(statement['q']));
          const goneAtMs = timeline.nowMs() + random.integer(FOREIGN_MS.min, FOREIGN_MS.max);
          timeline.at(goneAtMs, () => serverOf(collection).removeForeign(described));
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
    const { isForeignGoneOnceRead } = this.#parts.scenario.documentdb;
    const countMax = isForeignGoneOnceRead ? INSERTED_AND_READ_FIRST_MAX : INSERTED_FIRST_MAX;
    this.#insertedFirst.set(document, count % (countMax + 1));
    return count <= countMax;
  }

  /** The others catch up, or one of them that did not becomes the new primary. */
  #decideLater({ environment, collection, statements }: WriteRequest): void {
    const { faultInjector, history, random, serverOf, tell, timeline } = this.#parts;
    const server = serverOf(collection);
    const isLost = faultInjector.strikes('documentdb.rolledBack', environment, partitionsOf(statements));
    timeline.at(timeline.nowMs() + random.integer(UNCERTAIN_MS.min, UNCERTAIN_MS.max), () => {
      if (!isLost) return server.catchUp();
      for (const change of server.failOver()) tell('is rolled back', history.describe(change));
    });
  }

  /** The process learns that these are stored. */
  heard(environment: Environment, statements: readonly Statement[], collection: string): void {
    this.#doubts.heard(environment, statements, collection);
  }
}

/** A conflict, a lock, or a primary that steps down in the middle of a command. */
const STATEMENT_CODES: readonly number[] = [112, 24, 10_107, 11_602];

/** It names no reason that a client could know. */
const UNKNOWN_ERROR = 8;

/**
 * Network, elections, locks, conflicts, time limits, a full disk, features that are not there: what has nothing to do with a document.
 * https://docs.aws.amazon.com/documentdb/latest/developerguide/error-codes.html
 * https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
 */
const OUTAGES: readonly number[] = [
  6, 7, 24, 39, 46, 50, 79, 89, 90, 91, 92, 100, 107, 112, 117, 133, 134, 189, 202, 216, 225, 251, 262, 290, 355, 365,
  371, 9_001, 10_058, 10_107, 11_600, 11_601, 11_602, 13_435, 13_436, 14_031, 46_841, 50_915,
];

/** An update that can match nothing: it asks whether writes are taken. */
export const isProbe = ({ q }: Statement): boolean => entriesOf(q ?? {}).some(([path]) => path === '_k.probe');

const withoutIndexes = ({ count, writeErrors }: WriteReply): WriteReply => ({
  count,
  writeErrors: writeErrors.map((error) => ({ ...error, duplicateIndex: undefined })),
});

/** As the driver throws it; its message quotes what it was given. */
export const foreign = (name: string, code?: number): Error =>
  Object.assign(new Error(`dup key: ${SECRET}`), { name, ...(code !== undefined && { code }) });
