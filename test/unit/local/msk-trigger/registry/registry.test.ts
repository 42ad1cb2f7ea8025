import { describe, expect, it } from 'vitest';
import {
  misconfigured,
  outage,
  type RegisteredSchema,
  type SchemaAnswer,
} from '../../../../../functions/documentdb-sink/connector/registry/schema-source.ts';
import { readFilters } from '../../../../../local/msk-trigger/filter/pattern.ts';
import type { SchemaRegistrySettings } from '../../../../../local/msk-trigger/mapping/mapping.ts';
import { createRegistry } from '../../../../../local/msk-trigger/registry/registry.ts';
import { schemaReader } from '../../../../../local/msk-trigger/registry/schema-reader.ts';
import { validateArrival } from '../../../../../local/msk-trigger/registry/validate-arrival.ts';
import { recordSerializer } from '../../../../../local/msk-trigger/runtime/event.ts';
import { filterArrival } from '../../../../../local/msk-trigger/runtime/filter-arrival.ts';
import { avroLong, avroText, confluentBytes } from '../../../../support/avro-bytes.ts';

const schema = (
  type: string,
  text: string,
  references: readonly (readonly [string, string])[] = [],
): RegisteredSchema => ({
  ...{ type, text },
  references: new Map(references),
});
const avro = (type: unknown, ...bytes: readonly Buffer[]) =>
  schemaReader(schema('AVRO', JSON.stringify(type))).toJson(Buffer.concat(bytes));
const record = (...types: readonly unknown[]) => ({
  ...{ type: 'record', name: 'R' },
  fields: types.map((type, i) => ({ name: `f${i}`, type })),
});
const float = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
};

describe('a value of Avro', () => {
  it.each([
    ['a long beyond 2^53', 'long', [avroLong(9_007_199_254_740_993n)], '9007199254740993'],
    ['a float', 'float', [float(0.1)], '0.1'],
    ['no number', 'float', [float(Number.NaN)], '"NaN"'],
    ['bytes', 'bytes', [avroLong(2), Buffer.from([0x41, 0xff])], '"Aÿ"'],
    ['an enum', { type: 'enum', name: 'E', symbols: ['A', 'B'] }, [avroLong(1)], '"B"'],
    ['the branch of a union', ['null', 'string', 'long'], [avroLong(1), avroText('x')], '"x"'],
    ['null', ['null', 'long'], [avroLong(0)], 'null'],
    ['a list', { type: 'array', items: 'int' }, [avroLong(2), avroLong(1), avroLong(2), avroLong(0)], '[1,2]'],
    ['a map', { type: 'map', values: 'int' }, [avroLong(1), avroText('a"'), avroLong(5), avroLong(0)], '{"a\\"":5}'],
    ['a record', record('string', ['null', 'int']), [avroText('é'), avroLong(1), avroLong(7)], '{"f0":"é","f1":7}'],
    ['a logical type', { type: 'int', logicalType: 'date' }, [avroLong(20_000)], '20000'],
  ])('is JSON: %s', (_what, type, bytes, expected) => {
    expect(avro(type, ...bytes)).toBe(expected);
  });

  it('does not fit its schema when bytes are missing', () => {
    expect(() => avro(record('string'), avroLong(9))).toThrow('does not fit its Avro schema');
  });
});

describe('a message of Protobuf', () => {
  const TEXT = `syntax = "proto3"; package shop;
    import "state.proto";
    message Other {}
    message Order { int64 order_id = 1; uint32 count = 2; bytes raw = 3; State state = 4; map<string, int32> sizes = 5;
      repeated string tags = 6; optional int32 zero = 7; oneof way { string post = 8; bool shop = 9; } Other other = 10; int32 unset = 11; }`;
  const STATE = 'syntax = "proto3"; package shop; enum State { NEW = 0; SENT = 1; }';
  const reader = schemaReader(schema('PROTOBUF', TEXT, [['state.proto', STATE]]));
  // The second message of the text: a list of one index, 1.
  const message = (...bytes: readonly number[]) => reader.toJson(Buffer.from([2, 2, ...bytes]));

  it("is JSON of Protobuf's mapping", () => {
    const sizes = [0x2a, 5, 0x0a, 1, 0x73, 0x10, 3];
    const all = [
      8,
      7,
      16,
      0xff,
      0xff,
      0xff,
      0xff,
      0x0f,
      0x1a,
      2,
      1,
      2,
      32,
      1,
      ...sizes,
      0x32,
      1,
      0x78,
      0x38,
      0,
      0x48,
      0,
      0x52,
      0,
    ];
    expect(JSON.parse(message(...all))).toEqual({
      ...{ orderId: '7', count: 4_294_967_295, raw: 'AQI=', state: 'SENT', sizes: { s: 3 }, tags: ['x'] },
      ...{ zero: 0, shop: false, other: {} },
    });
    expect(message()).toBe('{}');
    expect(message(8, 0)).toBe('{}');
  });

  it('does not fit its schema when it is cut', () => {
    expect(() => message(0x1a, 9, 1)).toThrow();
  });
});

describe('a value with a JSON schema', () => {
  const text = '{"$ref":"order.json"}';
  const reader = schemaReader(schema('JSON', text, [['order.json', '{"type":"object","required":["id"]}']]));

  it('is its own text, when it is valid', () => {
    expect(reader.toJson(Buffer.from('{ "id": 1.0 }'))).toBe('{ "id": 1.0 }');
    expect(() => reader.toJson(Buffer.from('{}'))).toThrow('does not fit its JSON schema');
    expect(() => reader.toJson(Buffer.from('{'))).toThrow('the value is not JSON');
  });
});

const ORDER = schema('AVRO', JSON.stringify(record('long')));
const { signal } = new AbortController();

function aRegistry(answers: Readonly<Record<string, SchemaAnswer>>) {
  const asked: string[] = [];
  const fetch = async (id: string) => {
    asked.push(id);
    return answers[id] ?? { kind: 'unknown' as const };
  };
  return { asked, registry: createRegistry({ fetch }, signal) };
}

const FOUND = { 7: { kind: 'found', schema: ORDER } } as const;
const REGISTERED = confluentBytes(7, avroLong(300));

interface Fields {
  readonly key?: Buffer;
  readonly value?: Buffer | null;
}

const arrivalOf = (...records: readonly Fields[]) => ({
  partition: 0,
  records: records.map(({ key = Buffer.from('k'), value = REGISTERED }, offset) =>
    recordSerializer(
      'orders',
      0,
    )({ ...{ offset, key, value, headers: [], timestampMs: 5, timestampType: 'CREATE_TIME' } }),
  ),
});
const settings = (changes: Partial<SchemaRegistrySettings> = {}): SchemaRegistrySettings => ({
  ...{ url: 'http://registry', format: 'JSON', validated: ['value'] },
  ...changes,
});
const text = (base64: string) => Buffer.from(base64, 'base64').toString();

describe('a record with a schema registry', () => {
  it('has JSON for the attributes that are validated, and the metadata of their schemas', async () => {
    const { registry } = aRegistry(FOUND);
    const { records } = await validateArrival(arrivalOf({}), settings(), registry);
    const { value, ...rest } = JSON.parse(records[0]?.json ?? '');
    expect(text(value)).toBe('{"f0":300}');
    expect(rest).toEqual({
      ...{
        topic: 'orders',
        partition: 0,
        offset: 0,
        timestamp: 5,
        timestampType: 'CREATE_TIME',
        key: 'aw==',
        headers: [],
      },
      valueSchemaMetadata: { dataFormat: 'AVRO', schemaId: '7' },
    });
    expect(records[0]?.bytes).toBe(records[0]?.json.length);
  });

  it('has the bytes behind the id with SOURCE, of key and value', async () => {
    const { registry, asked } = aRegistry(FOUND);
    const both = settings({ format: 'SOURCE', validated: ['key', 'value'] });
    const { records } = await validateArrival(arrivalOf({ key: REGISTERED }, {}), both, registry);
    expect(JSON.parse(records[0]?.json ?? '')).toMatchObject({
      ...{ key: avroLong(300).toString('base64'), value: avroLong(300).toString('base64') },
      keySchemaMetadata: { dataFormat: 'AVRO', schemaId: '7' },
      valueSchemaMetadata: { dataFormat: 'AVRO', schemaId: '7' },
    });
    expect(records[1]?.refusal).toBe('DESERIALIZATION_ERROR'); // its key is no registered one
    expect(asked).toEqual(['7']);
  });

  it('is refused, with its own bytes, when its schema is unknown or it does not fit', async () => {
    const { registry } = aRegistry(FOUND);
    const values = [confluentBytes(8), Buffer.from('{}'), confluentBytes(7), Buffer.alloc(0)];
    const arrival = arrivalOf(...values.map((value) => ({ value })));
    const { records } = await validateArrival(arrival, settings(), registry);
    expect(records.map(({ refusal }) => refusal)).toEqual([
      'SCHEMA_NOT_FOUND',
      ...['DESERIALIZATION_ERROR', 'DESERIALIZATION_ERROR', 'DESERIALIZATION_ERROR'],
    ]);
    expect(records.map(({ json }) => json)).toEqual(arrival.records.map(({ json }) => json));
  });

  it('is what it was without a value', async () => {
    const { registry, asked } = aRegistry({});
    const arrival = arrivalOf({ value: null });
    expect(await validateArrival(arrival, settings(), registry)).toEqual(arrival);
    expect(asked).toEqual([]);
  });

  it('is filtered by what the registry made of it, and never when it is refused', async () => {
    const { registry } = aRegistry(FOUND);
    const values = [REGISTERED, confluentBytes(7, avroLong(301)), confluentBytes(8)];
    const filters = readFilters({ Filters: [{ Pattern: '{"value":{"f0":[300]}}' }] }, expect.unreachable);
    for (const format of ['JSON', 'SOURCE'] as const) {
      const arrival = await validateArrival(
        arrivalOf(...values.map((value) => ({ value }))),
        settings({ format }),
        registry,
      );
      expect(filterArrival(arrival, filters).records.map(({ offset }) => offset)).toEqual([0, 2]);
    }
  });

  it.each([
    ['the registry does not answer', outage('the schema registry at r does not answer'), 'r does not answer'],
    ['the registry refuses the login', misconfigured('r refuses the credentials'), 'refuses the credentials'],
    [
      'the schema is of another kind',
      { kind: 'found', schema: schema('XML', '') } as const,
      'the schema 7 cannot be read',
    ],
    [
      'the schema is wrong',
      { kind: 'found', schema: schema('AVRO', '{') } as const,
      'the schema 7 cannot be read here: the schema is not JSON',
    ],
  ])('is not to blame when %s', async (_what, answer, message) => {
    const { registry } = aRegistry({ 7: answer });
    await expect(validateArrival(arrivalOf({}), settings(), registry)).rejects.toThrow(message);
  });
});
