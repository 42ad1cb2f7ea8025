import { describe, expect, it } from 'vitest';
import { bucketHashKey } from '../../../../../functions/kinesis-sink/plan/bucket.ts';
import { hashKeyOf } from '../../../../../functions/kinesis-sink/plan/hash-key.ts';
import { type PrepareOptions, prepare } from '../../../../../functions/kinesis-sink/plan/prepare.ts';
import { preparedOf, prepareOptions } from '../../../../support/a-kinesis-sink.ts';
import { aRecord, type RecordParts } from '../../../../support/builders.ts';

const prepared = (parts: RecordParts, changes: Partial<PrepareOptions> = {}) => preparedOf(aRecord(parts), changes);

describe('a prepared record', () => {
  it('keeps the value as base64 text', () => {
    expect(prepared({ value: 'ab' }).data.base64).toBe('YWI=');
  });

  it('counts data before base64 and the key in UTF-8', () => {
    expect(prepared({ key: 'é', value: 'abc' }).byteLength).toBe(5);
  });
});

describe('the size limit', () => {
  it('takes a record that just fits', () => {
    expect(prepared({ key: 'k', value: 'x'.repeat(99) }, { recordBytesMax: 100 }).byteLength).toBe(100);
  });

  it('holds for a record without a value, too', () => {
    const tooLong = prepare(aRecord({ key: 'four', value: null }), { ...prepareOptions, recordBytesMax: 3 });
    expect(tooLong.kind).toBe('poison');
    expect(prepared({ key: 'four', value: null }, { recordBytesMax: 4 }).byteLength).toBe(4);
  });

  it('calls a record poison that is one byte over', () => {
    const tooLong = prepare(aRecord({ key: 'k', value: 'x'.repeat(100) }), { ...prepareOptions, recordBytesMax: 100 });
    expect(tooLong).toMatchObject({ kind: 'poison', failure: { code: 'payload_too_large', retryable: false } });
    expect(JSON.stringify(tooLong)).toContain('101 bytes');
  });

  it('counts the envelope and not the value', () => {
    const envelope = prepared({ key: 'k', value: 'v' }, { envelope: 'json' });
    const recordBytesMax = envelope.byteLength - 1;
    const tooLong = prepare(aRecord({ key: 'k', value: 'v' }), { ...prepareOptions, envelope: 'json', recordBytesMax });
    expect(envelope.byteLength).toBe(envelope.data.byteLength + 1);
    expect(tooLong.kind).toBe('poison');
  });
});

describe('data', () => {
  const textOf = (...input: Parameters<typeof prepared>) => Buffer.from(prepared(...input).data.bytes()).toString();

  it.each([
    { envelope: 'none', tombstone: 'empty', ofValue: 'v', ofTombstone: '' },
    { envelope: 'json', tombstone: 'empty', ofValue: '"value":"v"', ofTombstone: '' },
    { envelope: 'json', tombstone: 'envelope', ofValue: '"value":"v"', ofTombstone: '"value":null' },
  ] as const)('is $ofValue and $ofTombstone with envelope: $envelope, tombstone: $tombstone', (options) => {
    expect(textOf({ value: 'v' }, options)).toContain(options.ofValue);
    expect(textOf({ value: null }, options)).toContain(options.ofTombstone);
    if (options.tombstone === 'empty') expect(textOf({ value: null }, options)).toBe('');
  });

  it('is none of a tombstone that is skipped, while an empty value is sent', () => {
    const options = { ...prepareOptions, tombstone: 'skip' } as const;
    expect(prepare(aRecord({ value: null }), options).kind).toBe('tombstone');
    expect(prepare(aRecord({ value: '' }), options).kind).toBe('record');
  });
});

describe('lanes', () => {
  const laneOf = (parts: RecordParts, changes: Partial<PrepareOptions> = {}) => {
    const result = prepare(aRecord(parts), { ...prepareOptions, ...changes });
    return result.kind === 'tombstone' ? undefined : result.lane;
  };

  it('are one per partition and key', () => {
    expect(laneOf({ offset: 1, key: 'a' })).toBe(laneOf({ offset: 2, key: 'a' }));
    expect(laneOf({ offset: 1, key: 'a' })).not.toBe(laneOf({ offset: 1, key: 'b' }));
    expect(laneOf({ partition: 0, key: 'a' })).not.toBe(laneOf({ partition: 1, key: 'a' }));
  });

  it('are one per record without a key', () => {
    expect(laneOf({ offset: 1, key: null })).not.toBe(laneOf({ offset: 2, key: null }));
    expect(laneOf({ partition: 0, key: null })).not.toBe(laneOf({ partition: 1, key: null }));
  });

  it.each(['1', '\u00001', '\u0000\u00001'])('hold no record without a key beside the key %j', (key) => {
    expect(laneOf({ offset: 1, key: null })).not.toBe(laneOf({ offset: 2, key }));
  });

  it('are one per partition with ordering: partition, whatever the keys', () => {
    const ordering = 'partition';
    expect(laneOf({ offset: 1, key: 'a' }, { ordering })).toBe(laneOf({ offset: 2, key: null }, { ordering }));
    expect(laneOf({ partition: 0 }, { ordering })).not.toBe(laneOf({ partition: 1 }, { ordering }));
  });

  it('are one per record with ordering: none', () => {
    const ordering = 'none';
    expect(laneOf({ offset: 1, key: 'a' }, { ordering })).not.toBe(laneOf({ offset: 2, key: 'a' }, { ordering }));
    expect(laneOf({ partition: 0 }, { ordering })).not.toBe(laneOf({ partition: 1 }, { ordering }));
  });

  it('follow the partition key, wherever that comes from', () => {
    const constant = { partitionKey: 'constant', partitionKeyConstant: 'all' } as const;
    expect(laneOf({ offset: 1, key: 'a' }, constant)).toBe(laneOf({ offset: 2, key: null }, constant));
    const random = { partitionKey: 'random' } as const;
    expect(laneOf({ offset: 1, key: 'a' }, random)).not.toBe(laneOf({ offset: 2, key: 'a' }, random));
  });

  it('are one per record whose partition key cannot be found, but for ordering: partition', () => {
    const lost = { partitionKey: 'jsonPointer', partitionKeyPointer: '/x' } as const;
    expect(laneOf({ offset: 1 }, lost)).not.toBe(laneOf({ offset: 2 }, lost));
    const inOrder = { ...lost, ordering: 'partition' } as const;
    expect(laneOf({ offset: 1 }, inOrder)).toBe(laneOf({ offset: 2, value: '{"x":1}' }, inOrder));
  });
});

describe('a record that cannot be planned', () => {
  const lost = { ...prepareOptions, partitionKey: 'jsonPointer', partitionKeyPointer: '/x' } as const;
  const broken = {
    ...prepareOptions,
    randomKey: () => {
      throw new TypeError('SECRET');
    },
  };

  it('is poison because of its value when the value has no partition key', () => {
    const record = aRecord({ value: '{}' });
    expect(prepare(record, lost)).toMatchObject({ kind: 'poison', record, failure: { code: 'payload_invalid' } });
  });

  it('is poison because of the sink when planning throws, in a lane of its own', () => {
    const record = aRecord({ offset: 1, key: null });
    const planned = prepare(record, broken);
    expect(planned).toMatchObject({ kind: 'poison', record, failure: { code: 'planning_failed' } });
    expect(prepare(record, prepareOptions)).toHaveProperty('lane', planned.kind === 'poison' && planned.lane);
    expect(JSON.stringify(planned)).not.toContain('SECRET');
  });
});

describe('the explicit hash key', () => {
  const hashKeyFor = (parts: RecordParts, changes: Partial<PrepareOptions>) => prepared(parts, changes).explicitHashKey;

  it('is left to the partition key', () => {
    expect(hashKeyFor({}, {})).toBeUndefined();
    expect(hashKeyFor({}, { aggregation: 'key' })).toBeUndefined();
    expect(hashKeyFor({}, { ordering: 'none' })).toBeUndefined();
  });

  it('is the MD5 of topic and partition with ordering: partition', () => {
    const expected = String(hashKeyOf('orders-3'));
    expect(hashKeyFor({ partition: 3, key: 'a' }, { ordering: 'partition' })).toBe(expected);
    expect(hashKeyFor({ partition: 3, key: 'b' }, { ordering: 'partition', aggregation: 'key' })).toBe(expected);
  });

  it('is the middle of a bucket with aggregation: bucket, alone or not', () => {
    expect(hashKeyFor({ key: 'a' }, { aggregation: 'bucket' })).toBe(bucketHashKey(hashKeyOf('a')));
    expect(hashKeyFor({ partition: 3, key: 'a' }, { aggregation: 'bucket', ordering: 'partition' })).toBe(
      bucketHashKey(hashKeyOf('orders-3')),
    );
  });
});
