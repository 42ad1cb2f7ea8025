import { blockedRecordsOf } from '../blocked-records.ts';
import type { IgnoredReason, OutcomeKind, RecordOutcome } from '../outcome.ts';
import { isTimestampRounded, type PartitionBatch } from '../record.ts';
import type { PartitionSettlement } from '../settle.ts';
import { IGNORED_METRICS, type MetricName } from './metric-names.ts';
import type { Log, LogFields, Meter } from './telemetry.ts';

/** The facts of one batch after every record has an outcome. */
export interface BatchSummary {
  readonly batches: readonly PartitionBatch[];
  readonly outcomes: readonly RecordOutcome[];
  readonly settlements: readonly PartitionSettlement[];
  readonly durationMs: number;
  /** `Clock.wallTimeMs` at the end of the batch, from which the age of records is measured. */
  readonly wallTimeMs: number;
}

const METRIC_BY_KIND: Readonly<Record<OutcomeKind, MetricName>> = {
  written: 'RecordsWritten',
  ignored: 'RecordsIgnored',
  deadLettered: 'RecordsDeadLettered',
  failed: 'RecordsFailed',
  skipped: 'RecordsSkipped',
};

/** The metrics that both sinks share. Alarm on `RecordsUnsettled`: a partial failure raises no Lambda error. */
export function measureBatch(summary: BatchSummary, meter: Meter): void {
  meter.count('RecordsReceived', summary.outcomes.length);
  meter.count('RecordsUnsettled', unsettledCount(summary.settlements));
  for (const kind of Object.keys(METRIC_BY_KIND) as OutcomeKind[]) {
    meter.count(METRIC_BY_KIND[kind], countOf(summary, kind));
  }
  for (const [reason, count] of Object.entries(ignoredReasons(summary.outcomes))) {
    meter.count(IGNORED_METRICS[reason as IgnoredReason], count);
  }
  meter.peak('BatchDuration', summary.durationMs, 'Milliseconds');
  measureBlocked(summary, meter);
  for (const { records } of summary.batches) {
    const roundedCount = records.filter(isTimestampRounded).length;
    if (roundedCount > 0) meter.count('TimestampsRounded', roundedCount);
    const oldestMs = records[0]?.timestampMs ?? -1;
    if (oldestMs >= 0) meter.peak('RecordAge', Math.max(0, summary.wallTimeMs - oldestMs), 'Milliseconds');
  }
}

/** Published only while a record is blocked: the alarm on `RecordsBlocked` treats missing data as not breaching. */
function measureBlocked(summary: BatchSummary, meter: Meter): void {
  const blocked = blockedRecordsOf(summary);
  if (blocked.length === 0) return;
  meter.count('RecordsBlocked', blocked.length);
  const [oldest] = blocked;
  if (oldest?.ageMs !== undefined) meter.peak('BlockedRecordAge', oldest.ageMs, 'Milliseconds');
}

/**
 * Writes the batch's log line: an info line when every record is settled, otherwise a warning that names the unsettled
 * records.
 */
export function logBatch(summary: BatchSummary, log: Log): void {
  const fields = {
    recordCount: summary.outcomes.length,
    writtenCount: countOf(summary, 'written'),
    ignored: ignoredReasons(summary.outcomes),
    deadLetteredCount: countOf(summary, 'deadLettered'),
    durationMs: summary.durationMs,
  };
  if (unsettledCount(summary.settlements) === 0) log.info('batch_settled', fields);
  else log.warn('records_unsettled', { ...fields, ...describeUnsettled(summary) });
  const blocked = blockedRecordsOf(summary);
  if (blocked.length === 0) return;
  log.warn('records_blocked', { blockedCount: blocked.length, records: blocked.slice(0, BLOCKED_LOGGED_MAX) });
}

/** These limits bound a log line: the number of named partitions, different details, and blocked records. */
const PARTITIONS_LOGGED_MAX = 20;
const DETAILS_LOGGED_MAX = 5;
const BLOCKED_LOGGED_MAX = 10;

function describeUnsettled({ settlements, outcomes }: BatchSummary): LogFields {
  const unsettled = settlements.filter(({ unsettledOffsets }) => unsettledOffsets.length > 0);
  const details = new Set(outcomes.flatMap((outcome) => (outcome.kind === 'failed' ? [outcome.failure.detail] : [])));
  return {
    unsettledCount: unsettledCount(settlements),
    unsettledPartitionCount: unsettled.length,
    partitions: unsettled.slice(0, PARTITIONS_LOGGED_MAX).map((settlement) => ({
      topicPartition: settlement.topicPartition,
      unsettledCount: settlement.unsettledOffsets.length,
      lowestOffset: settlement.unsettledOffsets[0],
      codes: settlement.failureCodes,
    })),
    details: [...details].slice(0, DETAILS_LOGGED_MAX),
  };
}

const unsettledCount = (settlements: readonly PartitionSettlement[]): number =>
  settlements.reduce((sum, { unsettledOffsets }) => sum + unsettledOffsets.length, 0);

const countOf = ({ settlements }: BatchSummary, kind: OutcomeKind): number =>
  settlements.reduce((sum, { counts }) => sum + counts[kind], 0);

function ignoredReasons(outcomes: readonly RecordOutcome[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    if (outcome.kind === 'ignored') counts[outcome.reason] = (counts[outcome.reason] ?? 0) + 1;
  }
  return counts;
}
