import { describe, expect, it } from 'vitest';
import { readConnector } from '../../../../../../functions/documentdb-sink/connector/file/read-connector.ts';
import { createRegistryMapper } from '../../../../../../functions/documentdb-sink/connector/registry/create-registry-mapper.ts';
import {
  outage,
  type SchemaAnswer,
  type SchemaSource,
} from '../../../../../../functions/documentdb-sink/connector/registry/schema-source.ts';
import { SettingsError } from '../../../../../../shared/errors.ts';
import type { SourceRecord } from '../../../../../../shared/record.ts';
import { aConnectorText } from '../../../../../support/a-connector.ts';
import { aDocumentdbSink, inWords } from '../../../../../support/a-documentdb-sink.ts';
import { avroLong, avroText, confluentBytes } from '../../../../../support/avro-bytes.ts';
import { aRecord } from '../../../../../support/builders.ts';
import { VirtualClock } from '../../../../../support/virtual-clock.ts';

const SINK = 'com.mongodb.kafka.connect.sink';
const ORDER =
  '{"type":"record","name":"Order","fields":[{"name":"id","type":"long"},{"name":"text","type":["null","string"]}]}';
const KEY = '{"type":"record","name":"Key","fields":[{"name":"id","type":"int"}]}';

const schema = (text: string, type = 'AVRO'): SchemaAnswer => ({
  kind: 'found',
  schema: { type, text, references: new Map() },
});
const REGISTERED: Readonly<Record<string, SchemaAnswer>> = {
  1: schema(ORDER),
  2: schema(KEY),
  3: schema('{"type":"record","name":"Other","fields":[{"name":"id","type":"string"}]}'),
  4: schema('syntax = "proto3";', 'PROTOBUF'),
  5: schema(
    'syntax = "proto3"; message Other { } message Order { int64 id = 1; oneof kind { string text = 2; uint32 number = 3; } }',
    'PROTOBUF',
  ),
  6: schema('edition = "2023"; message Order { int64 id = 1; }', 'PROTOBUF'),
  8: schema('{"type":"array"}'),
  16777216: schema('{"type":"record","name":"Wrong","fields":[]}'),
};

const sourceOf = (answers: (id: string) => SchemaAnswer | undefined): SchemaSource => ({
  fetch: (id) => Promise.resolve(answers(id) ?? { kind: 'unknown' }),
});

/** What a connector's file whose values are Avro makes of records. `asked` is what the registry was asked. */
function aMapper(properties: Readonly<Record<string, string>> = {}, answers = (id: string) => REGISTERED[id]) {
  const asked: string[] = [];
  const text = aConnectorText({
    'value.converter': 'io.confluent.connect.avro.AvroConverter',
    'value.converter.schema.registry.url': 'http://one',
    'document.id.strategy': `${SINK}.processor.id.strategy.PartialValueStrategy`,
    'document.id.strategy.partial.value.projection.type': 'AllowList',
    'document.id.strategy.partial.value.projection.list': 'id',
    ...properties,
  });
  const source = sourceOf((id) => {
    asked.push(id);
    return answers(id);
  });
  return { asked, ...createRegistryMapper(readConnector(text, { where: 'test' }), 'test', () => source) };
}

/** The real sink with such a file. */
function aSink(properties?: Readonly<Record<string, string>>, answers?: (id: string) => SchemaAnswer | undefined) {
  const { mapper, preparation } = aMapper(properties, answers);
  const made = aDocumentdbSink({ mapper, preparation, deletes: 'hard' });
  return {
    telemetry: made.telemetry,
    outcomesOf: async (records: readonly SourceRecord[]) => (await made.write(records)).map(inWords),
    /** Without what the function adds. */
    documents: () =>
      [...made.store.collection().all()].map((stored) =>
        Object.fromEntries([...stored].filter(([name]) => name !== '_k')),
      ),
  };
}

const order = (offset: number, id: number, schemaId = 1, partition = 0): SourceRecord =>
  aRecord({
    offset,
    partition,
    value: confluentBytes(schemaId, avroLong(id), avroLong(1), avroText(`text ${offset}`)),
  });

describe('a record whose schema a registry keeps', () => {
  it('becomes a document of its own types', async () => {
    const { outcomesOf, documents } = aSink();
    expect(await outcomesOf([order(0, 5)])).toEqual(['written']);
    expect(documents()).toEqual([{ _id: new Map([['id', 5n]]), id: 5n, text: 'text 0' }]);
  });

  it('deletes its document without a value, for which no schema is asked', async () => {
    const deletes = { 'delete.on.null.values': 'true', 'document.id.strategy': 'msksinks.RawKeyStrategy' };
    const { outcomesOf, documents } = aSink(deletes, (id) => (id === '1' ? REGISTERED[id] : outage('away')));
    const { value } = order(0, 1);
    const records = [{ ...aRecord({ key: 'k' }), value }, aRecord({ offset: 1, key: 'k', value: null })];
    expect(await outcomesOf(records)).toEqual(['written', 'written']);
    expect(documents()).toEqual([]);
  });

  it.each([
    ['has no magic byte', Buffer.from('{"a":1}')],
    ['is too short', Buffer.from([0, 0, 0])],
    ['has no bytes', Buffer.alloc(0)],
    ['has a schema that nobody knows', confluentBytes(77, avroLong(1), avroLong(0))],
    ['does not fit its schema', confluentBytes(1, avroLong(1), avroLong(5))],
    ['has a schema of another type', confluentBytes(4, avroLong(1))],
  ])('is poison, alone, when its value %s', async (_what, value) => {
    const { outcomesOf } = aSink();
    expect(await outcomesOf([order(0, 1), aRecord({ offset: 1, value }), order(2, 2)])).toEqual([
      'written',
      'deadLettered payload_invalid',
      'written',
    ]);
  });

  it('waits while the registry is away, with those behind it in its partition', async () => {
    const { outcomesOf } = aSink({}, (id) => (id === '3' ? outage('away') : REGISTERED[id]));
    const outcomes = await outcomesOf([order(0, 1), order(1, 2, 3), order(2, 3), order(0, 4, 1, 1)]);
    expect(outcomes).toEqual(['written', 'failed schema_unavailable', 'skipped', 'written']);
  });

  it('is written when the registry comes back within the invocation', async () => {
    let count = 0;
    const { outcomesOf } = aSink({}, (id) => {
      count += 1;
      return count < 3 ? outage('away') : REGISTERED[id];
    });
    expect(await outcomesOf([order(0, 1)])).toEqual(['written']);
  });

  it('has a key and a value of schemas of their own', async () => {
    const { outcomesOf, documents } = aSink({
      'key.converter': 'io.confluent.connect.avro.AvroConverter',
      'key.converter.schema.registry.url': 'http://one',
      'document.id.strategy': `${SINK}.processor.id.strategy.FullKeyStrategy`,
    });
    const { value } = order(0, 9);
    const key = confluentBytes(2, avroLong(7));
    expect(await outcomesOf([{ ...aRecord({ key }), value }])).toEqual(['written']);
    expect(documents()).toEqual([{ _id: new Map([['id', 7]]), id: 9n, text: 'text 0' }]);
  });

  it('is poison when its key cannot be read, needed or not', async () => {
    const { outcomesOf } = aSink({
      'key.converter': 'io.confluent.connect.avro.AvroConverter',
      'key.converter.schema.registry.url': 'http://one',
    });
    expect(await outcomesOf([order(0, 1)])).toEqual(['deadLettered payload_invalid']);
  });

  it('goes through transforms as a struct with its schema', async () => {
    const { outcomesOf, documents } = aSink({
      transforms: 'cast',
      'transforms.cast.type': 'org.apache.kafka.connect.transforms.Cast$Value',
      'transforms.cast.spec': 'id:string',
    });
    expect(await outcomesOf([order(0, 5)])).toEqual(['written']);
    expect(documents()).toEqual([{ _id: new Map([['id', '5']]), id: '5', text: 'text 0' }]);
  });

  it('leaks nothing into its dead letter’s reason', async () => {
    const { outcomesOf, telemetry } = aSink();
    await outcomesOf([aRecord({ value: 'SECRET' })]);
    expect(JSON.stringify(telemetry)).not.toContain('SECRET');
  });
});

describe('a record whose Protobuf schema a registry keeps', () => {
  const converter = { 'value.converter': 'io.confluent.connect.protobuf.ProtobufConverter' };
  const SECOND = Buffer.from([2, 2]);
  const ofId = (id: number, ...fields: readonly number[]) => Buffer.from([8, id, ...fields]);

  it('becomes a document of the message that its bytes name', async () => {
    const { outcomesOf, documents } = aSink(converter);
    const value = confluentBytes(5, SECOND, ofId(7, 18, 1, 120));
    expect(await outcomesOf([aRecord({ value })])).toEqual(['written']);
    const kind = new Map<string, unknown>([
      ['text', 'x'],
      ['number', null],
    ]);
    expect(documents()).toEqual([{ _id: new Map([['id', 7n]]), id: 7n, kind_0: kind }]);
  });

  it('follows the settings of the converter', async () => {
    const { outcomesOf, documents } = aSink({ ...converter, 'value.converter.flatten.unions': 'true' });
    const value = confluentBytes(5, SECOND, ofId(7, 24, 5));
    expect(await outcomesOf([aRecord({ value })])).toEqual(['written']);
    expect(documents()).toEqual([{ _id: new Map([['id', 7n]]), id: 7n, text: null, number: 5n }]);
  });

  it('has a key of Protobuf, too', async () => {
    const { outcomesOf, documents } = aSink({
      'key.converter': converter['value.converter'],
      'key.converter.schema.registry.url': 'http://one',
      'document.id.strategy': `${SINK}.processor.id.strategy.FullKeyStrategy`,
    });
    const { value } = order(0, 9);
    expect(await outcomesOf([{ ...aRecord({ key: confluentBytes(5, SECOND, ofId(7)) }), value }])).toEqual(['written']);
    const _id = new Map<string, unknown>([
      ['kind_0', null],
      ['id', 7n],
    ]);
    expect(documents()).toEqual([{ _id, id: 9n, text: 'text 0' }]);
  });

  it.each([
    ['does not fit its schema', confluentBytes(5, SECOND, Buffer.from([8]))],
    ['names a message that its schema has not', confluentBytes(5, Buffer.from([2, 6]), ofId(7))],
    ['has a schema of another type', confluentBytes(1, Buffer.from([0]), ofId(7))],
  ])('is poison, alone, when its value %s', async (_what, value) => {
    const { outcomesOf } = aSink(converter);
    const sound = (offset: number) => aRecord({ offset, value: confluentBytes(5, SECOND, ofId(offset + 1)) });
    expect(await outcomesOf([sound(0), aRecord({ offset: 1, value }), sound(2)])).toEqual([
      'written',
      'deadLettered payload_invalid',
      'written',
    ]);
  });

  it('stays unsettled when its schema is one that the function does not follow', async () => {
    const { outcomesOf } = aSink(converter);
    const value = confluentBytes(6, Buffer.from([0]), ofId(7));
    expect(await outcomesOf([aRecord({ value })])).toEqual(['failed misconfigured']);
  });
});

describe('a record, before it is written,', () => {
  const keys = {
    'key.converter': 'io.confluent.connect.avro.AvroConverter',
    'key.converter.schema.registry.url': 'http://one',
  };
  const prepared = async (made: ReturnType<typeof aMapper>, record: SourceRecord) => {
    const clock = new VirtualClock();
    await clock.run(made.preparation.prepare([record], clock, new AbortController().signal));
    return { obstacle: made.preparation.obstacleTo(record), plan: made.mapper(record, 0) };
  };

  it('names the schemas of both sides, and is held by either', async () => {
    const { value } = order(0, 9);
    const record = { ...aRecord({ key: confluentBytes(2, avroLong(7)) }), value };
    const made = aMapper(keys);
    expect(await prepared(made, record)).toMatchObject({ obstacle: undefined, plan: { kind: 'write' } });
    expect(made.asked).toEqual(['2', '1']);
    for (const away of ['1', '2']) {
      const held = await prepared(
        aMapper(keys, (id) => (id === away ? outage('away') : REGISTERED[id])),
        record,
      );
      expect(held.obstacle).toMatchObject({ code: 'schema_unavailable', detail: 'away' });
      expect(held.plan).toEqual({ kind: 'unsettled', failure: held.obstacle });
    }
  });

  it('names no schema where it has none, and then the registry is not asked', async () => {
    const made = aMapper(keys);
    await prepared(made, aRecord({ key: 'no bytes of a serializer', value: null }));
    expect(made.asked).toEqual([]);
    const clock = new VirtualClock();
    const records = [order(0, 1), aRecord({ offset: 1, value: 'no bytes of a serializer' })];
    const beside = aMapper();
    await clock.run(beside.preparation.prepare(records, clock, new AbortController().signal));
    expect(beside.asked).toEqual(['1']);
  });

  it.each([
    ['a', 'Could not convert value: the value does not begin as the serializer of its converter writes it'],
    [confluentBytes(77), 'Could not convert value: the schema registry has no schema with the id of the value'],
    [confluentBytes(4), 'Could not convert value: its schema is not an Avro schema, which the converter reads'],
    [confluentBytes(8), 'Could not convert value: the Avro schema is wrong'],
    [confluentBytes(1), 'Could not convert value: the value'],
  ])('is poison with its reason: %s', async (value, detail) => {
    const { plan } = await prepared(aMapper(), aRecord({ value }));
    expect(plan).toMatchObject({
      kind: 'poison',
      failure: { code: 'payload_invalid', detail: expect.stringContaining(detail) },
    });
  });

  it('is no reason to hide a fault of ours', () => {
    const { mapper } = aMapper();
    const broken = {
      ...order(0, 1),
      value: {
        bytes: () => {
          throw new TypeError('a fault');
        },
      },
    };
    expect(() => mapper(broken as never, 0)).toThrow(TypeError);
  });
});

describe('a file whose converter asks a registry', () => {
  it('is refused with the problems of both sides at once', () => {
    const both = {
      'value.converter.schema.registry.url': '',
      'key.converter': 'com.amazonaws.services.schemaregistry.kafkaconnect.AWSKafkaAvroConverter',
    };
    expect(() => aSink(both)).toThrow(SettingsError);
    expect(() => aSink(both)).toThrow(
      /key\.converter\.region=: must be .*\n?.*value\.converter\.schema\.registry\.url=: is missing/s,
    );
  });

  it('is refused without a URL', () => {
    expect(() => aSink({ 'value.converter.schema.registry.url': '' })).toThrow(
      'value.converter.schema.registry.url=: is missing',
    );
  });
});
