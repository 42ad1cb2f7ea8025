import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildEvent,
  type EventSource,
  envelopeBytes,
  type KafkaRecordFields,
  type NullAs,
  recordSerializer,
} from '../../../../../local/msk-trigger/runtime/event.ts';

const SOURCE: EventSource = {
  eventSourceArn: 'arn:aws:kafka:eu-west-1:111111111111:cluster/orders/11111111-2222-3333-4444-555555555555-1',
  bootstrapServers: 'b-2.orders.example:9098,b-1.orders.example:9098',
};

const RECORD: KafkaRecordFields = {
  offset: 15,
  timestampMs: 1_545_084_650_987,
  timestampType: 'CREATE_TIME',
  key: Buffer.from('key'),
  value: Buffer.from('{"ok":1}'),
  headers: [
    [Buffer.from('traceparent'), Buffer.from('hi')],
    [Buffer.from('traceparent'), Buffer.from('é')],
  ],
};

function serialize(fields: Partial<KafkaRecordFields> = {}, nullAs?: NullAs): string {
  return recordSerializer('orders', 0, nullAs)({ ...RECORD, ...fields }).json;
}

describe('the event', () => {
  // https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html
  it('is the documented JSON, byte for byte', () => {
    const records = [recordSerializer('orders', 0)(RECORD)];
    const text = buildEvent(SOURCE, [
      { topicPartition: 'orders-0', partition: 0, records },
      { topicPartition: 'orders-1', partition: 1, records: [] },
    ]);
    expect(text).toBe(
      JSON.stringify({
        eventSource: 'aws:kafka',
        eventSourceArn: SOURCE.eventSourceArn,
        bootstrapServers: SOURCE.bootstrapServers,
        records: {
          'orders-0': [
            {
              topic: 'orders',
              partition: 0,
              offset: 15,
              timestamp: 1_545_084_650_987,
              timestampType: 'CREATE_TIME',
              key: 'a2V5',
              value: 'eyJvayI6MX0=',
              headers: [{ traceparent: [104, 105] }, { traceparent: [-61, -87] }],
            },
          ],
          'orders-1': [],
        },
      }),
    );
  });

  it('has of a part of a larger buffer that part alone', () => {
    const part = Uint8Array.from(Buffer.from('..part..')).subarray(2, 6);
    const { key, value, headers } = JSON.parse(serialize({ key: part, value: part, headers: [[part, part]] }));
    expect([key, value, headers]).toEqual(['cGFydA==', 'cGFydA==', [{ part: [112, 97, 114, 116] }]]);
  });

  it('leaves a null key and a tombstone out, and keeps an empty value', () => {
    expect(JSON.parse(serialize({ key: null, value: Buffer.alloc(0) }))).not.toHaveProperty('key');
    expect(JSON.parse(serialize({ key: null, value: Buffer.alloc(0) }))).toHaveProperty('value', '');
    expect(JSON.parse(serialize({ value: null }))).not.toHaveProperty('value');
  });

  it('writes them as null where a test wants that form', () => {
    expect(JSON.parse(serialize({ key: null, value: null }, 'null'))).toMatchObject({ key: null, value: null });
  });

  it('has an empty list where a record has no headers', () => {
    expect(JSON.parse(serialize({ headers: [] }))).toHaveProperty('headers', []);
  });

  it('keeps the name of a header that would be special to an object', () => {
    expect(serialize({ headers: [[Buffer.from('__proto__'), Buffer.from([255])]] })).toContain('[{"__proto__":[-1]}]');
  });

  it('names the other timestamp type', () => {
    expect(serialize({ timestampType: 'LOG_APPEND_TIME' })).toContain('"timestampType":"LOG_APPEND_TIME"');
  });
});

const bytes: fc.Arbitrary<Uint8Array> = fc.uint8Array({ maxLength: 40 });
const header: fc.Arbitrary<readonly [Uint8Array, Uint8Array | null]> = fc.tuple(
  fc.string({ unit: 'grapheme' }).map((name) => Buffer.from(name)),
  fc.oneof(bytes, fc.constant(null)),
);
const anyRecord: fc.Arbitrary<KafkaRecordFields> = fc.record({
  offset: fc.maxSafeNat(),
  timestampMs: fc.maxSafeNat(),
  timestampType: fc.constantFrom('CREATE_TIME' as const, 'LOG_APPEND_TIME' as const),
  key: fc.oneof(bytes, fc.constant(null)),
  value: fc.oneof(bytes, fc.constant(null)),
  headers: fc.array(header, { maxLength: 4 }),
});

describe('sizes', () => {
  it('add up to the bytes of the event, for any records', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyRecord, { minLength: 1, maxLength: 4 }), { maxLength: 4 }), (partitions) => {
        const batch = partitions.map((fields, partition) => ({
          topicPartition: `a-topic-${partition}`,
          partition,
          records: fields.map(recordSerializer('a-topic', partition)),
        }));
        const keys = batch.map((part) => `"${part.topicPartition}":[]`.length + part.records.length - 1);
        const commas = Math.max(0, batch.length - 1);
        const records = batch.flatMap((part) => part.records.map((record) => record.bytes));
        const sum = [...keys, commas, ...records].reduce((total, size) => total + size, envelopeBytes(SOURCE));
        expect(Buffer.byteLength(buildEvent(SOURCE, batch))).toBe(sum);
      }),
    );
  });

  it('are of text that parses back to the same bytes', () => {
    fc.assert(
      fc.property(anyRecord, (fields) => {
        const { json } = recordSerializer('a-topic', 3)(fields);
        expect(JSON.stringify(JSON.parse(json))).toBe(json);
        const parsed: { value?: string; headers: Record<string, number[]>[] } = JSON.parse(json);
        expect(parsed.value === undefined ? null : [...Buffer.from(parsed.value, 'base64')]).toEqual(
          fields.value === null ? null : [...fields.value],
        );
        const values = parsed.headers.map((header) => [...Buffer.from(Object.values(header)[0] ?? [])]);
        expect(values).toEqual(fields.headers.map(([, value]) => [...(value ?? [])]));
      }),
    );
  });
});
