// What the page shows, as the server sends it: plain JSON, shared by both.
import type { FunctionName } from '../../engines/endpoints.ts';
import type { PartialFailureRetry } from '../../msk-trigger/machine/settings.ts';
import type { BatchPart } from '../../msk-trigger/runtime/run.ts';
import type { PartitionLag } from '../../msk-trigger/runtime/trigger.ts';

export interface ConsoleView {
  readonly topic: string;
  /** `<database>.<collection>` */
  readonly namespace: string;
  readonly stream: string;
  readonly elapsedMs: number;
  readonly producedCount: number;
  readonly producedPerSecond: number;
  readonly sinks: readonly SinkView[];
  readonly shards: readonly ShardView[];
  readonly documentCount: number;
  readonly verdict: VerdictView;
  readonly controls: Controls;
  /** The newest first. */
  readonly invocations: readonly InvocationView[];
  /** The newest first. */
  readonly notes: readonly Note[];
  readonly sample: Sample | undefined;
}

export interface ShardView {
  readonly shardId: string;
  readonly recordCount: number;
}

/**
 * `flowing`: records were settled lately. `retrying`: a batch is under way for long, and nothing is settled. `holding`: the last
 * batch came back. `idle`: there is nothing to do.
 */
export type SinkCondition = 'idle' | 'flowing' | 'retrying' | 'holding';

export interface SinkView {
  readonly name: FunctionName;
  readonly condition: SinkCondition;
  readonly lag: number;
  readonly partitions: readonly PartitionLag[];
  /** Open invocations. */
  readonly runningCount: number;
  readonly processCount: number;
  readonly memoryPeakMb: number;
  readonly batchCount: number;
  /** Of the batch that ended last. */
  readonly lastDurationMs: number | undefined;
  readonly settledCount: number;
  readonly settledPerSecond: number;
  /** How often a record was handed back: a record counts each time. */
  readonly handedBackCount: number;
  readonly deadLetteredCount: number;
  /** Failure codes of the last batch. */
  readonly codes: readonly string[];
}

export interface Outcome {
  readonly written: number;
  readonly ignored: number;
  readonly deadLettered: number;
  readonly unsettled: number;
}

export type Response =
  | { readonly kind: 'running' }
  | { readonly kind: 'settled' }
  /** The function named records that are not settled. */
  | { readonly kind: 'partial'; readonly namedCount: number; readonly lowest: readonly string[] }
  | { readonly kind: 'failed'; readonly errorType: string };

export interface InvocationView {
  /** `kinesisSink-12` */
  readonly id: string;
  readonly sink: FunctionName;
  readonly startedAtMs: number;
  readonly durationMs: number | undefined;
  readonly parts: readonly BatchPart[];
  readonly recordCount: number;
  /** Records of this batch that an earlier one held too. */
  readonly repeatedCount: number;
  readonly outcome: Outcome | undefined;
  /** Requests, entries and writes that the function sent again within this invocation. */
  readonly resentCount: number | undefined;
  readonly codes: readonly string[];
  readonly response: Response;
}

/** `holds`: every settled record is where it belongs. `waits`: a part cannot be read now. */
export type VerdictState = 'pending' | 'holds' | 'waits' | 'broken';

export interface VerdictView {
  readonly state: VerdictState;
  readonly headline: string;
  readonly checkedAtMs: number | undefined;
  readonly checks: readonly CheckView[];
}

export interface CheckView {
  readonly name: string;
  readonly state: Exclude<VerdictState, 'pending'>;
  readonly detail: string;
}

export type EngineName = 'kafka' | 'kinesis' | 'documentdb';

export interface EngineView {
  readonly name: EngineName;
  readonly title: string;
  readonly isAway: boolean;
  /** It is being stopped or started. */
  readonly isChanging: boolean;
}

export interface Controls {
  readonly engines: readonly EngineView[];
  /** From 0 to 1. */
  readonly throttledShare: number;
  readonly refusedShare: number;
  /** Why entries cannot be refused here; undefined if they can. */
  readonly whyNoRefusals: string | undefined;
  readonly partialFailureRetry: PartialFailureRetry;
  readonly isRuleOn: boolean;
  /** Why there is no rule here; undefined if there may be one. */
  readonly whyNoRule: string | undefined;
}

export interface Note {
  readonly id: number;
  readonly atMs: number;
  readonly text: string;
}

/** The figures of one second. */
export interface Sample {
  readonly atMs: number;
  readonly producedCount: number;
  readonly settledCounts: Readonly<Record<FunctionName, number>>;
  readonly lags: Readonly<Record<FunctionName, number>>;
}
