import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type PartitionKeyOptions, partitionKeyOf } from '../../../../../functions/kinesis-sink/plan/partition-key.ts';
import { aRecord, type RecordParts } from '../../../../support/builders.ts';

const keyOf = (parts: RecordParts, options: Partial<PartitionKeyOptions> = {}) =>
  partitionKeyOf(aRecord(parts), { partitionKey: 'key', randomKey: () => 'random', ...options });
const textOf = (...input: Parameters<typeof keyOf>) => {
  const key = keyOf(...input);
  return key.kind === 'poison' ? key.failure.detail : key.text;
};
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('a partition key of the key', () => {
  it.each([
    { name: 'is the key as text', key: 'order-1', expected: 'order-1' },
    { name: 'keeps a byte order mark', key: '\uFEFFa', expected: '\uFEFFa' },
    { name: 'keeps blanks', key: ' a ', expected: ' a ' },
    { name: 'keeps 256 characters', key: 'x'.repeat(256), expected: 'x'.repeat(256) },
    { name: 'keeps 256 characters of three bytes', key: '€'.repeat(256), expected: '€'.repeat(256) },
    { name: 'is the SHA-256 of a key of 257 characters', key: 'x'.repeat(257), expected: sha256('x'.repeat(257)) },
    { name: 'counts a character beyond 16 bits as two', key: '🚀'.repeat(128), expected: '🚀'.repeat(128) },
    { name: 'is the SHA-256 of 258 such units', key: '🚀'.repeat(129), expected: sha256('🚀'.repeat(129)) },
    { name: 'is base64url of a key in UTF-8 that was cut', key: Uint8Array.of(0xc3), expected: 'ww' },
    { name: 'is base64url of a key that is not UTF-8', key: Uint8Array.of(0xff, 0xfe, 0x00), expected: '__4A' },
  ])('$name', ({ key, expected }) => {
    expect(keyOf({ key })).toEqual({ kind: 'shared', text: expected });
  });

  it('is random for a record without a key, and shared with no other', () => {
    expect(keyOf({ key: null })).toEqual({ kind: 'random', text: 'random' });
  });

  it('differs for two long keys that begin alike', () => {
    expect(textOf({ key: `${'x'.repeat(300)}a` })).not.toBe(textOf({ key: `${'x'.repeat(300)}b` }));
  });
});

describe('a prefix', () => {
  it('stands before every kind of key with a dash', () => {
    const partitionKeyPrefix = 'eu';
    expect(textOf({ key: 'a' }, { partitionKeyPrefix })).toBe('eu-a');
    expect(textOf({ key: null }, { partitionKeyPrefix })).toBe('eu-random');
    expect(textOf({}, { partitionKeyPrefix, partitionKey: 'partition' })).toBe('eu-orders-0');
    expect(textOf({}, { partitionKeyPrefix, partitionKey: 'random' })).toBe('eu-random');
  });

  it('counts, and stays where the key gives way to its SHA-256', () => {
    expect(textOf({ key: 'x'.repeat(253) }, { partitionKeyPrefix: 'eu' })).toBe(`eu-${'x'.repeat(253)}`);
    expect(textOf({ key: 'x'.repeat(254) }, { partitionKeyPrefix: 'eu' })).toBe(`eu-${sha256('x'.repeat(254))}`);
  });
});

describe('another partition key', () => {
  it('is the topic and the partition', () => {
    expect(keyOf({ partition: 7 }, { partitionKey: 'partition' })).toEqual({ kind: 'shared', text: 'orders-7' });
    expect(keyOf({ key: null }, { partitionKey: 'partition' })).toEqual({ kind: 'shared', text: 'orders-0' });
  });

  it('is random whatever the key', () => {
    expect(keyOf({ key: 'a' }, { partitionKey: 'random' })).toEqual({ kind: 'random', text: 'random' });
  });

  it('is constant', () => {
    const options = { partitionKey: 'constant', partitionKeyConstant: 'all' } as const;
    expect(keyOf({ key: null }, options)).toEqual({ kind: 'shared', text: 'all' });
  });
});

describe('a partition key of the value', () => {
  const options = { partitionKey: 'jsonPointer', partitionKeyPointer: '/customer/id' } as const;
  const ofValue = (value: string | Uint8Array | null) => keyOf({ value }, options);

  it.each([
    { value: '{"customer":{"id":"c-1"}}', expected: 'c-1' },
    { value: '{"customer":{"id":17}}', expected: '17' },
    { value: '{"customer":{"id":0}}', expected: '0' },
    { value: '{"customer":{"id":1.5}}', expected: '1.5' },
    { value: '{"customer":{"id":false}}', expected: 'false' },
    { value: `{"customer":{"id":"${'x'.repeat(300)}"}}`, expected: sha256('x'.repeat(300)) },
    { value: '\uFEFF{"customer":{"id":"c-1"}}', expected: 'c-1' },
    { value: '{"customer":{"id":"c\uFEFF1"}}', expected: 'c\uFEFF1' },
    { value: '{"customer":{"id":"a\\ud800"}}', expected: 'a\uFFFD' },
  ])('is what stands there: $expected', ({ value, expected }) => {
    expect(ofValue(value)).toEqual({ kind: 'shared', text: expected });
  });

  it.each([
    { name: 'missing', value: '{"customer":{}}', says: 'nothing at /customer/id' },
    { name: 'null', value: '{"customer":{"id":null}}', says: 'nothing at /customer/id' },
    { name: 'empty', value: '{"customer":{"id":""}}', says: 'an empty string' },
    { name: 'an object', value: '{"customer":{"id":{}}}', says: 'an object or an array' },
    { name: 'an array', value: '{"customer":{"id":[1]}}', says: 'an object or an array' },
    { name: 'in no JSON', value: 'SECRET', says: 'not JSON' },
    { name: 'in no UTF-8', value: Uint8Array.of(0x22, 0xff, 0x22), says: 'not JSON' },
    { name: 'in a tombstone', value: null, says: 'tombstone: skip' },
  ])('makes a record poison where it is $name', ({ value, says }) => {
    const key = ofValue(value);
    expect(key).toMatchObject({ kind: 'poison', failure: { code: 'payload_invalid', retryable: false } });
    expect(JSON.stringify(key)).toContain(says);
    expect(JSON.stringify(key)).not.toContain('SECRET');
  });
});
