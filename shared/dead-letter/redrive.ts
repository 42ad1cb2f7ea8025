import { assertNever } from '../errors.ts';
import type { FailureCode, RecordOutcome } from '../outcome.ts';
import type { PartitionBatch, SourcePosition } from '../record.ts';
import { type KafkaBatchItemFailure, type KafkaBatchResponse, settle } from '../settle.ts';
import type { Sink } from '../sink-contract.ts';
import type { BatchMeter, Log } from '../telemetry/telemetry.ts';
import type { Deadline } from '../time/deadline.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';

/** `superseded`: the target holds a newer version. `skipped`: the record was not attempted. */
export type RedriveCode = FailureCode | 'superseded' | 'skipped';

export interface RedriveFailure extends KafkaBatchItemFailure {
  readonly code: RedriveCode;
  /** Whether another redrive may succeed although nothing changes but time. */
  readonly retryable: boolean;
  /** One line for an operator, without payload. */
  readonly detail: string;
}

export interface RedriveResponse extends KafkaBatchResponse {
  /** Says that this function knows redrives. An older version would make new dead letters, and report them as settled. */
  readonly mskSinks: 'redrive';
  readonly batchItemFailures: readonly RedriveFailure[];
}

export interface RedriveParts {
  readonly sink: Sink;
  readonly log: Log;
  readonly meter: BatchMeter;
}

/**
 * Writes dead letters again. Nothing is dead-lettered: the bucket holds every record already. The response names each
 * record that the target does not hold afterwards, with the reason.
 */
export async function redrive(
  batches: readonly PartitionBatch[],
  deadline: Deadline,
  { sink, log, meter }: RedriveParts,
): Promise<RedriveResponse> {
  const reasons = new Map<string, string>();
  const redriven: DeadLetterQueue = {
    put({ topic, partition, offset, reason }) {
      reasons.set(`${topic}-${partition}@${offset}`, reason);
      return Promise.resolve(true);
    },
  };
  const outcomes = batches.length === 0 ? [] : await sink.write(batches, deadline, redriven);
  settle(batches, outcomes); // throws unless there is one outcome for each record
  const failures = outcomes.flatMap((outcome) => failureOf(outcome, reasons));
  report(outcomes.length, failures, { log, meter });
  return { mskSinks: 'redrive', batchItemFailures: failures };
}

/** A redrive is no delivery: old records must not raise the alarms on lag, age and dead letters. */
function report(recordCount: number, failures: readonly RedriveFailure[], { log, meter }: Omit<RedriveParts, 'sink'>) {
  meter.take();
  meter.count('RecordsRedriven', recordCount - failures.length);
  meter.count('RedriveFailures', failures.length);
  const codes: Partial<Record<RedriveCode, number>> = {};
  for (const { code } of failures) codes[code] = (codes[code] ?? 0) + 1;
  log.info('redrive_answered', { recordCount, failureCount: failures.length, codes });
}

function failureOf(outcome: RecordOutcome, reasons: ReadonlyMap<string, string>): readonly RedriveFailure[] {
  const { position } = outcome;
  const failure = (code: RedriveCode, retryable: boolean, detail: string): readonly RedriveFailure[] => [
    { itemIdentifier: { partition: position.topicPartition, offset: position.offset }, code, retryable, detail },
  ];
  switch (outcome.kind) {
    case 'written':
      return [];
    case 'ignored':
      return outcome.reason === 'stale' ? failure('superseded', false, SUPERSEDED) : [];
    case 'deadLettered':
      return failure(outcome.code, false, reasons.get(nameOf(position)) ?? '');
    case 'failed':
      return failure(outcome.failure.code, outcome.failure.retryable, outcome.failure.detail);
    case 'skipped':
      return failure('skipped', true, skipReason(outcome.blockedBy));
    default:
      return assertNever(outcome);
  }
}

const SUPERSEDED = 'the target holds a newer version from the same partition';

const skipReason = (blockedBy: SourcePosition | 'deadline'): string =>
  blockedBy === 'deadline' ? 'the time of the invocation was up' : `the record waits for ${nameOf(blockedBy)}`;

const nameOf = ({ topicPartition, offset }: SourcePosition): string => `${topicPartition}@${offset}`;
