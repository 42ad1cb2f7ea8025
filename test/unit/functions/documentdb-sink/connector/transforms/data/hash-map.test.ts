import { describe, expect, it } from 'vitest';
import {
  copyWith,
  hashMap,
  inSetOrder,
  tableFor,
  tableForCopy,
} from '../../../../../../../functions/documentdb-sink/connector/transforms/data/hash-map.ts';

const mapOf = (names: string) => new Map([...names].map((name) => [name, null] as const));

// https://github.com/openjdk/jdk/blob/jdk-17-ga/src/java.base/share/classes/java/util/HashMap.java
describe('the order of a HashMap', () => {
  it.each([
    [0, 1],
    [1, 1],
    [2, 2],
    [3, 4],
    [16, 16],
    [17, 32],
  ])('of the capacity %i has a table of %i', (capacity, table) => {
    expect(tableFor(capacity)).toBe(table);
  });

  it.each([
    [0, 16],
    [1, 2],
    [2, 4],
    [3, 8],
    [6, 16],
    [12, 32],
  ])('copied from %i entries has a table of %i', (size, table) => {
    expect(tableForCopy(size)).toBe(table);
  });

  it('is that of the places in its table', () => {
    // The hash codes of a and p are 97 and 112: the places 1 and 0 of 16, and 1 and 16 of 32.
    expect([...hashMap(mapOf('ap')).keys()]).toEqual(['p', 'a']);
    expect([...hashMap(mapOf('pa'), 32).keys()]).toEqual(['a', 'p']);
    expect([...copyWith(new Map(), mapOf('da')).keys()]).toEqual(['a', 'd']);
  });

  it('of a set makes room for the names before they are put', () => {
    expect(inSetOrder(new Set('pa'))).toEqual(['p', 'a']);
    expect(inSetOrder(new Set('abcdefghijkp')).join('')).toBe('abcdefghijkp');
    expect(inSetOrder(new Set('pabcdefghij')).join('')).toBe('pabcdefghij');
  });
});
