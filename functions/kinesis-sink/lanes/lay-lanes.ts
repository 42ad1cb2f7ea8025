import type { SourceRecord } from '../../../shared/record.ts';
import type { Prepared } from '../plan/prepare.ts';
import { type Item, Lane } from './lane.ts';

/** A batch, divided into lanes. */
export interface Layout {
  readonly lanes: readonly Lane[];
  /** Records that are skipped, by index. */
  readonly tombstones: ReadonlyMap<number, SourceRecord>;
}

/** @param prepared all records of the batch */
export function layLanes(prepared: readonly Prepared[]): Layout {
  const lanes = new Map<string, Lane>();
  const tombstones = new Map<number, SourceRecord>();
  for (const [index, each] of prepared.entries()) {
    if (each.kind === 'tombstone') {
      tombstones.set(index, each.record);
      continue;
    }
    const lane = lanes.get(each.lane) ?? new Lane();
    lanes.set(each.lane, lane);
    lane.enter(itemOf(index, each));
  }
  return { lanes: [...lanes.values()], tombstones };
}

function itemOf(index: number, prepared: Exclude<Prepared, { kind: 'tombstone' }>): Item {
  const record = prepared.kind === 'record' ? prepared.prepared.record : prepared.record;
  return { index, record, isLast: true, task: prepared };
}
