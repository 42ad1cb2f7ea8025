import type { RecordFailure } from '../../shared/outcome.ts';
import type { SourceRecord } from '../../shared/record.ts';
import type { Compiled } from './compile.ts';
import { fold } from './fold.ts';
import type { Write } from './write-models/write.ts';

/** A record on its lane. */
export interface Entry {
  /** Its place among all records of the batch. */
  readonly index: number;
  readonly record: SourceRecord;
  readonly compiled: Compiled;
}

/** One document as one partition sees it: its records in the order of their offsets, settled one fold after another. */
export interface Lane {
  readonly topicPartition: string;
  /** Of the document. */
  readonly identity: string;
  /** The namespace, as a letter names it. */
  readonly target: string;
  readonly entries: Entry[];
  /** Passed over, because another document holds their unique value: settled with the next write, which makes them invisible. */
  carried: Entry[];
  /** The first entry that is not settled. */
  next: number;
  /** Entries that a fold must not reach over. */
  readonly cuts: Set<number>;
  /** Met another unique index: from now on record by record, and alone. */
  unfolded: boolean;
  /** `locked`: its letter is being written; `stopped`: nothing of it is sent any more in this batch. */
  state: 'open' | 'locked' | 'stopped';
  notBeforeMs: number;
  /** How often the head was sent. */
  attempts: number;
  /** How often the head met E11000 and was behind. */
  conflicts: number;
  /** In one command with so many others at most: halved when a command is refused and nobody says why. */
  companyMax: number;
  /** Why the head is not settled yet. */
  failure: RecordFailure | undefined;
  /** How much was settled when the head last met another unique index: without progress there is no point in a retry. */
  stuckAt: number | undefined;
}

export const createLane = (topicPartition: string, identity: string, target: string): Lane => ({
  topicPartition,
  identity,
  target,
  entries: [],
  carried: [],
  next: 0,
  cuts: new Set(),
  unfolded: false,
  state: 'open',
  notBeforeMs: 0,
  attempts: 0,
  conflicts: 0,
  companyMax: Number.POSITIVE_INFINITY,
  failure: undefined,
  stuckAt: undefined,
});

export const headOf = (lane: Lane): Entry | undefined => lane.entries[lane.next];

export const isDone = (lane: Lane): boolean => lane.next >= lane.entries.length;

/** Whether a later write of this batch makes the head invisible. */
export const isOvertaken = (lane: Lane): boolean =>
  lane.entries.some(({ compiled }, at) => at > lane.next && compiled.kind === 'write');

/** A fold of the first unsettled writes of a lane. */
export interface Step {
  readonly lane: Lane;
  readonly write: Write;
  /** How many records it settles. */
  readonly count: number;
}

/** What the lane sends next. Undefined when its head is no write. */
export function stepOf(lane: Lane): Step | undefined {
  const writes: Write[] = [];
  for (let at = lane.next; at < lane.entries.length; at += 1) {
    const compiled = lane.entries[at]?.compiled;
    if (compiled?.kind !== 'write' || (writes.length > 0 && (lane.unfolded || lane.cuts.has(at)))) break;
    writes.push(compiled.write);
  }
  return writes.length === 0 ? undefined : { lane, ...fold(writes) };
}

/** The head is settled: the lane goes on with what follows. */
export function advance(lane: Lane, count: number): void {
  lane.next += count;
  lane.state = 'open';
  lane.notBeforeMs = 0;
  lane.attempts = 0;
  lane.conflicts = 0;
  lane.companyMax = Number.POSITIVE_INFINITY;
  lane.failure = undefined;
  lane.stuckAt = undefined;
}
