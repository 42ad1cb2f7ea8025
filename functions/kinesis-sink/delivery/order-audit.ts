import type { Lane } from '../lanes/lane.ts';

/**
 * Checks the assumption that Kinesis stores requests in the order in which they are sent: within a shard, the sequence
 * numbers of a lane must ascend. The documentation promises that only for PutRecord with SequenceNumberForOrdering.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
 */
export class OrderAudit {
  readonly #last = new Map<Lane, { readonly shardId: string; readonly sequenceNumber: bigint }>();

  /**
   * Whether the sequence number ascends. Numbers of different shards are not compared, and a malformed number is
   * ignored.
   */
  isInOrder(lane: Lane, shardId: string | undefined, sequenceNumber: string | undefined): boolean {
    if (shardId === undefined || sequenceNumber === undefined || !/^\d{1,128}$/.test(sequenceNumber)) return true;
    const last = this.#last.get(lane);
    const number = BigInt(sequenceNumber);
    this.#last.set(lane, { shardId, sequenceNumber: number });
    return last === undefined || last.shardId !== shardId || number > last.sequenceNumber;
  }
}
