const HASH_KEY_BITS = 128n;
/** 2^7 = 128 buckets: a power of two, not less than the shards of most streams. */
const BUCKET_BITS = 7n;

/**
 * The middle of the bucket a hash key lies in, as an ExplicitHashKey. Whatever is sent with it, and every user record
 * that names it, has one hash key, the very one Kinesis chose the shard by: consumers that drop user records whose hash
 * key is not of their shard (the KCL) never drop these, however the stream is resharded.
 */
export function bucketHashKey(hashKey: bigint): string {
  const bucket = hashKey >> (HASH_KEY_BITS - BUCKET_BITS);
  return String((2n * bucket + 1n) << (HASH_KEY_BITS - BUCKET_BITS - 1n));
}
