const HASH_KEY_BITS = 128n;
/** 2^7 = 128 buckets: a power of two, and at least the number of shards of most streams. */
const BUCKET_BITS = 7n;

/**
 * The ExplicitHashKey in the middle of the bucket that contains the hash key. An entry and all its user records use
 * this one hash key, by which Kinesis also chooses the shard. Consumers that drop user records whose hash key belongs
 * to another shard (the KCL) therefore never drop these, even after the stream is resharded.
 */
export function bucketHashKey(hashKey: bigint): string {
  const bucket = hashKey >> (HASH_KEY_BITS - BUCKET_BITS);
  return String((2n * bucket + 1n) << (HASH_KEY_BITS - BUCKET_BITS - 1n));
}
