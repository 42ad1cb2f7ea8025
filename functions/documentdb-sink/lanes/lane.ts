import type { RecordFailure } from '../../../shared/outcome.ts';
import type { SourceRecord } from '../../../shared/record.ts';
import { fold } from '../guard/fold.ts';
import type { SentWrite, Write } from '../guard/write.ts';
import type { Doubt } from './evidence.ts';

/** What a record is on its lane: one of its writes, or poison. */
export type Task =
  | { readonly kind: 'write'; readonly write: Write }
  | { readonly kind: 'poison'; readonly failure: RecordFailure };

/** A record on its lane, or one of its writes. */
export interface LaneEntry {
  /** Its place among all records of the batch. */
  readonly index: number;
  readonly record: SourceRecord;
  readonly task: Task;
  /** The record is settled with this one; writes of it that stand before only have to be done. */
  readonly isLast: boolean;
}

/** One document as one partition sees it: its records in the order of their offsets, settled one fold after another. */
export interface Lane {
  readonly topicPartition: string;
  /** Of the document. */
  readonly identity: string;
  /** The namespace, as a letter names it. */
  readonly target: string;
  readonly entries: LaneEntry[];
  /** Passed over, because another document holds their unique value: sent in one with the next write, and settled with it. */
  deferred: LaneEntry[];
  /** The first entry that is not settled. */
  next: number;
  /** Entries that a fold must not reach over. */
  readonly foldBoundaries: Set<number>;
  /** Met another unique index, or cannot be guarded: from now on record by record, and alone. */
  sendsSingly: boolean;
  /** What cannot be guarded is written without. */
  isUnguarded: boolean;
  /** `locked`: its letter is being written; `stopped`: nothing of it is sent any more in this batch. */
  state: 'open' | 'locked' | 'stopped';
  notBeforeMs: number;
  /** How often the head was sent. */
  attempts: number;
  /** How often the head met E11000 and was behind. */
  conflicts: number;
  /** How often of these no document was found that it met. */
  misses: number;
  /** In one command with so many others at most: halved when a command is refused and nobody says why. */
  commandSizeMax: number;
  /** The head, an insert, met a document: from now on it may take a tombstone's place. */
  insertReplacesTombstone: boolean;
  /** When the head, an insert, first met a document that is none of ours. */
  duplicateAtMs: number | undefined;
  /** Why the head is not settled yet. */
  failure: RecordFailure | undefined;
  /** Since the head was refused for a reason that may be the target's. */
  doubt: Doubt | undefined;
  /** How much was settled when the head last met another unique index: without progress there is no point in a retry. */
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

/** Whether the next write of this batch can be sent in one with the head, and with what is carried already. */
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
  /** How many entries it settles. */
  readonly count: number;
}

/**
 * What the lane sends next. Undefined when its head is no write.
 * @param upTo the last place in the batch that the fold may reach
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
  // What is carried folds with the head, or it would not be.
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
 * The place in the batch of the first write that the lane cannot send in one with those before it; `Infinity`: there is
 * none. A write whose letter is under way changes nothing.
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

/** The head is settled: the lane goes on with what follows. */
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
