import { failed, ignored, type RecordOutcome, skipped } from '../../../shared/outcome.ts';
import type { PartitionBatch, SourceRecord } from '../../../shared/record.ts';
import { type Lane, recordOf } from '../lanes/lane.ts';
import type { Prepared } from '../plan/prepare.ts';

/** Collects outcomes during a batch, and decides the remaining ones at its end. */
export interface OutcomeCollector {
  record(outcome: RecordOutcome): void;
  /** Returns one outcome per record, in the order of the batches. A record without an outcome is failed or skipped. */
  close(lanes: readonly Lane[]): readonly RecordOutcome[];
}

export function createOutcomeCollector(batches: readonly PartitionBatch[]): OutcomeCollector {
  const outcomes = new Map<SourceRecord['position'], RecordOutcome>();
  return {
    record(outcome) {
      outcomes.set(outcome.position, outcome);
    },
    close(lanes) {
      for (const lane of lanes) for (const outcome of unsettledOf(lane)) outcomes.set(outcome.position, outcome);
      return batches.flatMap(({ records }) =>
        records.map(({ position }) => outcomes.get(position) ?? skipped(position, 'deadline')),
      );
    },
  };
}

/** The head failed or was never sent; the records behind it are skipped because of the head. */
function unsettledOf(lane: Lane): readonly RecordOutcome[] {
  const [head, ...behind] = lane.items.slice(lane.head).map((item) => recordOf(item).position);
  if (head === undefined) return [];
  const headOutcome = lane.lastFailure === undefined ? skipped(head, 'deadline') : failed(head, lane.lastFailure);
  return [headOutcome, ...behind.map((position) => skipped(position, head))];
}

export const ignoredTombstones = (prepared: readonly Prepared[]): readonly RecordOutcome[] =>
  prepared.flatMap((item) => (item.kind === 'tombstone' ? [ignored(item.record.position, 'tombstone')] : []));
