import type { Statement } from '../../../../functions/documentdb-sink/target/document-store.ts';
import type { Violation } from '../../invariants/violation.ts';
import { opOf, type ScenarioDocumentdb } from '../../scenario/generate/document-ops.ts';
import { EPOCH_MS } from '../../scenario/timeline.ts';
import type { KafkaLog, ProducedRecord } from '../kafka-log.ts';
import { isGuarded, leftName, versionOf } from './document-policy.ts';
import {
  bodyOf,
  fieldIn,
  limitOf,
  sourceVersionOf,
  textOf,
  type Version,
  versionOfRecord,
} from './document-version.ts';
import type { Change, ReplicaSet, Stored } from './replica-set.ts';

export interface HistoryParts {
  readonly kafka: KafkaLog;
  readonly settings: ScenarioDocumentdb;
  /** One line of the story of a run. */
  readonly tell: (line: string, position?: string) => void;
}

/** Which record each write and each stored version is of: by the record's number in it, by its mark where there is none. */
export class DocumentHistory {
  readonly violations: Violation[] = [];
  readonly #parts: HistoryParts;
  readonly #recordsById = new Map<number, ProducedRecord>();
  /** Of deletions whose filter does not say of which version they are. */
  readonly #unguarded = new WeakMap<Statement, Version>();
  #unnamedCount = 0;

  constructor(parts: HistoryParts) {
    this.#parts = parts;
  }

  /** The position that a statement is of; where it does not say, something that no other is called. */
  nameOf(statement: Statement): string {
    const body = bodyOf(statement);
    // Of several writes of one record the first does not have its number.
    const isWhole = body === undefined || body.has('_deletedAt') || fieldIn(body, 'id') !== undefined;
    const version = isWhole ? this.#versionOf(body, statement) : undefined;
    if (version !== undefined && !this.#unguarded.has(statement)) return textOf(version);
    this.#unnamedCount += 1;
    return `write ${this.#unnamedCount}`;
  }

  /** A deletion that names its document alone is of the newest deletion that its process was sent. */
  noteUnguarded(statement: Statement, key: unknown, sent: readonly string[]): void {
    if (bodyOf(statement) !== undefined || limitOf(statement) !== undefined) return;
    const records = sent.map((position) => this.#parts.kafka.at(position));
    const record = records.findLast((each) => each?.scenario.kind === 'tombstone' && each.scenario.key === key);
    if (record !== undefined) this.#unguarded.set(statement, versionOfRecord(record));
  }

  /** G3, the moment it is broken. */
  watch({ statement, before, after, subject }: Change): void {
    this.#watchContent(after);
    const version = this.#versionOf(after, statement);
    if (version === undefined) return;
    this.#parts.tell(after === undefined ? 'deleted its document' : 'wrote its document', textOf(version));
    if (!isGuarded(this.#parts.settings, subject)) return;
    const stored = this.#versionOf(before, undefined);
    if (stored?.topicPartition === version.topicPartition && stored.offset > version.offset) {
      this.#blame(`${textOf(version)} was written over ${textOf(stored)}`);
    }
    const [was, is] = [before, after].map((document) => this.recordOf(document));
    const [older, newer] = [was, is].map((record) => record && this.#guardOf(record));
    if (older === undefined || newer === undefined || older <= newer) return;
    this.#blame(`${textOf(version)} was written over ${textOf(stored)}, which is newer by its own account`);
  }

  /** G1: what cannot be converted is never stored, in whatever form. */
  #watchContent(after: Stored | undefined): void {
    const record = this.recordOf(after);
    if (record?.scenario.kind !== 'poison') return;
    const message = `${textOf(versionOfRecord(record))} is stored, and cannot be converted`;
    this.violations.push({ guarantee: 'G1', message });
  }

  #blame(message: string): void {
    this.violations.push({ guarantee: 'G3', message });
  }

  #guardOf({ scenario: { id, kind }, timestampMs }: ProducedRecord): number | undefined {
    return versionOf(this.#parts.settings, { id, timestampMs, isDeletion: kind === 'tombstone' });
  }

  recordOf(document: Stored | undefined): ProducedRecord | undefined {
    const id = fieldIn(document, 'id');
    if (typeof id !== 'number' && typeof id !== 'bigint') return undefined;
    for (const record of this.#parts.kafka.produced.slice(this.#recordsById.size)) {
      this.#recordsById.set(record.scenario.id, record);
    }
    return this.#recordsById.get(Number(id));
  }

  /** Undefined: somebody else's, or not to be told. */
  #versionOf(document: Stored | undefined, statement: Statement | undefined): Version | undefined {
    if (document === undefined) return statement && (limitOf(statement) ?? this.#unguarded.get(statement));
    if (document.has('_deletedAt')) return sourceVersionOf(document.get('_k'));
    const record = this.recordOf(document);
    return record && versionOfRecord(record);
  }

  describe = ({ after, statement }: Change): string => textOf(this.#versionOf(after, statement));

  /** Written or overwritten by a newer one, or with nothing to change; and durable. */
  holds(record: ProducedRecord, server: ReplicaSet): boolean {
    const { id, key, leavesKey } = record.scenario;
    const changes = server.changesOf(leavesKey ? leftName(String(key), id) : String(key));
    const durable = changes.filter(({ durableAtMs }) => durableAtMs !== undefined);
    return durable.some((change) => this.#covers(change, record)) || foundNothing(record, durable);
  }

  #covers(change: Change, record: ProducedRecord): boolean {
    const { statement, after, atMs } = change;
    const own = this.#guardOf(record);
    const stored = (after?.get('_k') as { readonly v?: number } | undefined)?.v;
    if (own !== undefined && stored !== undefined && stored > own) return true;
    if (statement === undefined) return false;
    const version = this.#versionOf(after, statement);
    // A deletion that does not say of what: of everything before it.
    if (version === undefined || this.#unguarded.has(statement)) {
      return after === undefined && atMs >= EPOCH_MS + record.scenario.atMs;
    }
    const wanted = versionOfRecord(record);
    return version.topicPartition === wanted.topicPartition && version.offset >= wanted.offset;
  }
}

/** There was no document at some time since the record came, and it may not make one. */
function foundNothing({ scenario }: ProducedRecord, durable: readonly Change[]): boolean {
  if (opOf(scenario) !== 'patch' && opOf(scenario) !== 'put') return false;
  const producedAtMs = EPOCH_MS + scenario.atMs;
  const isAbsent = (document: Stored | undefined) => document === undefined || document.has('_deletedAt');
  const last = durable.findLast(({ atMs }) => atMs <= producedAtMs);
  const since = durable.filter(({ atMs }) => atMs >= producedAtMs);
  return isAbsent(last?.after) || since.some(({ before, after }) => isAbsent(before) || isAbsent(after));
}
