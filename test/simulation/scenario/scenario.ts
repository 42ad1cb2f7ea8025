import type { Aggregation, Ordering } from '../../../functions/kinesis-sink/plan/plan.ts';
import type { SinkName } from '../../../infra/sinks.ts';
import type { PartialFailureRetry } from '../../../local/msk-trigger/machine/settings.ts';
import type { TriggerMode } from '../../../shared/run-batch.ts';
import type { PoisonPolicy } from '../../../shared/settings/common-settings.ts';
import type { FaultKind } from './faults.ts';
import type { Poison, ScenarioDocumentdb, WriteOp } from './generate/document-ops.ts';

/** All that happens in one run, as plain data: the same story ends in the same world, and a smaller one is easily made. */
export interface Scenario {
  readonly seed: string;
  readonly sink: SinkName;
  readonly mapping: ScenarioMapping;
  readonly function: ScenarioFunction;
  readonly kinesis: ScenarioKinesis;
  readonly documentdb: ScenarioDocumentdb;
  readonly partitionCount: number;
  /** Each with its own mapping, all of one function and with as many partitions; default: one. */
  readonly topicCount?: number;
  /** Ascending by time. */
  readonly records: readonly ScenarioRecord[];
  readonly faults: readonly FaultWindow[];
  /** After the last fault everything must come to an end within so long; default: a day. */
  readonly calmMsMax?: number;
}

/** Times are milliseconds after the story's beginning. */
export interface ScenarioRecord {
  /** Unique, stands in the value. */
  readonly id: number;
  readonly atMs: number;
  /** By which partitions keys are chosen, as a producer does; a raised partition count moves keys. */
  readonly key: string | null;
  readonly kind: RecordKind;
  /** In which topic, modulo their number; default: the first. */
  readonly topic?: number;
  /** Of a value that is nothing but so many bytes; default: one that tells what it is. */
  readonly bytes?: number;
  /** The producer's own choice, modulo their number; default: by the key. */
  readonly partition?: number;
  /** What it does to its document, where it is neither a tombstone nor poison (DocumentDB); default: replace. */
  readonly op?: WriteOp;
  /** Of a refused one, by what the server refuses it (DocumentDB); default: with a code that names the document. */
  readonly refusal?: 'unlisted' | 'command';
  /** What the server says of a refused one in turn, each until its time; then the server takes it (DocumentDB). */
  readonly refusals?: readonly RefusalPhase[];
  /** From which on values of other types stand in its value, see wide-values.ts (DocumentDB). */
  readonly wide?: number;
  /** From which on values with schemas stand in its value, see schema-values.ts (DocumentDB, a file whose JSON has schemas). */
  readonly typed?: number;
  /** Its value has an `_id` of its own, which the key replaces (DocumentDB, without a file). */
  readonly hasOwnId?: true;
  /** Its document takes this value of a unique index (DocumentDB). */
  readonly unique?: number;
  /** The time that its producer gave it, milliseconds since 1970 or what else stands there; default: that of its production. */
  readonly timeMs?: number;
  /** Of poison: in which way; default: its value ends in the middle (DocumentDB). */
  readonly poison?: Poison;
  /** Its event changes no document: a tombstone behind a deletion, a truncated table (DocumentDB, change events). */
  readonly hasNoEffect?: true;
  /** Of a row without a primary key: the record that left it as it was before; default: there was none (DocumentDB, change events). */
  readonly rowBefore?: number;
  /** It gives its document another business key (DocumentDB). */
  readonly leavesKey?: true;
}

/**
 * `refused`: the target itself can never take it. `poison`: it cannot be converted (DocumentDB), or is too large (Kinesis).
 */
export type RecordKind = 'plain' | 'tombstone' | 'poison' | 'refused';

/** With a code that no list has, another such code, one for the whole command, or the code of throttling. */
export type Refusal = 'unlisted' | 'other' | 'command' | 'throttled';

export interface RefusalPhase {
  readonly untilMs: number;
  readonly how: Refusal | 'none';
}

export interface ScenarioMapping {
  readonly mode: TriggerMode;
  readonly partialFailureRetry: PartialFailureRetry;
  readonly pollers: number;
  readonly batchRecordsMax: number;
  readonly windowMs: number;
  /** Provisioned only; on demand has no end. */
  readonly retriesMax: number;
  /** Infinity: none. */
  readonly recordAgeMaxMs: number;
  readonly bisects: boolean;
}

export interface ScenarioFunction {
  readonly timeoutMs: number;
  readonly onPoison: PoisonPolicy;
}

export interface ScenarioKinesis {
  readonly shardCount: number;
  readonly ordering: Ordering;
  readonly aggregation: Aggregation;
  readonly partitionKey: 'key' | 'partition' | 'random' | 'constant';
  readonly envelope: 'none' | 'json';
  readonly tombstone: 'empty' | 'skip' | 'envelope';
  /** Small, so that a record beyond it is cheap. */
  readonly recordBytesMax: number;
  /** Whether the role may look at the stream. */
  readonly mayDescribe: boolean;
  readonly requestsInFlightMax: number;
  readonly requestTimeoutMs: number;
  readonly hasRole: boolean;
  /** Each shard counts by itself, and in steps; default: one counter for all, filled up with zeros. */
  readonly isCountedByShard?: true;
}

/** While it is open, the fault strikes with this chance wherever it can; `once` kinds strike at its beginning. */
export interface FaultWindow {
  readonly kind: FaultKind;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly chance: number;
  /** Strikes only what is of this partition and of no other; default: whatever it meets. */
  readonly partition?: number;
}

/** When every fault is over; whatever is left must then end well. */
export const faultsEndMs = ({ faults }: Scenario): number => Math.max(0, ...faults.map(({ untilMs }) => untilMs));
