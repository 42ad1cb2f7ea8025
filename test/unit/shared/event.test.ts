// Shapes: https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html
import { describe, expect, it } from 'vitest';
import { MalformedEventError } from '../../../shared/errors.ts';
import { decodeEvent, purposeOf } from '../../../shared/event.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const aWireRecord = (changes: object = {}) => ({
  topic: 'orders',
  partition: 0,
  offset: 15,
  timestamp: 1_545_084_650_987,
  timestampType: 'CREATE_TIME',
  key: base64('key'),
  value: base64('value'),
  headers: [],
  ...changes,
});
const anEvent = (records: unknown, changes: object = {}) => ({
  eventSource: 'aws:kafka',
  eventSourceArn: 'arn:aws:kafka:eu-west-1:111111111111:cluster/orders/1-1',
  bootstrapServers: 'b-1:9098',
  records,
  ...changes,
});
const decodeOne = (changes: object) => {
  const record = decodeEvent(anEvent({ 'orders-0': [aWireRecord(changes)] }))[0]?.records[0];
  if (record === undefined) throw new Error('no record');
  return record;
};
const textOf = (payload: { bytes(): Uint8Array } | null) => (payload ? Buffer.from(payload.bytes()).toString() : null);

describe('a batch', () => {
  it('keeps the key of event.records, the position and the time', () => {
    expect(decodeOne({})).toMatchObject({
      position: { topicPartition: 'orders-0', topic: 'orders', partition: 0, offset: 15 },
      timestampMs: 1_545_084_650_987,
    });
  });

  it('takes the time -1, which is what Kafka has for none', () => {
    expect(decodeOne({ timestamp: -1 }).timestampMs).toBe(-1);
  });

  it.each([
    ['1700000000123456789', 1_700_000_000_123_456_800],
    ['9007199254740993', 9_007_199_254_740_992],
    ['9223372036854775807', 2 ** 63 - 1_024],
    ['-9223372036854775808', 1_024 - 2 ** 63],
    ['-2', -2],
    ['0', 0],
  ])('takes the time %s as near as a number can be, for a producer may set any', (json, timestampMs) => {
    expect(decodeOne({ timestamp: JSON.parse(json) }).timestampMs).toBe(timestampMs);
  });

  it("tells a broker's time from a producer's, which is the usual one", () => {
    expect(decodeOne({ timestampType: 'LOG_APPEND_TIME' }).timestampType).toBe('LOG_APPEND_TIME');
    for (const timestampType of ['CREATE_TIME', undefined]) {
      expect(decodeOne({ timestampType }).timestampType).toBeUndefined();
    }
  });

  it('takes several partitions, and topics with dashes', () => {
    const batches = decodeEvent(
      anEvent({
        'web-orders-v1-0': [aWireRecord({ topic: 'web-orders-v1' })],
        'web-orders-v1-11': [aWireRecord({ topic: 'web-orders-v1', partition: 11 })],
      }),
    );
    expect(batches.map(({ topicPartition }) => topicPartition)).toEqual(['web-orders-v1-0', 'web-orders-v1-11']);
    expect(batches[1]?.records[0]?.position).toMatchObject({ topic: 'web-orders-v1', partition: 11 });
  });

  it('comes from a self-managed cluster just as well', () => {
    const event = { eventSource: 'SelfManagedKafka', bootstrapServers: 'b', records: { 'orders-0': [aWireRecord()] } };
    expect(decodeEvent(event)).toHaveLength(1);
  });

  it('leaves out partitions without records', () => {
    expect(decodeEvent(anEvent({ 'orders-0': [], 'orders-1': [aWireRecord({ partition: 1 })] }))).toHaveLength(1);
    expect(decodeEvent(anEvent({}))).toEqual([]);
  });

  it('has its offsets in ascending order whatever the order of the event', () => {
    const records = [aWireRecord({ offset: 7 }), aWireRecord({ offset: 5 }), aWireRecord({ offset: 6 })];
    const offsets = decodeEvent(anEvent({ 'orders-0': records }))[0]?.records.map(({ position }) => position.offset);
    expect(offsets).toEqual([5, 6, 7]);
  });

  it('takes offsets up to the greatest safe integer', () => {
    expect(decodeOne({ offset: Number.MAX_SAFE_INTEGER }).position.offset).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('keys and values', () => {
  it('are kept apart', () => {
    const { key, value } = decodeOne({});
    expect([textOf(key), textOf(value)]).toEqual(['key', 'value']);
  });

  it.each([
    { name: 'absent', key: undefined },
    { name: 'null', key: null },
    { name: 'empty', key: '' },
  ])('a key that is $name is no key', ({ key }) => {
    expect(decodeOne({ key }).key).toBeNull();
  });

  it.each([
    { name: 'absent', value: undefined },
    { name: 'null', value: null },
  ])('a value that is $name is a tombstone', ({ value }) => {
    expect(decodeOne({ value }).value).toBeNull();
  });

  it('an empty value is a payload of no bytes, not a tombstone', () => {
    const { value } = decodeOne({ value: '' });
    expect(value?.byteLength).toBe(0);
    expect(value?.bytes()).toHaveLength(0);
  });

  it.each(['a', 'ab', 'abc', 'abcd', 'é', '\u0000\uFFFF'])('%j keeps its bytes and its length', (text) => {
    const { value } = decodeOne({ value: base64(text) });
    expect(textOf(value)).toBe(text);
    expect(value?.byteLength).toBe(Buffer.byteLength(text));
    expect(value?.base64).toBe(base64(text));
  });
});

describe('headers', () => {
  it('keep their order, their repetitions, and their signed bytes', () => {
    const { headers } = decodeOne({
      headers: [{ trace: [104, 105] }, { trace: [-61, -87] }, { other: [-128, 127, -1, 0, 255] }],
    });
    expect(headers.map(({ name }) => name)).toEqual(['trace', 'trace', 'other']);
    expect(headers.map(({ value }) => Buffer.from(value).toString('hex'))).toEqual(['6869', 'c3a9', '807fff00ff']);
  });

  it.each([
    { name: 'null', headers: null },
    { name: 'absent', headers: undefined },
  ])('may be $name', ({ headers }) => {
    expect(decodeOne({ headers }).headers).toEqual([]);
  });

  it.each([null, undefined])('may have no value (%s)', (empty) => {
    expect(decodeOne({ headers: [{ empty }] }).headers).toEqual([{ name: 'empty', value: new Uint8Array(0) }]);
  });
});

describe('a broken envelope throws and names the place', () => {
  const aPlace = 'event.records["orders-0"][0]';
  it.each([
    { name: 'not an object', event: null, place: 'event must be' },
    { name: 'a text', event: 'SECRET', place: 'event must be' },
    { name: 'an array', event: [], place: 'event must be' },
    { name: 'another source', event: anEvent({}, { eventSource: 'aws:sqs' }), place: 'event.eventSource' },
    { name: 'no records', event: anEvent(undefined), place: 'event.records' },
    { name: 'records in a list', event: anEvent([]), place: 'event.records' },
    { name: 'a partition that is no list', event: anEvent({ 'orders-0': {} }), place: 'event.records["orders-0"]' },
    { name: 'a record that is null', event: anEvent({ 'orders-0': [null] }), place: aPlace },
  ])('$name', ({ event, place }) => {
    expect(() => decodeEvent(event)).toThrow(MalformedEventError);
    expect(() => decodeEvent(event)).toThrow(place);
  });

  it.each([
    { name: 'no topic', changes: { topic: undefined }, place: `${aPlace}.topic` },
    { name: 'an offset in text', changes: { offset: '15' }, place: `${aPlace}.offset` },
    { name: 'a negative offset', changes: { offset: -1 }, place: `${aPlace}.offset` },
    { name: 'a fraction of an offset', changes: { offset: 1.5 }, place: `${aPlace}.offset` },
    { name: 'an offset beyond safe integers', changes: { offset: 2 ** 53 }, place: `${aPlace}.offset` },
    { name: 'a fraction of a timestamp', changes: { timestamp: 1.5 }, place: `${aPlace}.timestamp` },
    { name: 'a timestamp in text', changes: { timestamp: '1' }, place: `${aPlace}.timestamp` },
    {
      name: 'a timestamp beyond all numbers',
      changes: { timestamp: Number.POSITIVE_INFINITY },
      place: `${aPlace}.timestamp`,
    },
    { name: 'a value in a list', changes: { value: [] }, place: `${aPlace}.value` },
    {
      name: 'a header with one byte too great',
      changes: { headers: [{ a: [1, 256] }] },
      place: `${aPlace}.headers[0]`,
    },
    { name: 'no partition', changes: { partition: null }, place: `${aPlace}.partition` },
    { name: 'another partition than its key', changes: { partition: 1 }, place: aPlace },
    { name: 'another topic than its key', changes: { topic: 'other' }, place: aPlace },
    { name: 'no timestamp', changes: { timestamp: undefined }, place: `${aPlace}.timestamp` },
    { name: 'a value that is no text', changes: { value: 5 }, place: `${aPlace}.value` },
    { name: 'a value that is not base64', changes: { value: 'SECRET!!' }, place: `${aPlace}.value` },
    { name: 'a value of a wrong length', changes: { value: 'abc' }, place: `${aPlace}.value` },
    { name: 'a value with padding inside', changes: { value: 'ab==cd==' }, place: `${aPlace}.value` },
    { name: 'a value of padding', changes: { value: 'a===' }, place: `${aPlace}.value` },
    { name: 'a value in base64url', changes: { value: 'ab-_' }, place: `${aPlace}.value` },
    { name: 'a key that is not base64', changes: { key: 'SECRET!!' }, place: `${aPlace}.key` },
    { name: 'headers that are no list', changes: { headers: {} }, place: `${aPlace}.headers` },
    { name: 'a header that is no object', changes: { headers: ['x'] }, place: `${aPlace}.headers[0]` },
    { name: 'a header of text', changes: { headers: [{ a: 'SECRET' }] }, place: `${aPlace}.headers[0]` },
    { name: 'a header byte of 256', changes: { headers: [{ a: [256] }] }, place: `${aPlace}.headers[0]` },
    { name: 'a header byte of -129', changes: { headers: [{ a: [-129] }] }, place: `${aPlace}.headers[0]` },
  ])('$name', ({ changes, place }) => {
    expect(() => decodeOne(changes)).toThrow(MalformedEventError);
    expect(() => decodeOne(changes)).toThrow(place);
    expect(() => decodeOne(changes)).not.toThrow('SECRET');
  });

  it('a topic without a name', () => {
    expect(() => decodeEvent(anEvent({ '-0': [aWireRecord({ topic: '' })] }))).toThrow(
      'event.records["-0"][0].topic must be a non-empty string',
    );
  });

  it('an offset that stands there twice', () => {
    const event = anEvent({ 'orders-0': [aWireRecord(), aWireRecord()] });
    expect(() => decodeEvent(event)).toThrow('offset 15 twice');
  });
});

describe('the purpose of an event', () => {
  it('is to deliver records, unless the event asks for a redrive', () => {
    expect(purposeOf(anEvent({}))).toBe('deliver');
    expect(purposeOf({ mskSinks: 'redrive' })).toBe('redrive');
  });

  it.each([null, 'deliver', 'SECRET', true])('is nothing else (%j), and is not quoted', (mskSinks) => {
    expect(() => purposeOf(anEvent({}, { mskSinks }))).toThrow(MalformedEventError);
    expect(() => purposeOf(anEvent({}, { mskSinks }))).toThrow('event.mskSinks must be "redrive", "probe" or absent');
    expect(() => purposeOf(anEvent({}, { mskSinks }))).not.toThrow('SECRET');
  });
});

describe('an event of 6 MB in one value', () => {
  it('is accepted', () => {
    const value = 'A'.repeat(6 * 1024 * 1024 - 400);
    expect(decodeOne({ value }).value?.byteLength).toBe((value.length / 4) * 3);
  });
});
