import { EntryDraft, type EntryLimits } from '../plan/entry.ts';
import type { Aggregation, PreparedRecord } from '../plan/prepare.ts';
import type { Lane, LaneSlice, PlannedEntry } from './lane.ts';

/** A request, and the lanes whose heads it took, in the order in which they were offered. */
export interface PackedRequest {
  readonly plannedEntries: readonly PlannedEntry[];
  readonly lanes: readonly Lane[];
}

export interface RequestLimits {
  readonly recordsMax: number;
  readonly bytesMax: number;
}

export interface PackOptions {
  readonly aggregation: Aggregation;
  readonly request: RequestLimits;
  readonly aggregate: EntryLimits;
}

/** As short as possible: the explicit hash key decides the shard of an aggregate. */
const BUCKET_PARTITION_KEY = 'a';

interface OpenEntry {
  readonly draft: EntryDraft;
  readonly slices: LaneSlice[];
}

/**
 * Packs the heads of lanes into a request, from the first lane on until the request is full. With `aggregation: key`,
 * consecutive records of a lane become one entry; with `bucket`, lanes with the same hash key share entries.
 */
export function packRequest(lanes: readonly Lane[], options: PackOptions): PackedRequest {
  const entries: OpenEntry[] = [];
  const openByHashKey = new Map<string, OpenEntry>();
  let byteLength = 0;
  let takenCount = 0;

  function open(lane: Lane, head: PreparedRecord): OpenEntry {
    const isBucket = options.aggregation === 'bucket' && !lane.isAlone;
    const entry = {
      draft: new EntryDraft(options.aggregate, isBucket ? BUCKET_PARTITION_KEY : undefined),
      slices: [],
    };
    entries.push(entry);
    if (isBucket) openByHashKey.set(head.explicitHashKey ?? '', entry);
    return entry;
  }

  function add({ draft }: OpenEntry, prepared: PreparedRecord): boolean {
    const lengthWith = draft.lengthWith(prepared);
    if (lengthWith === undefined || byteLength - draft.byteLength + lengthWith > options.request.bytesMax) return false;
    byteLength += lengthWith - draft.byteLength;
    draft.add(prepared, lengthWith);
    return true;
  }

  /** The entry that contains the lane's head; undefined if the request is full. */
  function place(lane: Lane, head: PreparedRecord): OpenEntry | undefined {
    const known = lane.isAlone ? undefined : openByHashKey.get(head.explicitHashKey ?? '');
    if (known !== undefined && add(known, head)) return known;
    if (entries.length === options.request.recordsMax) return undefined;
    if (byteLength + head.byteLength > options.request.bytesMax) return undefined;
    const opened = open(lane, head);
    add(opened, head);
    return opened;
  }

  for (const lane of lanes) {
    const head = preparedAt(lane, 0);
    const entry = head && place(lane, head);
    if (entry === undefined) break;
    let count = 1;
    if (options.aggregation !== 'off' && !lane.isAlone) {
      for (let next = preparedAt(lane, 1); next && add(entry, next); next = preparedAt(lane, count)) count += 1;
    }
    entry.slices.push(lane.slice(count));
    takenCount += 1;
  }
  const plannedEntries = entries.map(({ draft, slices }) => ({ entry: draft.close(), slices }));
  return { plannedEntries, lanes: lanes.slice(0, takenCount) };
}

/** The record at this distance behind the lane's head; undefined if there is none, or if it is poison. */
function preparedAt({ items, next }: Lane, distance: number): PreparedRecord | undefined {
  const task = items[next + distance]?.task;
  return task?.kind === 'record' ? task.prepared : undefined;
}
