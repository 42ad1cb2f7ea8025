import { inHashOrder } from '../../converters/java-hash-order.ts';
import type { ConnectMap, ConnectValue } from './connect-value.ts';

const CAPACITY_DEFAULT = 16;

/**
 * The entries in the iteration order of a `java.util.HashMap` of this capacity, after they were put one after another.
 */
export const hashMap = (entries: ReadonlyMap<string, ConnectValue>, capacity = CAPACITY_DEFAULT): ConnectMap =>
  inHashOrder(new Map<string, unknown>(entries), capacity) as ReadonlyMap<string, ConnectValue>;

/** The table size of `new HashMap<>(initialCapacity)`: the next power of two. */
export const tableFor = (initialCapacity: number): number => 2 ** Math.ceil(Math.log2(Math.max(initialCapacity, 1)));

/**
 * The table size of `new HashMap<>(map)`, which makes room for the other map's entries.
 * https://github.com/openjdk/jdk/blob/jdk-17-ga/src/java.base/share/classes/java/util/HashMap.java
 */
export const tableForCopy = (size: number): number =>
  size === 0 ? CAPACITY_DEFAULT : tableFor(Math.floor(size / 0.75 + 1));

/** A `HashMap` that copies another map and then puts further entries. */
export const copyWith = (map: ConnectMap, puts: ReadonlyMap<string, ConnectValue>): ConnectMap =>
  hashMap(new Map([...textKeys(map), ...puts]), tableForCopy(map.size));

/** Maps without a schema come from JSON, so their keys are strings. */
export const textKeys = (map: ConnectMap): Map<string, ConnectValue> =>
  new Map([...map].map(([key, value]) => [String(key), value]));

/** The names in the iteration order of `new HashSet<>(names)`. */
export const inSetOrder = (names: ReadonlySet<string>): readonly string[] => {
  const capacity = tableFor(Math.max(Math.trunc(names.size / 0.75) + 1, CAPACITY_DEFAULT));
  return [...textKeys(hashMap(new Map([...names].map((name) => [name, null])), capacity)).keys()];
};

/** The entries in the iteration order of a map that was created without a capacity. */
export const inMapOrder = (entries: ReadonlyMap<string, ConnectValue>): ReadonlyMap<string, ConnectValue> =>
  textKeys(hashMap(entries));

/** A `HashMap` that was made for so many entries. Of keys that are no texts, no document is made: their order is not Java's. */
export function mapOfEntries(entries: readonly (readonly [ConnectValue, ConnectValue])[]): ConnectMap {
  const map = new Map(entries);
  return entries.every(([key]) => typeof key === 'string')
    ? hashMap(map as ReadonlyMap<string, ConnectValue>, tableFor(entries.length))
    : map;
}
