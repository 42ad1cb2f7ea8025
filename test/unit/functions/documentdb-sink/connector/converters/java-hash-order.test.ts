import { describe, expect, it } from 'vitest';
import { inHashOrder } from '../../../../../../functions/documentdb-sink/connector/converters/java-hash-order.ts';

let runCount = 0;

/**
 * What a map makes of names with these hashes, which are below 65,536. Leading NULs do not change the hash of a name, so that no
 * hash is known from before.
 */
function ordered(hashes: readonly number[], initialCapacity?: number): readonly number[] {
  runCount += 1;
  const names = hashes.map((hash): [string, number] => ['\0'.repeat(runCount) + String.fromCharCode(hash), hash]);
  const map = inHashOrder(new Map(names), initialCapacity);
  for (const [name, hash] of map) expect(name.at(-1)).toBe(String.fromCharCode(hash as number));
  return [...map.values()] as number[];
}
const multiples = (of: number, count: number) => Array.from({ length: count }, (_, index) => of * (index + 1));
const upTo = (count: number) => multiples(1, count);

describe('the order of a HashMap', () => {
  it.each([
    ['by buckets', [5, 3, 1], [1, 3, 5]],
    ['of insertion within a bucket', [0x33, 0x13, 0x23, 1], [1, 0x33, 0x13, 0x23]],
    ['by buckets of 16 with 12 names', [0x10, ...upTo(11)], [0x10, ...upTo(11)]],
    ['by buckets of 32 with 13 names', [0x10, ...upTo(12)], [...upTo(12), 0x10]],
    ['by buckets of 32 with 24 names', [0x20, ...upTo(23)], [0x20, ...upTo(23)]],
    ['by buckets of 64 with 25 names', [0x20, ...upTo(24)], [...upTo(24), 0x20]],
    ['with eight names in a bucket', [5, ...multiples(16, 8)], [...multiples(16, 8), 5]],
    [
      'with nine names in a bucket, for which the table grows',
      [0x25, ...multiples(16, 9)],
      [0x20, 0x40, 0x60, 0x80, 0x25, 0x10, 0x30, 0x50, 0x70, 0x90],
    ],
    [
      'with ten names in a bucket, for which the table grows twice',
      [...multiples(64, 10), 0x25, 0x18],
      [...multiples(64, 10), 0x18, 0x25],
    ],
    [
      'with eleven names in a bucket, for which a table of 64 does not grow',
      [0x25, ...multiples(64, 11)],
      [...multiples(64, 11), 0x25],
    ],
    [
      'by buckets of 32 with 24 names, nine of which share a bucket',
      [...multiples(64, 9), ...upTo(14), 0x21],
      [...multiples(64, 9), 1, 0x21, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14],
    ],
    [
      'by buckets of 64 with 25 names, nine of which share a bucket',
      [...multiples(64, 9), ...upTo(15), 0x21],
      [...multiples(64, 9), ...upTo(15), 0x21],
    ],
    [
      'with nine names in a bucket of 16, and eight in another one of 32',
      [0x05, 0x15, 0x25, 0x35, 0x45, 0x55, 0x65, 0x75, 0x85, ...multiples(64, 8), 1, 0x21],
      [...multiples(64, 8), 1, 0x21, 0x05, 0x25, 0x45, 0x65, 0x85, 0x15, 0x35, 0x55, 0x75],
    ],
    [
      'with nine names in a bucket of a table of 64',
      [...upTo(16), ...multiples(64, 9)],
      [...multiples(64, 9), ...upTo(16)],
    ],
  ])('is %s', (_, hashes, expected) => {
    expect(ordered(hashes)).toEqual(expected);
  });

  it('depends on the size of the empty table', () => {
    expect(ordered([4, 1], 4)).toEqual([4, 1]);
    expect(ordered([4, 1])).toEqual([1, 4]);
  });

  it('depends on all letters, and on the high bits of the hash', () => {
    runCount += 1;
    const fresh = '\0'.repeat(runCount);
    const names =
      'yXAeY0 pqYQM1 N2 ExkTjiuf3 []RMWz^n4 RtuGCCmv5 L`rdIJkuE6 oK]Weh_zmT7 F8 HWDldwKZc9 cAN10 WWCXkTCE11';
    // As OpenJDK 17 has these names.
    const expected =
      'HWDldwKZc9 WWCXkTCE11 L`rdIJkuE6 F8 []RMWz^n4 N2 yXAeY0 pqYQM1 RtuGCCmv5 oK]Weh_zmT7 cAN10 ExkTjiuf3';
    const map = inHashOrder(new Map(names.split(' ').map((name) => [fresh + name, 0])));
    expect([...map.keys()].map((name) => name.slice(runCount)).join(' ')).toBe(expected);
  });
});
