import { describe, expect, it } from 'vitest';
import { murmur2, partitionOf } from '../../../parity/connector/partitioner.ts';
import { placed } from '../../../parity/connector/records.ts';

describe("Kafka's partitioner", () => {
  // https://github.com/apache/kafka/blob/4.3.1/clients/src/test/java/org/apache/kafka/common/utils/UtilsTest.java
  it.each([
    ['21', -973_932_308],
    ['foobar', -790_332_482],
    ['a-little-bit-long-string', -985_981_536],
    ['a-little-bit-longer-string', -1_486_304_829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971],
    ['abc', 479_470_107],
  ])('hashes %s as Java does', (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash);
  });

  it('keeps the records of a key, and those without a key, together', () => {
    expect(partitionOf(Buffer.from('abc'), 4)).toBe(479_470_107 % 4);
    expect(partitionOf(null, 4)).toBe(0);
    expect(placed([{ key: 'abc' }, { key: null }, { key: 'abc' }, { partition: 2 }], 't')).toMatchObject([
      { partition: 3, offset: 0 },
      { partition: 0, offset: 0 },
      { partition: 3, offset: 1 },
      { partition: 2, offset: 0 },
    ]);
  });
});
