import { EntryDraft, type EntryLimits, entryOf } from '../plan/entry.ts';
import type { Aggregation, PlannedRecord } from '../plan/plan.ts';
import type { Lane, LaneSlice, PackedEntry } from './lane.ts';

/** A request, and the lanes whose heads it took, in the order in which they were offered. */
export interface PackedRequest {
  readonly packedEntries: readonly PackedEntry[];
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

/** An aggregate to which records can still be added. */
interface OpenEntry {
  readonly draft: EntryDraft;
  readonly slices: LaneSlice[];
}

/**
 * Packs the heads of lanes into a request, from the first lane on until the request is full. With `aggregation: key`,
 * consecutive records of a lane become one entry; with `bucket`, lanes with the same hash key share entries.
 */
export function pack(lanes: readonly Lane[], options: PackOptions): PackedRequest {
  const packer = new Packer(options);
  const left = lanes.findIndex((lane) => !packer.take(lane));
  return { packedEntries: packer.close(), lanes: left === -1 ? lanes : lanes.slice(0, left) };
}

class Packer {
  readonly #options: PackOptions;
  readonly #entries: (OpenEntry | PackedEntry)[] = [];
  readonly #openByHashKey = new Map<string | undefined, OpenEntry>();
  #byteLength = 0;

  constructor(options: PackOptions) {
    this.#options = options;
  }

  /** @returns false if the request is full */
  take(lane: Lane): boolean {
    const head = plannedAt(lane, 0);
    if (head === undefined) return false;
    if (this.#options.aggregation === 'off' || lane.isAlone) return this.#takeAlone(lane, head);
    const entry = this.#place(head);
    if (entry === undefined) return false;
    let count = 1;
    for (let next = plannedAt(lane, 1); next && this.#add(entry, next); next = plannedAt(lane, count)) count += 1;
    entry.slices.push(lane.slice(count));
    return true;
  }

  close(): readonly PackedEntry[] {
    return this.#entries.map((each) => ('draft' in each ? { entry: each.draft.close(), slices: each.slices } : each));
  }

  #takeAlone(lane: Lane, head: PlannedRecord): boolean {
    if (!this.#hasRoomFor(head)) return false;
    this.#entries.push({ entry: entryOf(head), slices: [lane.slice(1)] });
    this.#byteLength += head.byteLength;
    return true;
  }

  /** The entry that contains the lane's head; undefined if the request is full. */
  #place(head: PlannedRecord): OpenEntry | undefined {
    const known = this.#openByHashKey.get(head.explicitHashKey);
    if (known !== undefined && this.#add(known, head)) return known;
    return this.#hasRoomFor(head) ? this.#open(head) : undefined;
  }

  #hasRoomFor({ byteLength }: PlannedRecord): boolean {
    const { recordsMax, bytesMax } = this.#options.request;
    if (this.#entries.length === 0) return true; // the service takes every planned record
    return this.#entries.length < recordsMax && this.#byteLength + byteLength <= bytesMax;
  }

  #open(head: PlannedRecord): OpenEntry {
    const isBucket = this.#options.aggregation === 'bucket';
    const draft = new EntryDraft(head, this.#options.aggregate, isBucket ? BUCKET_PARTITION_KEY : undefined);
    const entry = { draft, slices: [] };
    this.#entries.push(entry);
    this.#byteLength += head.byteLength;
    if (isBucket) this.#openByHashKey.set(head.explicitHashKey, entry);
    return entry;
  }

  #add({ draft }: OpenEntry, planned: PlannedRecord): boolean {
    const byteLength = draft.lengthWith(planned);
    if (byteLength === undefined) return false;
    const total = this.#byteLength - draft.byteLength + byteLength;
    if (total > this.#options.request.bytesMax) return false;
    this.#byteLength = total;
    draft.add(planned, byteLength);
    return true;
  }
}

/** The record at this distance behind the lane's head; undefined if there is none, or if it is poison. */
function plannedAt({ items, next }: Lane, distance: number): PlannedRecord | undefined {
  const task = items[next + distance]?.task;
  return task?.kind === 'record' ? task.planned : undefined;
}
