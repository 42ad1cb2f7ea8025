import type { Lane } from '../lanes/lane.ts';

/**
 * Whether the stream stores what is sent one after the other in that order, which its documents promise for PutRecord
 * with SequenceNumberForOrdering only: within a shard the sequence numbers of a lane must ascend.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
 */
export class OrderAudit {
  readonly #last = new Map<Lane, { readonly shardId: string; readonly sequenceNumber: bigint }>();

  /** Whether this number is where it should be; one of another shard says nothing, nor does one that is none. */
  isInOrder(lane: Lane, shardId: string | undefined, sequenceNumber: string | undefined): boolean {
    if (shardId === undefined || sequenceNumber === undefined || !/^\d{1,128}$/.test(sequenceNumber)) return true;
    const last = this.#last.get(lane);
    const number = BigInt(sequenceNumber);
    this.#last.set(lane, { shardId, sequenceNumber: number });
    return last === undefined || last.shardId !== shardId || number > last.sequenceNumber;
  }
}
