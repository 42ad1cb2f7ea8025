import type { Mapping } from '../mapping/mapping.ts';

/** What Lambda looks at once a minute. */
export interface PollerLoad {
  /** In use now. */
  readonly pollers: number;
  /** Of the topic: a partition belongs to one poller, so more pollers than partitions have no work. */
  readonly partitions: number;
  /** Records of all partitions that are not committed. */
  readonly lag: number;
  /** The lag a minute ago. */
  readonly lagBefore: number;
  /** Records that were committed within the last minute. */
  readonly consumed: number;
}

/** A backlog that takes longer at the present rate asks for more pollers. */
const DRAIN_MINUTES_MAX = 3;

/**
 * How many pollers a mapping has from now on. Documented: the bounds, the cap at the number of partitions, one poller at least, the
 * offset lag as signal, and its evaluation once a minute. Not documented: which lag is too high, and by how much the number changes.
 * Chosen here: more than a batch for each poller waits, and the lag has grown or lasts for more than three minutes: twice as many
 * pollers. At most one batch waits: one fewer. The first number on demand, which AWS calls a default, is one.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html
 */
export function pollersFor(load: PollerLoad, mapping: Pick<Mapping, 'pollers' | 'batchRecordsMax'>): number {
  const { pollers, partitions, lag, lagBefore, consumed } = load;
  const { min, max } = mapping.pollers ?? { min: 1, max: partitions };
  const isBehind = lag > lagBefore || lag > DRAIN_MINUTES_MAX * consumed;
  const wanted = lag > mapping.batchRecordsMax * pollers && isBehind ? pollers * 2 : pollers;
  const fewer = lag <= mapping.batchRecordsMax ? pollers - 1 : wanted;
  const capped = Math.min(max, Math.max(1, partitions));
  return Math.min(capped, Math.max(min, fewer));
}
