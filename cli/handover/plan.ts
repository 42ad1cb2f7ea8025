/** A partition of a topic, as both groups and the log see it. */
export interface PartitionView {
  readonly partition: number;
  /** The offset of the next record that the source would read; undefined if it never committed one. */
  readonly source: number | undefined;
  /** The same of the target. */
  readonly target: number | undefined;
  /** The first and the next offset of the log. */
  readonly beginning: number;
  readonly end: number;
}

/** Offsets of one topic on their way from one group to another. */
export interface Move {
  readonly topic: string;
  readonly sourceGroup: string;
  readonly targetGroup: string;
  readonly partitions: readonly PartitionView[];
  /** Where the target begins without an offset: `trigger.startingPosition`; undefined for the consumer of another group. */
  readonly startingPosition: string | undefined;
}

/** What would be committed for the target. */
export const committedBy = ({ partitions }: Move): readonly { readonly partition: number; readonly offset: number }[] =>
  partitions.flatMap(({ partition, source }) => (source === undefined ? [] : [{ partition, offset: source }]));

/**
 * Why the moves cannot be made; empty if they can. A group need not have offsets of every topic: one may be empty, or another group
 * may read it.
 */
export const problemsOf = (moves: readonly Move[]): readonly string[] => {
  const isNothing = moves.every((move) => committedBy(move).length === 0);
  return moves.flatMap(({ topic, sourceGroup, partitions }) => [
    ...(isNothing ? [`${sourceGroup} has no committed offset of ${topic}: check the name of the group`] : []),
    ...partitions
      .filter(({ source, end }) => source !== undefined && source > end)
      .map(
        ({ partition, source, end }) =>
          `${sourceGroup} is at offset ${source} of ${topic}-${partition}, but the log ends at ${end}: the topic was made anew, and the offsets mean nothing`,
      ),
  ]);
};

/** A line for the move, and one for each partition. */
export const linesOf = (move: Move): readonly string[] => [
  `${move.topic}: ${move.sourceGroup} -> ${move.targetGroup}`,
  ...move.partitions.map((view) => `  ${view.partition}: ${effectOf(view, move)}`),
];

function effectOf({ source, target, beginning, end }: PartitionView, { startingPosition }: Move): string {
  if (source === undefined) {
    if (target !== undefined) return `no committed offset: the target stays at ${target}`;
    const start = STARTS[startingPosition ?? ''] ?? 'where the target begins by itself';
    return `no committed offset: begins ${start}; the partition has ${end - beginning} records`;
  }
  const waiting = `${end - Math.max(source, beginning)} records wait`;
  const gone = source < beginning ? `, ${beginning - source} before them are no longer in Kafka` : '';
  return `goes on at ${source}, ${waiting}${gone}${moved(source, target)}`;
}

const STARTS: Readonly<Record<string, string>> = {
  TRIM_HORIZON: 'at the oldest record (trigger.startingPosition)',
  LATEST: 'behind the newest record (trigger.startingPosition: LATEST), and skips the others',
  AT_TIMESTAMP: 'at trigger.startingTimestamp',
};

function moved(source: number, target: number | undefined): string {
  if (target === undefined || target === source) return '';
  return target > source
    ? `; the target was at ${target}: ${target - source} records are repeated`
    : `; the target was at ${target}: ${source - target} records that the source has read are skipped`;
}
