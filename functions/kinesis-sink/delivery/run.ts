import type { DeadLetterQueue } from '../../../shared/dead-letter/dead-letter-queue.ts';
import { OutcomeCollector } from '../../../shared/delivery/outcome-collector.ts';
import { PoisonHandler } from '../../../shared/delivery/poison-handler.ts';
import { createTasks, type Tasks } from '../../../shared/delivery/tasks.ts';
import { ignored } from '../../../shared/outcome.ts';
import type { PartitionBatch } from '../../../shared/record.ts';
import type { PoisonPolicy } from '../../../shared/settings/common-settings.ts';
import type { Log, Meter } from '../../../shared/telemetry/telemetry.ts';
import { fullJitterMs } from '../../../shared/time/backoff.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import type { Deadline } from '../../../shared/time/deadline.ts';
import type { Evidence } from '../lanes/evidence.ts';
import type { PackedEntry } from '../lanes/lane.ts';
import { Lanes } from '../lanes/lanes.ts';
import { layLanes } from '../lanes/lay-lanes.ts';
import type { PackOptions } from '../lanes/pack.ts';
import { RequestSize } from '../lanes/request-size.ts';
import { ShardBackoff } from '../lanes/shard-backoff.ts';
import { AGGREGATE_BYTES_MAX, AGGREGATE_RECORDS_MAX } from '../limits.ts';
import { type PlanOptions, plan } from '../plan/plan.ts';
import type { KinesisPort } from '../target/kinesis-port.ts';
import type { Preflight } from '../target/preflight.ts';
import { BatchMetrics } from './batch-metrics.ts';
import type { Half } from './half.ts';
import { RequestGate } from './request-gate.ts';

export interface KinesisSinkParts {
  readonly port: KinesisPort;
  readonly preflight: Preflight;
  readonly deadLetters: DeadLetterQueue;
  readonly clock: Clock;
  /** 0 <= random() < 1 */
  readonly random: () => number;
  readonly meter: Meter;
  readonly log: Log;
  readonly options: PlanOptions & {
    readonly functionName: string;
    readonly streamArn: string;
    readonly onPoison: PoisonPolicy;
    readonly requestsInFlightMax: number;
    readonly requestTimeoutMs: number;
  };
}

/** The state of one call of `write`. */
export interface Run {
  readonly parts: KinesisSinkParts;
  readonly deadline: Deadline;
  readonly packing: Omit<PackOptions, 'request'>;
  readonly lanes: Lanes;
  /** Halves of rejected requests, the next one first. */
  readonly halves: Half[];
  readonly gate: RequestGate;
  readonly requestSize: RequestSize;
  readonly evidence: Evidence;
  readonly shardBackoff: ShardBackoff;
  readonly outcomes: OutcomeCollector;
  readonly poison: PoisonHandler;
  readonly batchMetrics: BatchMetrics;
  readonly requests: Tasks;
  readonly deadLetterTasks: Tasks;
}

/** The parts of a run that exist before the batch is planned. */
type RunStart = Pick<Run, 'parts' | 'evidence' | 'deadline'> & {
  /** In a redrive, takes the place of the dead letters: those of the records are in the bucket already. */
  readonly redriven?: DeadLetterQueue | undefined;
};

export function beginRun({ parts, evidence, deadline, redriven }: RunStart, batches: readonly PartitionBatch[]): Run {
  const { clock, deadLetters, options } = parts;
  const plans = batches.map(({ records }) => records.map((record) => plan(record, options)));
  const { lanes, tombstones } = layLanes(plans);
  const outcomes = new OutcomeCollector(batches);
  for (const [index, { position }] of tombstones) outcomes.record({ index, outcome: ignored(position, 'tombstone') });
  const poison = new PoisonHandler({
    functionName: options.functionName,
    onPoison: options.onPoison,
    deadLetters,
    redriven,
    deadline,
    clock,
    record: (settlement) => outcomes.record(settlement),
  });
  return {
    parts,
    deadline,
    packing: {
      aggregation: options.aggregation,
      aggregate: {
        recordsMax: AGGREGATE_RECORDS_MAX,
        bytesMax: Math.min(AGGREGATE_BYTES_MAX, options.recordBytesMax),
      },
    },
    lanes: new Lanes(lanes),
    halves: [],
    gate: new RequestGate(options.requestsInFlightMax),
    requestSize: new RequestSize(),
    evidence,
    shardBackoff: new ShardBackoff(),
    outcomes,
    poison,
    batchMetrics: new BatchMetrics(parts),
    requests: createTasks(),
    deadLetterTasks: createTasks(),
  };
}

/** Entries that failed together get one retry time, so that they are sent again together. */
export function retryTime({ parts: { clock, random } }: Run, packedEntries: readonly PackedEntry[]): number {
  const failures = packedEntries.flatMap(({ slices }) => slices.map(({ lane }) => lane.trial.attempts));
  return (
    clock.nowMs() +
    fullJitterMs(
      failures.reduce((most, each) => Math.max(most, each), 1),
      random(),
    )
  );
}
