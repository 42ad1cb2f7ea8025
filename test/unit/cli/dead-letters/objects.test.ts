import { describe, expect, it } from 'vitest';
import { readObject } from '../../../../cli/dead-letters/bucket/read-object.ts';
import { readReceipt, receiptKey, receiptText } from '../../../../cli/dead-letters/bucket/receipt.ts';
import { redriveEvent } from '../../../../cli/dead-letters/event.ts';
import { decodeEvent, purposeOf } from '../../../../shared/event.ts';
import type { SourceRecord } from '../../../../shared/record.ts';
import { aStage, batchObject, letterObject } from '../../../support/a-dead-letter-bucket.ts';
import { aRecord, batchesOf } from '../../../support/builders.ts';

/** Everything that a record can be. */
const RECORDS = [
  aRecord({ topic: 'web-orders', partition: 3, offset: 7, timestampMs: -1 }),
  aRecord({ topic: 'web-orders', partition: 3, offset: 8, key: null, value: null }),
  aRecord({ topic: 'web-orders', partition: 3, offset: 9, value: '' }),
  aRecord({
    ...{ topic: 'web-orders', partition: 3, offset: 10, value: Uint8Array.from({ length: 256 }, (_, byte) => byte) },
    headers: [
      { name: 'a', value: Uint8Array.of(200, 0) },
      { name: 'a', value: new Uint8Array() },
      { name: '__proto__', value: Uint8Array.of(1) },
    ],
  }),
  { ...aRecord({ topic: 'web-orders', partition: 3, offset: 11 }), timestampType: 'LOG_APPEND_TIME' as const },
];

/** A record without the methods of its payloads. */
const plain = ({ key, value, headers, ...rest }: SourceRecord) => ({
  ...rest,
  key: key?.base64,
  value: value?.base64,
  headers: headers.map(({ name, value: bytes }) => [name, [...bytes]]),
});

const read = ({ key, body }: { readonly key: string; readonly body: string }) =>
  readObject(key, body, aStage.functionNames);

describe('a dead letter of a function', () => {
  it.each(RECORDS)('gives back its record $position.offset, byte for byte', (record) => {
    const object = read(letterObject('documentdbSink', record));
    expect(object.records.map(plain)).toEqual([plain(record)]);
  });

  it('says what failed, when and why', () => {
    expect(read(letterObject('documentdbSink', aRecord(), 1_700_000_123_000))).toMatchObject({
      ...{ kind: 'record', sink: 'documentdbSink', code: 'payload_invalid', reason: 'the value is not JSON' },
      atMs: 1_700_000_123_000,
      details: [
        ['step', 'converting, after 0 attempts'],
        ['target', 'shop.orders'],
      ],
    });
  });
});

describe('a batch of a mapping', () => {
  it('gives back its records of all partitions, byte for byte', () => {
    const records = [...RECORDS.slice(0, 4), aRecord({ topic: 'web-orders', partition: 12, offset: 0 })];
    expect(read(batchObject('kinesisSink', records)).records.map(plain)).toEqual(records.map(plain));
  });

  it('is of the function that its ARN names, with a qualifier or without', () => {
    const sinkOf = (functionName: string) => read(batchObject('kinesisSink', [aRecord()], { functionName })).sink;
    expect(sinkOf('msk-sinks-dev-documentdbSink')).toBe('documentdbSink');
    expect(sinkOf('msk-sinks-dev-documentdbSink:live')).toBe('documentdbSink');
    expect(sinkOf('msk-sinks-prod-documentdbSink')).toBeUndefined();
  });

  it("says the mapping's condition and how often the batch was tried", () => {
    expect(read(batchObject('kinesisSink', [aRecord()]))).toMatchObject({
      ...{ kind: 'batch', code: 'RetryAttemptsExhausted' },
      reason: 'the mapping gave the batch up after about 11 invocations; the last one failed (Unhandled)',
      details: [
        ['function', 'msk-sinks-dev-kinesisSink'],
        ['request', 'request-1'],
      ],
    });
  });

  it('is read too where the event is no text, as in a topic', () => {
    const { key, body } = batchObject('kinesisSink', [aRecord()]);
    const object = JSON.parse(body);
    const asObject = JSON.stringify({ ...object, payload: JSON.parse(object.payload) });
    expect(read({ key, body: asObject }).records).toHaveLength(1);
  });
});

describe('another object', () => {
  const letter = letterObject('kinesisSink', aRecord({ value: 'SECRET' }));
  const batch = batchObject('kinesisSink', [aRecord({ value: 'SECRET' })]);
  const changed = ({ key, body }: typeof letter, change: object) => ({
    key,
    body: JSON.stringify({ ...JSON.parse(body), ...change }),
  });

  it.each([
    ['no JSON', { key: letter.key, body: 'SECRET' }, 'is not JSON'],
    ['a later version', changed(letter, { version: 2 }), 'is not a dead letter: version'],
    ['a value that is no base64', changed(letter, { valueBase64: 'SECRET!' }), 'cannot decode'],
    ['metadata alone', changed(batch, { payload: undefined }), 'is not a batch of a mapping: payload'],
    ['an event of something else', changed(batch, { payload: '{"SECRET":1}' }), 'cannot decode'],
    ['a text', { key: 'x', body: '"SECRET"' }, 'is not a batch of a mapping: the object'],
  ])('is refused without being quoted: %s', (_what, object, words) => {
    let message = '';
    try {
      read(object);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain(words);
    expect(message).not.toContain('SECRET');
  });
});

describe('the event of a redrive', () => {
  it('asks for a redrive, and holds each record as it was', () => {
    const records = [...RECORDS, aRecord({ topic: 'web-orders', partition: 12 })];
    const event: unknown = JSON.parse(redriveEvent(records));
    expect(purposeOf(event)).toBe('redrive');
    const decoded = decodeEvent(event).flatMap((batch) => batch.records);
    expect(decoded.map(plain)).toEqual(batchesOf(records).flatMap((batch) => batch.records.map(plain)));
  });
});

describe('a receipt', () => {
  it('names what is settled, by partition', () => {
    const settled = new Map([['orders-0', new Set([7, 3])]]);
    const text = receiptText(settled, 1_700_000_000_000);
    expect(JSON.parse(text)).toEqual({ version: 1, at: '2023-11-14T22:13:20.000Z', settled: { 'orders-0': [3, 7] } });
    expect(readReceipt(text)).toEqual(settled);
  });

  it('has a key of its own, which names the object', () => {
    expect(receiptKey('dead-letters/a.json')).toBe('redriven/dead-letters/a.json');
  });

  it.each([undefined, '', '{"settled":{"orders-0":[1]}}', '{"version":1,"settled":{"orders-0":["1"]}}'])(
    'that cannot be read settles nothing: %j',
    (text) => {
      expect(readReceipt(text)).toEqual(new Map());
    },
  );
});
