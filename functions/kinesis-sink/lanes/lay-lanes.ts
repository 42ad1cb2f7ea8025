import type { SourceRecord } from '../../../shared/record.ts';
import type { LaneName, Prepared } from '../plan/prepare.ts';
import { type Item, Lane } from './lane.ts';

/** A batch, divided into lanes. */
export interface Layout {
  readonly lanes: readonly Lane[];
  /** Records that are skipped, by index. */
  readonly tombstones: ReadonlyMap<number, SourceRecord>;
}

/** @param prepared the records of each topic-partition, all of them in the order of the batch */
export function layLanes(prepared: readonly (readonly Prepared[])[]): Layout {
  const lanes: Lane[] = [];
  const tombstones = new Map<number, SourceRecord>();
  let index = 0;
  for (const partition of prepared) {
    const named = new Map<string, Lane>();
    for (const each of partition) {
      if (each.kind === 'tombstone') tombstones.set(index, each.record);
      else laneNamed(lanes, named, each.lane).enter(itemOf(index, each));
      index += 1;
    }
  }
  return { lanes, tombstones };
}

/** @param named the lanes of the topic-partition that have names */
function laneNamed(lanes: Lane[], named: Map<string, Lane>, name: LaneName): Lane {
  const known = name === undefined ? undefined : named.get(name);
  if (known !== undefined) return known;
  const lane = new Lane();
  lanes.push(lane);
  if (name !== undefined) named.set(name, lane);
  return lane;
}

function itemOf(index: number, prepared: Exclude<Prepared, { kind: 'tombstone' }>): Item {
  const record = prepared.kind === 'record' ? prepared.prepared.record : prepared.record;
  return { index, record, isLast: true, task: prepared };
}
