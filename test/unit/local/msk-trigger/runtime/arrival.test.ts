import { describe, expect, it } from 'vitest';
import { arrivalOf, type Fetched } from '../../../../../local/msk-trigger/runtime/arrival.ts';
import { recordSerializer } from '../../../../../local/msk-trigger/runtime/event.ts';

type Batch = NonNullable<Fetched['records']>[number];

/** A batch of records at these distances from its first offset. https://kafka.apache.org/documentation/#recordbatch */
const batch = (firstOffset: number, deltas: readonly number[], changes: Partial<Batch> = {}): Batch => ({
  firstOffset: BigInt(firstOffset),
  length: 0,
  partitionLeaderEpoch: 0,
  magic: 2,
  crc: 0,
  attributes: 0,
  lastOffsetDelta: deltas.at(-1) ?? 0,
  firstTimestamp: 1_000n,
  maxTimestamp: 9_000n,
  producerId: -1n,
  producerEpoch: -1,
  firstSequence: -1,
  records: deltas.map((offsetDelta) => ({
    length: 0,
    attributes: 0,
    timestampDelta: BigInt(offsetDelta * 10),
    offsetDelta,
    key: Buffer.from('k'),
    value: Buffer.from('v'),
    headers: [],
  })),
  ...changes,
});

/** What a fetch of partition 3 from an offset found. */
function arrival(from: number, records: Fetched['records']) {
  const found = arrivalOf({ partitionIndex: 3, logStartOffset: 2n, records }, from, recordSerializer('orders', 3));
  return { ...found, records: found.records.map(({ json }) => JSON.parse(json)) };
}
const offsetsFrom = (from: number, ...batches: readonly Batch[]) => {
  const { records, nextOffset } = arrival(from, [...batches]);
  return { offsets: records.map(({ offset }) => offset), nextOffset };
};

describe('what a fetch found', () => {
  it('is the records of the partition, each with its offset and its time', () => {
    expect(arrival(5, [batch(5, [0, 1])])).toEqual({
      partition: 3,
      logStartOffset: 2,
      nextOffset: 7,
      records: [
        expect.objectContaining({ partition: 3, offset: 5, timestamp: 1_000, timestampType: 'CREATE_TIME' }),
        expect.objectContaining({ partition: 3, offset: 6, timestamp: 1_010, timestampType: 'CREATE_TIME' }),
      ],
    });
  });

  it('has the time of the broker where the topic says so', () => {
    expect(arrival(5, [batch(5, [0, 1], { attributes: 8 })]).records).toEqual([
      expect.objectContaining({ timestamp: 9_000, timestampType: 'LOG_APPEND_TIME' }),
      expect.objectContaining({ timestamp: 9_000, timestampType: 'LOG_APPEND_TIME' }),
    ]);
    // Compression and a transaction are other bits.
    expect(arrival(5, [batch(5, [0], { attributes: 0b1_0111 })]).records).toMatchObject([{ timestamp: 1_000 }]);
  });

  it('leaves out the records of a batch that lie before the offset', () => {
    expect(offsetsFrom(7, batch(5, [0, 1, 2, 3]))).toEqual({ offsets: [7, 8], nextOffset: 9 });
  });

  it('leaves out the markers of transactions, and goes on behind them', () => {
    const marker = batch(6, [0], { attributes: 0b11_0000 });
    expect(offsetsFrom(5, batch(5, [0]), marker)).toEqual({ offsets: [5], nextOffset: 7 });
  });

  it('goes on behind the gaps of a compacted log', () => {
    const compacted = batch(5, [0, 3], { lastOffsetDelta: 9 });
    expect(offsetsFrom(5, compacted, batch(20, [0]))).toEqual({ offsets: [5, 8, 20], nextOffset: 21 });
    expect(offsetsFrom(5, compacted)).toEqual({ offsets: [5, 8], nextOffset: 15 });
  });

  it.each([[[]], [null], [undefined]])('is nothing, and stays where it is, of %j', (records) => {
    expect(arrival(5, records)).toEqual({ partition: 3, logStartOffset: 2, nextOffset: 5, records: [] });
  });
});
