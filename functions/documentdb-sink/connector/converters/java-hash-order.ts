import { copyOfText } from '../../bson/text-copy.ts';

/**
 * The entries in the iteration order of a `java.util.HashMap`. Connect's JsonConverter puts objects into such maps, so
 * documents from the connector have this field order. The order matters within `_id`, where MongoDB distinguishes `{a,
 * b}` from `{b, a}`. If more than eight names share a bucket of a table with 64 or more buckets, Java uses a tree; here
 * these names stay in order of insertion.
 * https://github.com/openjdk/jdk17u/blob/master/src/java.base/share/classes/java/util/HashMap.java
 * @param initialCapacity the size of the empty table, a power of two
 */
export function inHashOrder(fields: Map<string, unknown>, initialCapacity = CAPACITY_DEFAULT): Map<string, unknown> {
  const mask = capacityOf(fields, initialCapacity) - 1;
  const entries: { readonly name: string; readonly value: unknown; readonly bucket: number }[] = [];
  let isInOrder = true;
  let last = 0;
  for (const [name, value] of fields) {
    const bucket = hashOf(name) & mask;
    isInOrder &&= last <= bucket;
    last = bucket;
    entries.push({ name, value, bucket });
  }
  if (isInOrder) return fields;
  // A stable sort keeps the order of insertion within a bucket, as the table does when it grows.
  entries.sort((a, b) => a.bucket - b.bucket);
  const ordered = new Map<string, unknown>();
  for (const { name, value } of entries) ordered.set(name, value);
  return ordered;
}

const CAPACITY_DEFAULT = 16;
const LOAD_FACTOR = 0.75;
/** `TREEIFY_THRESHOLD`: one more entry than this turns a bucket into a tree. */
const BUCKET_MAX = 8;
/** `MIN_TREEIFY_CAPACITY`: a smaller table grows instead. */
const TREE_CAPACITY_MIN = 64;

function capacityOf(fields: ReadonlyMap<string, unknown>, initialCapacity: number): number {
  let capacity = initialCapacity;
  while (fields.size > capacity * LOAD_FACTOR) capacity *= 2;
  // Eight names or fewer cannot exceed the threshold, and a table with more than 24 names has 64 buckets anyway.
  const mayGrow = fields.size > BUCKET_MAX && capacity < TREE_CAPACITY_MIN && hasFullBucket(fields);
  return mayGrow ? capacityByBuckets(fields, initialCapacity) : capacity;
}

const COUNTED_BUCKETS = 16;
const counts = new Uint8Array(COUNTED_BUCKETS);

/**
 * Counts in a table of 16 buckets: names that share a bucket of a larger table share one here too, and a smaller table
 * soon grows to 16.
 */
function hasFullBucket(fields: ReadonlyMap<string, unknown>): boolean {
  counts.fill(0);
  for (const name of fields.keys()) {
    const bucket = hashOf(name) & (COUNTED_BUCKETS - 1);
    const count = (counts[bucket] ?? 0) + 1;
    if (count > BUCKET_MAX) return true;
    counts[bucket] = count;
  }
  return false;
}

/** Inserts one name after another, like Java. */
function capacityByBuckets(fields: ReadonlyMap<string, unknown>, initialCapacity: number): number {
  let capacity = initialCapacity;
  const hashes: number[] = [];
  for (const name of fields.keys()) {
    const hash = hashOf(name);
    const [mask, before] = [capacity - 1, hashes.length];
    let sharedCount = 0;
    for (let index = 0; index < before; index += 1)
      if (((hashes[index] ?? 0) & mask) === (hash & mask)) sharedCount += 1;
    hashes.push(hash);
    if (sharedCount >= BUCKET_MAX && capacity < TREE_CAPACITY_MIN) capacity *= 2;
    if (hashes.length > capacity * LOAD_FACTOR) capacity *= 2;
  }
  return capacity;
}

/** The hashes of known names; records usually repeat the same names. */
const hashes = new Map<string, number>();
const HASHES_MAX = 10_000;

function hashOf(name: string): number {
  const known = hashes.get(name);
  if (known !== undefined) return known;
  const hash = spreadHash(name);
  if (hashes.size < HASHES_MAX) hashes.set(copyOfText(name), hash);
  return hash;
}

/** `String.hashCode` over UTF-16 code units, with the high bits mixed into the low ones as in `HashMap.hash`. */
function spreadHash(name: string): number {
  let hash = 0;
  for (let index = 0; index < name.length; index += 1) hash = (Math.imul(hash, 31) + name.charCodeAt(index)) | 0;
  return hash ^ (hash >>> 16);
}
