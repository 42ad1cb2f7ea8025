/**
 * The entries in the order in which a `java.util.HashMap` gives them: Connect's JsonConverter puts objects into such maps,
 * so the documents that the connector wrote have their fields in this order. It matters within `_id`, where MongoDB tells
 * `{a, b}` from `{b, a}`. Buckets in which eight names collide, which Java turns into trees, are left in order of insertion.
 * https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/HashMap.html
 * @param initialCapacity how large the table is before anything is in it: a power of two
 */
export function inHashOrder(fields: Map<string, unknown>, initialCapacity = CAPACITY_DEFAULT): Map<string, unknown> {
  const mask = capacityFor(fields.size, initialCapacity) - 1;
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

function capacityFor(size: number, initialCapacity: number): number {
  let capacity = initialCapacity;
  while (size > capacity * LOAD_FACTOR) capacity *= 2;
  return capacity;
}

/** Of the names met so far; records have the same ones over and over. */
const hashes = new Map<string, number>();
const HASHES_MAX = 10_000;

function hashOf(name: string): number {
  const known = hashes.get(name);
  if (known !== undefined) return known;
  const hash = spreadHash(name);
  if (hashes.size < HASHES_MAX) hashes.set(name, hash);
  return hash;
}

/** `String.hashCode` of UTF-16 units, its high bits mixed into the low ones as `HashMap.hash` does. */
function spreadHash(name: string): number {
  let hash = 0;
  for (let index = 0; index < name.length; index += 1) hash = (Math.imul(hash, 31) + name.charCodeAt(index)) | 0;
  return hash ^ (hash >>> 16);
}
