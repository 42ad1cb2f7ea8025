import type { LaneItem, Trial } from '../../../shared/delivery/lane.ts';
import type { RecordFailure } from '../../../shared/outcome.ts';
import type { Write } from '../guard/write.ts';
import type { Doubt } from './evidence.ts';

/** The work of a lane entry: one write of a record, or poison. */
export type Task =
  | { readonly kind: 'write'; readonly write: Write }
  | { readonly kind: 'poison'; readonly failure: RecordFailure };

/** A record in its lane, or one of the writes of a record. */
export interface LaneEntry extends LaneItem {
  /** True for the last write of a record: the record is settled with this write. */
  readonly isLast: boolean;
  readonly task: Task;
}

/** What is known of the head of a lane. */
export interface HeadTrial extends Trial {
  /** How often the head met E11000 although the stored version is older. */
  readonly conflicts: number;
  /** How often the read after such an E11000 found no document. */
  readonly misses: number;
  /** Maximum size of a command that holds the head; halved if a command is refused without naming a write. */
  readonly commandSizeMax: number;
  /** True once the head, an insert, met a document: the insert may then replace a tombstone. */
  readonly insertReplacesTombstone: boolean;
  /** Set while it is undecided whether the head or the target caused a refusal. */
  readonly doubt: Doubt | undefined;
  /** The batch's written count when the head last conflicted with another unique index; a retry needs a write since then. */
  readonly blockedAtWrittenCount: number | undefined;
}

export const UNTRIED: HeadTrial = {
  attempts: 0,
  failure: undefined,
  readyAtMs: 0,
  conflicts: 0,
  misses: 0,
  commandSizeMax: Number.POSITIVE_INFINITY,
  insertReplacesTombstone: false,
  doubt: undefined,
  blockedAtWrittenCount: undefined,
};
