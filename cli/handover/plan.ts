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
}

/** What would be committed for the target. */
export const committedBy = ({ partitions }: Move): readonly { readonly partition: number; readonly offset: number }[] =>
  partitions.flatMap(({ partition, source }) => (source === undefined ? [] : [{ partition, offset: source }]));

/** Why a move cannot be made; empty if it can. */
export const problemsOf = (move: Move): readonly string[] => {
  const { topic, sourceGroup, partitions } = move;
  const beyond = partitions.filter(({ source, end }) => source !== undefined && source > end);
  return [
    ...(committedBy(move).length === 0
      ? [`${sourceGroup} has no committed offset of ${topic}: check the name of the group`]
      : []),
    ...beyond.map(
      ({ partition, source, end }) =>
        `${sourceGroup} is at offset ${source} of ${topic}-${partition}, but the log ends at ${end}: the topic was made anew, and the offsets mean nothing`,
    ),
  ];
};

/** A line for the move, and one for each partition. */
export const linesOf = (move: Move): readonly string[] => [
  `${move.topic}: ${move.sourceGroup} -> ${move.targetGroup}`,
  ...move.partitions.map((view) => `  ${view.partition}: ${effectOf(view)}`),
];

function effectOf({ source, target, beginning, end }: PartitionView): string {
  if (source === undefined) {
    return target === undefined
      ? 'no committed offset: begins at the starting position of the target'
      : `no committed offset: the target stays at ${target}`;
  }
  const waiting = `${end - Math.max(source, beginning)} records wait`;
  const gone = source < beginning ? `, ${beginning - source} before them are no longer in Kafka` : '';
  return `goes on at ${source}, ${waiting}${gone}${moved(source, target)}`;
}

function moved(source: number, target: number | undefined): string {
  if (target === undefined || target === source) return '';
  return target > source
    ? `; the target was at ${target}: ${target - source} records are repeated`
    : `; the target was at ${target}: ${source - target} records that the source has read are skipped`;
}
