import { createHash } from 'node:crypto';
import { Binary, Double, type ObjectId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { createIdStrategy } from '../../../../../../functions/documentdb-sink/connector/id-strategies/create-id-strategy.ts';
import { PropertyError } from '../../../../../../functions/documentdb-sink/connector/property-error.ts';
import { UnwritableError } from '../../../../../../functions/documentdb-sink/plan/unwritable-error.ts';
import { aRecord, type RecordParts } from '../../../../../support/builders.ts';
import {
  documentOf,
  inOrder,
  SINK,
  sinkDocument,
  topicProperties,
  UNREADABLE,
} from '../../../../../support/sink-documents.ts';

const NONE = sinkDocument(null, null);
const UUID = '6d01622d-b3d5-466d-ae48-e414901af8f2';
const UUID_BINARY = new Binary(Buffer.from(UUID.replaceAll('-', ''), 'hex'), 4);

const strategy = (name: string, given: Readonly<Record<string, string>> = {}) =>
  createIdStrategy(topicProperties({ 'document.id.strategy': `${SINK}.processor.id.strategy.${name}`, ...given }));

const idOf = (name: string, key: string | null, value: string | null, given = {}) =>
  strategy(name, given)(sinkDocument(key, value), aRecord());

const uuidBinary = (digits: string) => new Binary(Buffer.from(digits, 'hex'), Binary.SUBTYPE_UUID);

const RAW_KEY = { 'document.id.strategy': 'msksinks.RawKeyStrategy' };
const JSON_CONVERTER = 'org.apache.kafka.connect.json.JsonConverter';
const rawKey = (converter: string) =>
  createIdStrategy(
    topicProperties({
      ...RAW_KEY,
      'key.converter': converter,
      'key.converter.schemas.enable': 'false',
    }),
  );

describe('an id strategy', () => {
  it.each<RecordParts>([{ topic: 'other' }, { partition: 1 }, { offset: 1 }])(
    'BsonOid or Uuid gives each record its own value, and the same one in every delivery: %o',
    (parts) => {
      const kinds = [
        ['BsonOidStrategy', {}],
        ['UuidStrategy', {}],
        ['UuidStrategy', { 'document.id.strategy.uuid.format': 'Binary' }],
      ] as const;
      for (const [name, given] of kinds) {
        const generate = strategy(name, given);
        const record = { timestampMs: 1_000 };
        expect(generate(NONE, aRecord({ ...record, ...parts }))).toEqual(
          generate(NONE, aRecord({ ...record, ...parts })),
        );
        expect(generate(NONE, aRecord({ ...record, ...parts }))).not.toEqual(generate(NONE, aRecord(record)));
      }
    },
  );

  it.each([0, 7, 123_456_789, 9_876_543_210])(
    'BsonOid and Uuid are made of topic, partition and offset as Kafka delivered them: %i',
    (offset) => {
      const position = { topicPartition: 'my-orders-12', topic: 'renamed', partition: 12, offset };
      const text = `my-orders#12#${offset}`;
      const record = { ...aRecord({ timestampMs: 0x5f_00_00_01 * 1_000 }), position };
      const objectId = strategy('BsonOidStrategy')(NONE, record) as ObjectId;
      expect(objectId.toHexString()).toBe(`5f000001${createHash('sha256').update(text).digest('hex').slice(8, 24)}`);
      const namespace = Buffer.from('5d3f0a8e6f0b4b6e9c1d2a7c8e4f1b90', 'hex');
      const hash = createHash('sha1').update(namespace).update(text).digest('hex');
      const variant = ((Number.parseInt(hash.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
      const digits = `${hash.slice(0, 12)}5${hash.slice(13, 16)}${variant}${hash.slice(18, 32)}`;
      expect(String(strategy('UuidStrategy')(NONE, record)).replaceAll('-', '')).toBe(digits);
    },
  );

  it('BsonOid takes the time from the record, and 1970 without a timestamp', () => {
    const timeOf = (timestampMs: number) =>
      (strategy('BsonOidStrategy')(NONE, aRecord({ timestampMs })) as ObjectId).getTimestamp().getTime();
    expect(timeOf(1_700_000_000_999)).toBe(1_700_000_000_000);
    expect(timeOf(-1)).toBe(0);
  });

  it('Uuid gives a text of 36 characters, or binary data of subtype 4', () => {
    const text = strategy('UuidStrategy')(NONE, aRecord());
    expect(text).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const binary = strategy('UuidStrategy', { 'document.id.strategy.uuid.format': 'BINARY' })(
      NONE,
      aRecord(),
    ) as Binary;
    expect(binary.sub_type).toBe(4);
    expect(binary.toUUID().toString()).toBe(text);
  });

  it('Uuid takes the name of its format in any case, with blanks around', () => {
    const given = { 'document.id.strategy.uuid.format': ' STRING ' };
    expect(strategy('UuidStrategy', given)(NONE, aRecord())).toBe(strategy('UuidStrategy')(NONE, aRecord()));
  });

  it('Uuid refuses another format', () => {
    expect(() => strategy('UuidStrategy', { 'document.id.strategy.uuid.format': 'hex' })).toThrow(PropertyError);
  });

  it('KafkaMetaData gives topic, partition and offset', () => {
    const record = aRecord({ topic: 'some-topic', partition: 1234, offset: 9876543210 });
    expect(strategy('KafkaMetaDataStrategy')(NONE, record)).toBe('some-topic#1234#9876543210');
  });

  it('FullKey gives the key itself, and an empty document without a key', () => {
    const document = sinkDocument('{myInt: 123, myString: "ABC"}', null);
    expect(strategy('FullKeyStrategy')(document, aRecord())).toBe(document.key());
    expect(idOf('FullKeyStrategy', null, null)).toEqual(new Map());
  });

  it.each([
    ['BlockList', '{Part2: "ABC", Part3: true}'],
    ['blacklist', '{Part2: "ABC", Part3: true}'],
    ['AllowList', '{Part1: 123}'],
    ['WHITELIST', '{Part1: 123}'],
  ])('PartialKey or PartialValue gives what a %s leaves, and does not change key and value', (type, expected) => {
    const text = '{Part1: 123, Part2: "ABC", Part3: true}';
    for (const [name, side] of [
      ['PartialKeyStrategy', 'key'],
      ['PartialValueStrategy', 'value'],
    ] as const) {
      for (const prefix of [`document.id.strategy.partial.${side}.projection`, `${side}.projection`]) {
        const generate = strategy(name, { [`${prefix}.type`]: type, [`${prefix}.list`]: 'Part1' });
        const document = side === 'key' ? sinkDocument(text, UNREADABLE) : sinkDocument(UNREADABLE, text);
        expect(inOrder(generate(document, aRecord()))).toEqual(inOrder(documentOf(expected)));
        expect(document[side]()).toEqual(documentOf(text));
        expect(generate(NONE, aRecord())).toEqual(new Map());
      }
    }
  });

  it("has a projection of its own that precedes the projectors'", () => {
    const given = {
      'key.projection.type': 'blocklist',
      'key.projection.list': 'a',
      'document.id.strategy.partial.key.projection.type': 'allowlist',
      'document.id.strategy.partial.key.projection.list': 'a',
    };
    expect(idOf('PartialKeyStrategy', '{a: 1, b: 2}', null, given)).toEqual(documentOf('{a: 1}'));
  });

  it('PartialKey or PartialValue is refused without a projection', () => {
    expect(() => strategy('PartialKeyStrategy')).toThrow(/key\.projection\.type=none.*blocklist or allowlist/);
  });

  it('Provided gives the existing _id, of any type', () => {
    expect(idOf('ProvidedInKeyStrategy', '{_id: "SOME_UNIQUE_ID_IN_KEY"}', null)).toBe('SOME_UNIQUE_ID_IN_KEY');
    expect(idOf('ProvidedInValueStrategy', null, '{_id: {a: 1}}')).toEqual(documentOf('{a: 1}'));
  });

  it.each(['{}', '{_id: null}', null])('Provided refuses a missing _id: %s', (text) => {
    expect(() => idOf('ProvidedInKeyStrategy', text, '{_id: 1}')).toThrow(UnwritableError);
    expect(() => idOf('ProvidedInValueStrategy', '{_id: 1}', text)).toThrow(UnwritableError);
    expect(() => idOf('UuidProvidedInKeyStrategy', text, null)).toThrow(UnwritableError);
  });

  it.each(['Key', 'Value'])('Provided says that the _id of the %s is missing or no UUID', (side) => {
    const where = side.toLowerCase();
    expect(() => idOf(`ProvidedIn${side}Strategy`, '{}', '{}')).toThrow(
      `the document structure of the ${where} contained no _id field`,
    );
    expect(() => idOf(`UuidProvidedIn${side}Strategy`, '{_id: 1}', '{_id: 1}')).toThrow(
      `the _id of the ${where} is not a UUID`,
    );
  });

  it.each([
    [`{_id: "${UUID}"}`, UUID_BINARY],
    [`{_id: "${UUID.replaceAll('-', '').toUpperCase()}"}`, UUID_BINARY],
    [`{_id: UUID("${UUID}")}`, UUID_BINARY],
    // Five numbers between dashes, wherever they stand.
    ['{_id: "1-0002-0003-0004-0000000000000000005"}', uuidBinary('00000001000200030004000000000005')],
    ['{_id: "123456789-1234-1234-1234-12345678901"}', uuidBinary('23456789123412341234012345678901')],
    ['{_id: "12345678-1234-1234-1234-12345678"}', uuidBinary('12345678123412341234000012345678')],
    ['{_id: {"$binary": {"base64": "AAAAAAAAAAAAAAAAAAAAAA==", "subType": "03"}}}', new Binary(Buffer.alloc(16), 3)],
  ])('UuidProvided makes a UUID of %s', (text, expected) => {
    expect(idOf('UuidProvidedInKeyStrategy', text, null)).toEqual(expected);
    expect(idOf('UuidProvidedInValueStrategy', null, text)).toEqual(expected);
  });

  it.each([
    '{_id: "invalid"}',
    '{_id: 1}',
    `{_id: "${'x'.repeat(36)}"}`,
    '{_id: "1-2-3-4-5"}',
    '{_id: "123e4567-e89b-12d3-a456-4266141740-0"}',
    '{_id: {"$binary": {"base64": "AA==", "subType": "00"}}}',
  ])('UuidProvided refuses %s', (text) => {
    expect(() => idOf('UuidProvidedInKeyStrategy', text, null)).toThrow(/UUID cannot be constructed/);
  });

  it.each([
    ['org.apache.kafka.connect.storage.StringConverter', '42', '42'],
    ['org.apache.kafka.connect.storage.StringConverter', new Uint8Array([0xff]), new Binary(Buffer.from([0xff]))],
    ['org.apache.kafka.connect.json.JsonConverter', '42', 42n],
    ['org.apache.kafka.connect.json.JsonConverter', '5000000000', 5_000_000_000n],
    ['org.apache.kafka.connect.json.JsonConverter', '1.5', 1.5],
    ['org.apache.kafka.connect.json.JsonConverter', 'true', 'true'],
    ['org.apache.kafka.connect.json.JsonConverter', 'null', 'null'],
    ['org.apache.kafka.connect.converters.FloatConverter', new Uint8Array([0x3f, 0x80, 0, 0]), new Double(1)],
    ['org.apache.kafka.connect.json.JsonConverter', '2.0', new Double(2)],
    ['org.apache.kafka.connect.json.JsonConverter', '"abc"', 'abc'],
    ['org.apache.kafka.connect.json.JsonConverter', '{"id":1}', '{"id":1}'],
    ['org.apache.kafka.connect.json.JsonConverter', 'no json', 'no json'],
    ['org.apache.kafka.connect.converters.LongConverter', new Uint8Array([0, 0, 0, 0, 0, 0, 0, 7]), 7n],
    ['org.apache.kafka.connect.converters.IntegerConverter', new Uint8Array([0xff, 0xff, 0xff, 0xfe]), -2],
    ['org.apache.kafka.connect.converters.ShortConverter', new Uint8Array([0, 5]), 5],
    [
      'org.apache.kafka.connect.converters.DoubleConverter',
      new Uint8Array([0x3f, 0xf0, 0, 0, 0, 0, 0, 0]),
      new Double(1),
    ],
  ])('RawKey with %s makes %s to %s', (converter, key, expected) => {
    expect(rawKey(converter)(sinkDocument(UNREADABLE, null), aRecord({ key }))).toEqual(expected);
  });

  it.each([
    ['{"type": "string"}', '"abc"', 'abc'],
    ['{"type": "int64", "optional": true}', '42', 42n],
    ['{"type": "int32"}', '42', 42],
    ['{"type": "struct", "fields": [{"field": "a", "type": "int32"}]}', '{"a": 1}', new Map([['a', 1]])],
  ])('RawKey takes a key with the schema %s without its schema', (schema, payload, expected) => {
    const generate = createIdStrategy(topicProperties({ ...RAW_KEY, 'key.converter': JSON_CONVERTER }));
    const keyOf = (name: string) => aRecord({ key: `{"schema": ${schema}, "payload": ${payload}${name}}` });
    expect(generate(sinkDocument(UNREADABLE, null), keyOf(''))).toEqual(expected);
    expect(() => generate(sinkDocument(UNREADABLE, null), keyOf(', "more": 1'))).toThrow(UnwritableError);
  });

  it('RawKey refuses a record without a key, and a number of another length', () => {
    const long = rawKey('org.apache.kafka.connect.converters.LongConverter');
    expect(() => long(NONE, aRecord({ key: null }))).toThrow(UnwritableError);
    expect(() => long(NONE, aRecord({ key: 'abc' }))).toThrow(UnwritableError);
  });

  it('that is an unknown Java class is refused by name, with the remedy', () => {
    const properties = topicProperties({ 'document.id.strategy': 'com.acme.OurStrategy' });
    expect(() => createIdStrategy(properties)).toThrow(
      /document\.id\.strategy=com\.acme\.OurStrategy.*TypeScript module/,
    );
  });
});
