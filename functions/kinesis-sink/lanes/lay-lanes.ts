import type { SourceRecord } from '../../../shared/record.ts';
import type { LaneName, RecordPlan } from '../plan/plan.ts';
import { type Item, Lane } from './lane.ts';

/** A batch, divided into lanes. */
export interface Layout {
  readonly lanes: readonly Lane[];
  /** Records that are skipped, by index. */
  readonly tombstones: ReadonlyMap<number, SourceRecord>;
}

/** @param plans those of the records of each topic-partition, all of them in the order of the batch */
export function layLanes(plans: readonly (readonly RecordPlan[])[]): Layout {
  const lanes: Lane[] = [];
  const tombstones = new Map<number, SourceRecord>();
  let index = 0;
  for (const partition of plans) {
    const named = new Map<LaneName, Lane>();
    for (const each of partition) {
      if (each.kind === 'tombstone') tombstones.set(index, each.record);
      else laneNamed(lanes, named, each.lane).enter(itemOf(index, each));
      index += 1;
    }
  }
  return { lanes, tombstones };
}

/** @param named the lanes of the topic-partition that have names */
function laneNamed(lanes: Lane[], named: Map<LaneName, Lane>, name: LaneName): Lane {
  const known = named.get(name);
  if (known !== undefined) return known;
  const lane = new Lane();
  lanes.push(lane);
  if (name !== undefined) named.set(name, lane);
  return lane;
}

function itemOf(index: number, plan: Exclude<RecordPlan, { kind: 'tombstone' }>): Item {
  const record = plan.kind === 'record' ? plan.planned.record : plan.record;
  return { index, record, task: plan };
}
