import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type PrepareOptions, prepare } from '../../../../functions/kinesis-sink/entry.ts';
import { aRecord } from '../../../support/builders.ts';

const options: PrepareOptions = { tombstone: 'empty', recordBytesMax: 1024 * 1024, randomKey: () => 'random' };
const entryOf = (parts: Parameters<typeof aRecord>[0], changes: Partial<PrepareOptions> = {}) => {
  const prepared = prepare(aRecord(parts), { ...options, ...changes });
  if (prepared.kind !== 'entry') throw new Error(`is ${prepared.kind}`);
  return prepared.entry;
};

describe('the partition key', () => {
  it.each([
    { name: 'is the key as text', key: 'order-1', expected: 'order-1' },
    { name: 'keeps a byte order mark', key: '\uFEFFa', expected: '\uFEFFa' },
    { name: 'keeps 256 characters', key: 'x'.repeat(256), expected: 'x'.repeat(256) },
    {
      name: 'is the SHA-256 of a key of 257 characters',
      key: 'x'.repeat(257),
      expected: createHash('sha256').update('x'.repeat(257)).digest('hex'),
    },
    { name: 'is base64url of a key in UTF-8 that was cut', key: Uint8Array.of(0xc3), expected: 'ww' },
    { name: 'is base64url of a key that is not UTF-8', key: Uint8Array.of(0xff, 0xfe, 0x00), expected: '__4A' },
    { name: 'is random for a record without a key', key: null, expected: 'random' },
  ])('$name', ({ key, expected }) => {
    expect(entryOf({ key }).partitionKey).toBe(expected);
  });
});

it('carries the value as the base64 text it came as', () => {
  expect(entryOf({ value: 'ab' }).dataBase64).toBe('YWI=');
});

it('counts data before base64 and the key in UTF-8', () => {
  expect(entryOf({ key: 'é', value: 'abc' }).byteLength).toBe(5);
});

describe('the size limit', () => {
  it('takes a record that just fits', () => {
    expect(entryOf({ key: 'k', value: 'x'.repeat(99) }, { recordBytesMax: 100 }).byteLength).toBe(100);
  });

  it('holds for a record without a value, too', () => {
    const prepared = prepare(aRecord({ key: 'four', value: null }), { ...options, recordBytesMax: 3 });
    expect(prepared.kind).toBe('poison');
    expect(entryOf({ key: 'four', value: null }, { recordBytesMax: 4 }).byteLength).toBe(4);
  });

  it('calls a record poison that is one byte over', () => {
    const prepared = prepare(aRecord({ key: 'k', value: 'x'.repeat(100) }), { ...options, recordBytesMax: 100 });
    expect(prepared).toMatchObject({ kind: 'poison', failure: { code: 'payload_too_large', retryable: false } });
  });
});

describe('lanes', () => {
  const laneOf = (parts: Parameters<typeof aRecord>[0]) => {
    const prepared = prepare(aRecord(parts), options);
    return prepared.kind === 'tombstone' ? undefined : prepared.lane;
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
});
