import type { Lane, LaneSlice } from '../lanes/lane.ts';

/**
 * Checks the assumption that Kinesis stores requests in the order in which they are sent: within a shard, the sequence
 * numbers of a lane must ascend. The documentation promises that only for PutRecord with SequenceNumberForOrdering.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
 */
export class OrderAudit {
  readonly #last = new Map<Lane, { readonly shardId: string; readonly sequenceNumber: string }>();

  /**
   * Whether the sequence number ascends. Numbers of different shards are not compared, and a malformed number is
   * ignored.
   */
  isInOrder(
    { lane, from, count }: LaneSlice,
    shardId: string | undefined,
    sequenceNumber: string | undefined,
  ): boolean {
    const last = this.#last.get(lane);
    const isLast = from + count >= lane.items.length;
    if (last === undefined && isLast) return true; // the only entry of its lane
    if (shardId === undefined || sequenceNumber === undefined || !/^\d{1,128}$/.test(sequenceNumber)) return true;
    if (!isLast) this.#last.set(lane, { shardId, sequenceNumber });
    return last === undefined || last.shardId !== shardId || isGreater(sequenceNumber, last.sequenceNumber);
  }
}

/** Compares decimal numbers as text, which takes a fraction of the time of BigInt. Kinesis writes no leading zeros. */
function isGreater(one: string, other: string): boolean {
  const [digits, otherDigits] = [significant(one), significant(other)];
  return digits.length === otherDigits.length ? digits > otherDigits : digits.length > otherDigits.length;
}

const significant = (digits: string): string => (digits.startsWith('0') ? digits.replace(/^0+/, '') : digits);
