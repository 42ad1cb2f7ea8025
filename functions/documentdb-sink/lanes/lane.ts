import type { RecordFailure } from '../../../shared/outcome.ts';
import type { SourceRecord } from '../../../shared/record.ts';
import { fold } from '../guard/fold.ts';
import type { SentWrite, Write } from '../guard/write.ts';
import type { Doubt } from './evidence.ts';

/** The work of a lane entry: one write of a record, or poison. */
export type Task =
  | { readonly kind: 'write'; readonly write: Write }
  | { readonly kind: 'poison'; readonly failure: RecordFailure };

/** A record in its lane, or one of the writes of a record. */
export interface LaneEntry {
  /** Index of the record among all records of the batch. */
  readonly index: number;
  readonly record: SourceRecord;
  readonly task: Task;
  /** True for the last write of a record: the record is settled with this entry. */
  readonly isLast: boolean;
}

/** The records of one partition for one document, in offset order. They are settled one fold after another. */
export interface Lane {
  readonly topicPartition: string;
  /** The identity of the document. */
  readonly identity: string;
  /** The namespace as it appears in a dead letter. */
  readonly target: string;
  readonly entries: LaneEntry[];
  /** Deferred entries: another document holds their unique value, so they are sent and settled with the next write of the lane. */
  deferred: LaneEntry[];
  /** Index of the first unsettled entry. */
  next: number;
  /** Entries that a fold must not cross. */
  readonly foldBoundaries: Set<number>;
  /** True once the lane conflicted with another unique index, or cannot be guarded: its records are then sent one by one. */
  sendsSingly: boolean;
  /** True if the lane sends its writes without a guard. */
  isUnguarded: boolean;
  /** `locked`: a dead letter is being written; `stopped`: nothing more of the lane is sent in this batch. */
  state: 'open' | 'locked' | 'stopped';
  notBeforeMs: number;
  /** How often the head was sent. */
  attempts: number;
  /** How often the head met E11000 although the stored version is older. */
  conflicts: number;
  /** How often the read after such an E11000 found no document. */
  misses: number;
  /** Maximum size of a command that holds the head; halved if a command is refused without naming a write. */
  commandSizeMax: number;
  /** True once the head, an insert, met a document: the insert may then replace a tombstone. */
  insertReplacesTombstone: boolean;
  /** When the head, an insert, first met a document that another writer stored. */
  duplicateAtMs: number | undefined;
  /** The last failure of the head. */
  failure: RecordFailure | undefined;
  /** Set while it is undecided whether the head or the target caused a refusal. */
  doubt: Doubt | undefined;
  /** Settled count when the head last conflicted with another unique index; a retry needs progress since then. */
  blockedAtSettledCount: number | undefined;
}

export const createLane = (topicPartition: string, identity: string, target: string): Lane => ({
  topicPartition,
  identity,
  target,
  entries: [],
  deferred: [],
  next: 0,
  foldBoundaries: new Set(),
  sendsSingly: false,
  isUnguarded: false,
  state: 'open',
  notBeforeMs: 0,
  attempts: 0,
  conflicts: 0,
  misses: 0,
  commandSizeMax: Number.POSITIVE_INFINITY,
  insertReplacesTombstone: false,
  duplicateAtMs: undefined,
  failure: undefined,
  doubt: undefined,
  blockedAtSettledCount: undefined,
});

export const headOf = (lane: Lane): LaneEntry | undefined => lane.entries[lane.next];

export const isDone = (lane: Lane): boolean => lane.next >= lane.entries.length;

/** Whether the next write of the lane folds with the head and the deferred entries. */
export function canBeDeferred(lane: Lane): boolean {
  if (lane.isUnguarded) return false;
  const later = lane.entries.slice(lane.next + 1).find(({ task }) => task.kind === 'write');
  const writes = writesIn([
    ...lane.deferred,
    ...lane.entries.slice(lane.next, lane.next + 1),
    ...(later ? [later] : []),
  ]);
  const [first, ...rest] = writes;
  return first !== undefined && later !== undefined && fold(first, rest).count === writes.length;
}

const writesIn = (entries: readonly LaneEntry[]): readonly Write[] =>
  entries.flatMap(({ task }) => (task.kind === 'write' ? [task.write] : []));

/** A fold of the first unsettled writes of a lane. */
export interface Step {
  readonly lane: Lane;
  readonly write: SentWrite;
  /** Number of entries that the fold settles. */
  readonly count: number;
}

/**
 * The next fold of the lane; undefined if the head is not a write.
 * @param upTo the last index in the batch that the fold may include
 */
export function stepOf(lane: Lane, upTo = Number.POSITIVE_INFINITY): Step | undefined {
  const head = headOf(lane)?.task;
  if (head?.kind !== 'write') return undefined;
  if (head.write.kind === 'insert')
    return { lane, write: { ...head.write, replacesTombstone: lane.insertReplacesTombstone }, count: 1 };
  const plain = plainWriteOf(lane, head.write);
  if (plain !== undefined) return { lane, write: plain, count: 1 };
  const [first, ...deferred] = writesIn(lane.deferred);
  const behind = lane.sendsSingly ? [] : writesBehind(lane, lane.next, upTo);
  if (first === undefined) return { lane, ...fold(head.write, behind) };
  // Only entries that fold with the head are deferred.
  const { write, count } = fold(first, [...deferred, head.write, ...behind]);
  return { lane, write, count: count - lane.deferred.length };
}

function plainWriteOf({ isUnguarded }: Lane, { plain: model, identity, filter, sourceVersion, step }: Write) {
  const isPlain = isUnguarded && model !== undefined;
  return isPlain ? ({ kind: 'plain', model, identity, filter, sourceVersion, step } as const) : undefined;
}

function writesBehind({ entries, foldBoundaries }: Lane, from: number, upTo: number): readonly Write[] {
  const writes: Write[] = [];
  for (let at = from + 1; at < entries.length && !foldBoundaries.has(at); at += 1) {
    const entry = entries[at];
    if (entry?.task.kind !== 'write' || entry.index > upTo) break;
    writes.push(entry.task.write);
  }
  return writes;
}

/**
 * Index in the batch of the first write that does not fold with the writes before it; `Infinity` if there is none. A
 * write whose dead letter is being written does not count.
 */
export function foldEndOf(lane: Lane): number {
  const from = lane.state === 'locked' ? lane.next + 1 : lane.next;
  const at = lane.entries.findIndex(({ task }, place) => place >= from && task.kind === 'write');
  const task = lane.entries[at]?.task;
  if (task?.kind !== 'write') return Number.POSITIVE_INFINITY;
  const isFoldable = task.write.kind !== 'insert' && !lane.sendsSingly && !lane.isUnguarded;
  const behind = isFoldable ? writesBehind(lane, at, Number.POSITIVE_INFINITY) : [];
  return lane.entries[at + fold(task.write, behind).count]?.index ?? Number.POSITIVE_INFINITY;
}

/** Settles the head and moves on to the next entry. */
export function advance(lane: Lane, count: number): void {
  lane.next += count;
  lane.state = 'open';
  lane.notBeforeMs = 0;
  lane.attempts = 0;
  lane.conflicts = 0;
  lane.misses = 0;
  lane.commandSizeMax = Number.POSITIVE_INFINITY;
  lane.insertReplacesTombstone = false;
  lane.duplicateAtMs = undefined;
  lane.failure = undefined;
  lane.doubt = undefined;
  lane.blockedAtSettledCount = undefined;
}
