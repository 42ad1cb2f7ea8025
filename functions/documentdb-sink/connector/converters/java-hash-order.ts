import { copyOfText } from '../../bson/text-copy.ts';

/**
 * The entries in the order in which a `java.util.HashMap` gives them: Connect's JsonConverter puts objects into such maps,
 * so the documents that the connector wrote have their fields in this order. It matters within `_id`, where MongoDB tells
 * `{a, b}` from `{b, a}`. Names that share a bucket of a table of 64 and more with eight others, which Java puts into trees,
 * are left in order of insertion.
 * https://github.com/openjdk/jdk17u/blob/master/src/java.base/share/classes/java/util/HashMap.java
 * @param initialCapacity how large the table is before anything is in it: a power of two
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
  // Stable: within a bucket, the order of insertion stays, also when the table grows.
  entries.sort((a, b) => a.bucket - b.bucket);
  const ordered = new Map<string, unknown>();
  for (const { name, value } of entries) ordered.set(name, value);
  return ordered;
}

const CAPACITY_DEFAULT = 16;
const LOAD_FACTOR = 0.75;
/** `TREEIFY_THRESHOLD`: a bucket that had as many and gets another becomes a tree, */
const BUCKET_MAX = 8;
/** `MIN_TREEIFY_CAPACITY`: or, in a smaller table, the table grows instead. */
const TREE_CAPACITY_MIN = 64;

function capacityOf(fields: ReadonlyMap<string, unknown>, initialCapacity: number): number {
  let capacity = initialCapacity;
  while (fields.size > capacity * LOAD_FACTOR) capacity *= 2;
  // So few names cannot fill a bucket; and a table of more than 24 names has 64 buckets anyway.
  const mayGrow = fields.size > BUCKET_MAX && capacity < TREE_CAPACITY_MIN && hasFullBucket(fields);
  return mayGrow ? capacityByBuckets(fields, initialCapacity) : capacity;
}

const COUNTED_BUCKETS = 16;
const counts = new Uint8Array(COUNTED_BUCKETS);

/** Of a table of 16; names that share a bucket of a larger one share one there, and a smaller one grows soon. */
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

/** One name after another, as Java puts them. */
function capacityByBuckets(fields: ReadonlyMap<string, unknown>, initialCapacity: number): number {
  let capacity = initialCapacity;
  const hashes: number[] = [];
  for (const name of fields.keys()) {
    const hash = hashOf(name);
    const [mask, before] = [capacity - 1, hashes.length];
    let company = 0;
    for (let index = 0; index < before; index += 1) if (((hashes[index] ?? 0) & mask) === (hash & mask)) company += 1;
    hashes.push(hash);
    if (company >= BUCKET_MAX && capacity < TREE_CAPACITY_MIN) capacity *= 2;
    if (hashes.length > capacity * LOAD_FACTOR) capacity *= 2;
  }
  return capacity;
}

/** Of the names met so far; records have the same ones over and over. */
const hashes = new Map<string, number>();
const HASHES_MAX = 10_000;

function hashOf(name: string): number {
  const known = hashes.get(name);
  if (known !== undefined) return known;
  const hash = spreadHash(name);
  if (hashes.size < HASHES_MAX) hashes.set(copyOfText(name), hash);
  return hash;
}

/** `String.hashCode` of UTF-16 units, its high bits mixed into the low ones as `HashMap.hash` does. */
function spreadHash(name: string): number {
  let hash = 0;
  for (let index = 0; index < name.length; index += 1) hash = (Math.imul(hash, 31) + name.charCodeAt(index)) | 0;
  return hash ^ (hash >>> 16);
}
