/**
 * The entries in the order in which a `java.util.HashMap` gives them: Connect's JsonConverter puts objects into such maps,
 * so the documents that the connector wrote have their fields in this order. It matters within `_id`, where MongoDB tells
 * `{a, b}` from `{b, a}`. Buckets in which eight names collide, which Java turns into trees, are left in order of insertion.
 * https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/HashMap.html
 */
export function inHashOrder(fields: ReadonlyMap<string, unknown>): Map<string, unknown> {
  if (fields.size < 2) return new Map(fields);
  const mask = capacityFor(fields.size) - 1;
  const buckets = [...fields].map((entry) => ({ entry, bucket: spreadHash(entry[0]) & mask }));
  // Stable: within a bucket, the order of insertion stays, also when the table grows.
  buckets.sort((a, b) => a.bucket - b.bucket);
  return new Map(buckets.map(({ entry }) => entry));
}

const CAPACITY_MIN = 16;
const LOAD_FACTOR = 0.75;

function capacityFor(size: number): number {
  let capacity = CAPACITY_MIN;
  while (size > capacity * LOAD_FACTOR) capacity *= 2;
  return capacity;
}

/** `String.hashCode` of UTF-16 units, its high bits mixed into the low ones as `HashMap.hash` does. */
function spreadHash(name: string): number {
  let hash = 0;
  for (let index = 0; index < name.length; index += 1) hash = (Math.imul(hash, 31) + name.charCodeAt(index)) | 0;
  return hash ^ (hash >>> 16);
}
