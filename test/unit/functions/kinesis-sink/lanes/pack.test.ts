import { describe, expect, it } from 'vitest';
import { layLanes } from '../../../../../functions/kinesis-sink/lanes/lay-lanes.ts';
import { pack } from '../../../../../functions/kinesis-sink/lanes/pack.ts';
import { bucketHashKey } from '../../../../../functions/kinesis-sink/plan/bucket.ts';
import { hashKeyOf } from '../../../../../functions/kinesis-sink/plan/hash-key.ts';
import { type Aggregation, plan } from '../../../../../functions/kinesis-sink/plan/plan.ts';
import { offsets, planOptions } from '../../../../support/a-kinesis-sink.ts';
import { aRecord } from '../../../../support/builders.ts';

const RECORD_BYTES_MAX = 500;
/** Keys of one byte in one bucket, and one of another bucket. */
const BUCKET = bucketHashKey(hashKeyOf('a'));
const sameBucket = Array.from({ length: 0x1_0000 }, (_, code) => String(code)).filter(
  (key) => bucketHashKey(hashKeyOf(key)) === BUCKET,
);
const [ONE = '', OTHER = ''] = sameBucket.filter((key) => key.length === 3);

/** A record of that many bytes, its key included. */
interface Sized {
  readonly key: string;
  readonly bytes?: number;
}

interface Limits {
  readonly recordsMax?: number;
  readonly bytesMax?: number;
  readonly aggregateBytesMax?: number;
}

function packed(aggregation: Aggregation, records: readonly Sized[], limits: Limits = {}) {
  const plans = records.map(({ key, bytes = 10 }, offset) =>
    plan(aRecord({ offset, key, value: new Uint8Array(bytes - key.length) }), {
      ...planOptions,
      aggregation,
      recordBytesMax: RECORD_BYTES_MAX,
    }),
  );
  const { lanes } = layLanes([plans]);
  const { packedEntries, lanes: taken } = pack(lanes, {
    aggregation,
    request: { recordsMax: limits.recordsMax ?? 100, bytesMax: limits.bytesMax ?? 10_000 },
    aggregate: { recordsMax: 100, bytesMax: limits.aggregateBytesMax ?? 1_000 },
  });
  expect(taken).toEqual(lanes.slice(0, taken.length));
  const slices = packedEntries.flatMap((each) => each.slices);
  expect(slices.map(({ lane }) => lane)).toEqual(expect.arrayContaining([...taken]));
  expect(slices).toHaveLength(taken.length);
  return {
    laneCount: lanes.length,
    takenCount: taken.length,
    entries: packedEntries.map(({ entry }) => offsets([entry])),
    bytes: packedEntries.reduce((sum, { entry }) => sum + entry.byteLength, 0),
  };
}

const keys = (...names: readonly string[]): readonly Sized[] => names.map((key) => ({ key }));

describe.each(['off', 'key'] as const)('a request with aggregation: %s', (aggregation) => {
  it('takes the heads of all lanes, in their order', () => {
    expect(packed(aggregation, keys('a', 'b', 'c'))).toMatchObject({ takenCount: 3, entries: [[0], [1], [2]] });
  });

  it('takes as many entries as it may, and leaves the lanes behind', () => {
    const records = keys('a', 'b', 'c');
    expect(packed(aggregation, records, { recordsMax: 3 }).takenCount).toBe(3);
    expect(packed(aggregation, records, { recordsMax: 2 })).toMatchObject({ takenCount: 2, entries: [[0], [1]] });
  });

  it('takes as many bytes as it may, to the last one', () => {
    const records = [
      { key: 'a', bytes: 10 },
      { key: 'b', bytes: 20 },
      { key: 'c', bytes: 30 },
    ];
    expect(packed(aggregation, records, { bytesMax: 60 }).takenCount).toBe(3);
    expect(packed(aggregation, records, { bytesMax: 59 }).takenCount).toBe(2);
    expect(packed(aggregation, records, { bytesMax: 29 }).takenCount).toBe(1);
  });

  it('ends before a lane that cannot be sent', () => {
    const records = [...keys('a'), { key: 'b', bytes: RECORD_BYTES_MAX + 1 }, ...keys('c')];
    expect(packed(aggregation, records)).toMatchObject({ takenCount: 1, entries: [[0]] });
  });
});

describe('a request with aggregation: off', () => {
  it('takes one record of a lane', () => {
    expect(packed('off', keys('a', 'a', 'b')).entries).toEqual([[0], [2]]);
  });
});

describe('a request with aggregation: key', () => {
  const run = keys('a', 'a', 'a', 'b');

  it('takes the records of a lane in one entry', () => {
    expect(packed('key', run).entries).toEqual([[0, 1, 2], [3]]);
  });

  it('mixes no keys, also where an aggregate has room', () => {
    expect(packed('key', keys('a', 'b', 'a', 'b')).entries).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  it('counts an aggregate by its own bytes, to the last one', () => {
    const { bytes } = packed('key', run);
    expect(packed('key', run, { bytesMax: bytes })).toMatchObject({ takenCount: 2, entries: [[0, 1, 2], [3]] });
    expect(packed('key', run, { bytesMax: bytes - 1 })).toMatchObject({ takenCount: 1, entries: [[0, 1, 2]] });
  });

  it('ends an aggregate where the request is full, and sends what fits', () => {
    const { bytes } = packed('key', keys('a', 'a', 'a'));
    expect(packed('key', run, { bytesMax: bytes - 1 }).entries[0]).toEqual([0, 1]);
  });
});

describe('a request with aggregation: bucket', () => {
  const shared = keys(ONE, OTHER, ONE);

  it('has one entry for the lanes of one bucket', () => {
    expect(packed('bucket', shared)).toMatchObject({ laneCount: 2, takenCount: 2, entries: [[0, 2, 1]] });
  });

  it('has other entries for other buckets', () => {
    expect(packed('bucket', keys(ONE, 'b', OTHER)).entries).toEqual([[0, 2], [1]]);
  });

  it('adds to an entry that is under way although no other entry may be opened', () => {
    expect(packed('bucket', shared, { recordsMax: 1 })).toMatchObject({ takenCount: 2, entries: [[0, 2, 1]] });
    expect(packed('bucket', keys(ONE, 'b', OTHER), { recordsMax: 1 })).toMatchObject({ takenCount: 1 });
  });

  it('opens another entry where one is full, and adds to that from then on', () => {
    const records = [ONE, OTHER, sameBucket[9] ?? ''].map((key, at) => ({ key, bytes: [300, 300, 20][at] as number }));
    expect(packed('bucket', records, { aggregateBytesMax: 500 }).entries).toEqual([[0], [1, 2]]);
  });

  it('counts its entries by their own bytes, to the last one', () => {
    const two = keys(ONE, OTHER);
    const { bytes } = packed('bucket', two);
    expect(packed('bucket', two, { bytesMax: bytes }).entries).toEqual([[0, 1]]);
    // Two small records take less room alone.
    expect(packed('bucket', two, { bytesMax: bytes - 1 }).entries).toEqual([[0], [1]]);
    expect(packed('bucket', two, { bytesMax: 20 }).takenCount).toBe(2);
    expect(packed('bucket', two, { bytesMax: 19 }).takenCount).toBe(1);
  });
});
