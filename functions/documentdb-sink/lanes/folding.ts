import type { LaneState } from '../../../shared/delivery/lane.ts';
import { fold } from '../guard/fold.ts';
import type { PlainWrite, SentWrite, Write } from '../guard/write.ts';
import type { HeadTrial, LaneEntry } from './entry.ts';

/** One write for the first unsettled entries of a lane. */
export interface LaneFold {
  readonly write: SentWrite;
  /** Number of entries that the fold settles, besides the deferred ones. */
  readonly count: number;
}

/** What a fold depends on. */
export interface FoldingLane {
  readonly items: readonly LaneEntry[];
  readonly next: number;
  readonly head: LaneEntry | undefined;
  readonly state: LaneState;
  readonly trial: HeadTrial;
  readonly deferred: readonly LaneEntry[];
  readonly sendsSingly: boolean;
  readonly isUnguarded: boolean;
  isFoldBoundary(at: number): boolean;
}

/**
 * The next fold of the lane; undefined if the head is not a write, or if the deferred entries do not fold with the head.
 * @param upTo the last index in the batch that the fold may include
 */
export function foldOf(lane: FoldingLane, upTo = Number.POSITIVE_INFINITY): LaneFold | undefined {
  const head = lane.head?.task;
  if (head?.kind !== 'write') return undefined;
  if (lane.deferred.length > 0) return foldWithDeferred(lane, head.write);
  if (head.write.kind === 'insert') {
    const write = { ...head.write, replacesTombstone: lane.trial.insertReplacesTombstone };
    return { write, count: 1 };
  }
  const plain = plainWriteOf(lane, head.write);
  if (plain !== undefined) return { write: plain, count: 1 };
  return fold(head.write, lane.sendsSingly ? NONE : writesBehind(lane, lane.next, upTo));
}

/** A lane with deferred entries sends singly. */
function foldWithDeferred(lane: FoldingLane, head: Write): LaneFold | undefined {
  const [first = head, ...rest] = [...writesIn(lane.deferred), head];
  const { write, count } = fold(first, rest);
  return count > rest.length ? { write, count: 1 } : undefined;
}

/**
 * Whether nothing settles the deferred entries any more: the later write that they were to be sent with is poison, and the
 * next one does not fold with them.
 */
export function isLaterWriteGone(lane: FoldingLane): boolean {
  if (lane.deferred.length === 0 || lane.head?.task.kind === 'poison') return false;
  return foldOf(lane) === undefined;
}

/**
 * Index in the batch of the first write that does not fold with the writes before it; `Infinity` if there is none. A
 * write whose dead letter is being written does not count.
 */
export function foldEndOf(lane: FoldingLane): number {
  const { items } = lane;
  const isHeadPoison = lane.state === 'locked' && !isLaterWriteGone(lane);
  let at = isHeadPoison ? lane.next + 1 : lane.next;
  while (at < items.length && items[at]?.task.kind !== 'write') at += 1;
  const task = items[at]?.task;
  if (task?.kind !== 'write') return Number.POSITIVE_INFINITY;
  const behind = lane.sendsSingly ? NONE : writesBehind(lane, at, Number.POSITIVE_INFINITY);
  return items[at + fold(task.write, behind).count]?.index ?? Number.POSITIVE_INFINITY;
}

/** Whether the next write of the lane folds with the head and the deferred entries. */
export function canBeDeferred(lane: FoldingLane): boolean {
  if (lane.isUnguarded || lane.head === undefined) return false;
  const later = lane.items.slice(lane.next + 1).find(({ task }) => task.kind === 'write');
  const [first, ...rest] = writesIn([...lane.deferred, lane.head, ...(later ? [later] : [])]);
  return first !== undefined && later !== undefined && fold(first, rest).count === rest.length + 1;
}

const writesIn = (entries: readonly LaneEntry[]): readonly Write[] =>
  entries.flatMap(({ task }) => (task.kind === 'write' ? [task.write] : []));

function plainWriteOf(
  { isUnguarded }: FoldingLane,
  { plain: model, identity, filter, sourceVersion, step }: Write,
): PlainWrite | undefined {
  return isUnguarded && model !== undefined
    ? { kind: 'plain', model, identity, filter, sourceVersion, step }
    : undefined;
}

const NONE: readonly Write[] = [];

function writesBehind(lane: FoldingLane, from: number, upTo: number): readonly Write[] {
  const { items } = lane;
  const writes: Write[] = [];
  for (let at = from + 1; at < items.length && !lane.isFoldBoundary(at); at += 1) {
    const entry = items[at];
    if (entry?.task.kind !== 'write' || entry.index > upTo) break;
    writes.push(entry.task.write);
  }
  return writes;
}
