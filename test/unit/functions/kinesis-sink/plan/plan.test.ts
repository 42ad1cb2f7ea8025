import { describe, expect, it } from 'vitest';
import { bucketHashKey } from '../../../../../functions/kinesis-sink/plan/bucket.ts';
import { hashKeyOf } from '../../../../../functions/kinesis-sink/plan/hash-key.ts';
import { type PlanOptions, plan } from '../../../../../functions/kinesis-sink/plan/plan.ts';
import { planOptions, preparedOf } from '../../../../support/a-kinesis-sink.ts';
import { aRecord, type RecordParts } from '../../../../support/builders.ts';

const planned = (parts: RecordParts, changes: Partial<PlanOptions> = {}) => preparedOf(aRecord(parts), changes);

describe('a planned record', () => {
  it('keeps the value as base64 text', () => {
    expect(planned({ value: 'ab' }).data.base64).toBe('YWI=');
  });

  it('counts data before base64 and the key in UTF-8', () => {
    expect(planned({ key: 'é', value: 'abc' }).byteLength).toBe(5);
  });
});

describe('the size limit', () => {
  it('takes a record that just fits', () => {
    expect(planned({ key: 'k', value: 'x'.repeat(99) }, { recordBytesMax: 100 }).byteLength).toBe(100);
  });

  it('holds for a record without a value, too', () => {
    const tooLong = plan(aRecord({ key: 'four', value: null }), { ...planOptions, recordBytesMax: 3 });
    expect(tooLong.kind).toBe('poison');
    expect(planned({ key: 'four', value: null }, { recordBytesMax: 4 }).byteLength).toBe(4);
  });

  it('calls a record poison that is one byte over', () => {
    const tooLong = plan(aRecord({ key: 'k', value: 'x'.repeat(100) }), { ...planOptions, recordBytesMax: 100 });
    expect(tooLong).toMatchObject({ kind: 'poison', failure: { code: 'payload_too_large', retryable: false } });
    expect(JSON.stringify(tooLong)).toContain('101 bytes');
  });

  it('counts the envelope and not the value', () => {
    const envelope = planned({ key: 'k', value: 'v' }, { envelope: 'json' });
    const recordBytesMax = envelope.byteLength - 1;
    const tooLong = plan(aRecord({ key: 'k', value: 'v' }), { ...planOptions, envelope: 'json', recordBytesMax });
    expect(envelope.byteLength).toBe(envelope.data.byteLength + 1);
    expect(tooLong.kind).toBe('poison');
  });
});

describe('data', () => {
  const textOf = (...input: Parameters<typeof planned>) => Buffer.from(planned(...input).data.bytes()).toString();

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
    const options = { ...planOptions, tombstone: 'skip' } as const;
    expect(plan(aRecord({ value: null }), options).kind).toBe('tombstone');
    expect(plan(aRecord({ value: '' }), options).kind).toBe('record');
  });
});

describe('a record that cannot be planned', () => {
  const lost = { ...planOptions, partitionKey: 'jsonPointer', partitionKeyPointer: '/x' } as const;
  const broken = {
    ...planOptions,
    randomKey: () => {
      throw new TypeError('SECRET');
    },
  };

  it('is poison because of its value when the value has no partition key', () => {
    const record = aRecord({ value: '{}' });
    expect(plan(record, lost)).toMatchObject({ kind: 'poison', record, failure: { code: 'payload_invalid' } });
  });

  it('is poison because of the sink when planning throws, in a lane of its own', () => {
    const record = aRecord({ offset: 1, key: null });
    const planned = plan(record, broken);
    expect(planned).toMatchObject({
      kind: 'poison',
      record,
      lane: undefined,
      failure: { code: 'planning_failed' },
    });
    expect(JSON.stringify(planned)).not.toContain('SECRET');
  });

  it('is in the lane of its partition with ordering: partition, though its key cannot be read', () => {
    const ordering = 'partition';
    const planned = plan(aRecord({ offset: 1, key: null }), { ...broken, ordering });
    const good = plan(aRecord({ offset: 2 }), { ...planOptions, ordering });
    expect(planned).toMatchObject({ kind: 'poison', lane: good.kind === 'record' ? good.lane : 'missing' });
  });
});

describe('the explicit hash key', () => {
  const hashKeyFor = (parts: RecordParts, changes: Partial<PlanOptions>) => planned(parts, changes).explicitHashKey;

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
