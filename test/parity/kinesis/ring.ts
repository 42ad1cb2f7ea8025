import { createHash } from 'node:crypto';
import { type ShardRange, WHOLE_RING } from '../../support/kpl/deaggregate.ts';

/** The hash key of a text, worked out here once more: a judge does not ask the accused. */
export const md5Of = (text: string): bigint => BigInt(`0x${createHash('md5').update(text, 'utf8').digest('hex')}`);

const BUCKETS = 128n;
const RING = WHOLE_RING.last + 1n;

/** The middle of the 128th part of the ring that a hash key lies in. */
export const bucketMiddle = (hashKey: bigint): bigint => {
  const bucket = (hashKey * BUCKETS) / RING;
  return (bucket * RING) / BUCKETS + RING / BUCKETS / 2n;
};

/** The shard a hash key lies in, of a stream of so many equal ones. */
export function equalShard(hashKey: bigint, shardCount: bigint): ShardRange {
  const shard = (hashKey * shardCount) / RING;
  return { first: (shard * RING) / shardCount, last: ((shard + 1n) * RING) / shardCount - 1n };
}

/** A shard of any size that a hash key lies in: how splits and merges have left it. */
export function someShard(hashKey: bigint, random: () => number): ShardRange {
  const part = (length: bigint): bigint => (length * BigInt(Math.floor(random() ** 4 * 1_000_001))) / 1_000_000n;
  return { first: hashKey - part(hashKey), last: hashKey + part(WHOLE_RING.last - hashKey) };
}

/** A shard that a hash key just does not lie in, below or above it. */
export function otherShard(hashKey: bigint, random: () => number): ShardRange {
  const isBelow = hashKey > 0n && (hashKey === WHOLE_RING.last || random() < 0.5);
  return isBelow ? { first: 0n, last: hashKey - 1n } : { first: hashKey + 1n, last: WHOLE_RING.last };
}
