import { describe, expect, it } from 'vitest';
import { BigDecimal } from '../../../../../../../functions/documentdb-sink/connector/transforms/data/big-decimal.ts';
import {
  type ConnectValue,
  SmallNumber,
} from '../../../../../../../functions/documentdb-sink/connector/transforms/data/connect-value.ts';
import {
  logical,
  primitive,
  structSchema,
} from '../../../../../../../functions/documentdb-sink/connector/transforms/data/schema.ts';
import { Struct } from '../../../../../../../functions/documentdb-sink/connector/transforms/data/struct.ts';
import type { SchemaAndValue } from '../../../../../../../functions/documentdb-sink/connector/transforms/data/to-document.ts';
import { chainOf, transformed } from '../../../../../../support/one-transform.ts';

const small = (value: number) => new SmallNumber('int32', value);
const schema = structSchema(
  [
    { name: 'n', schema: primitive('int64', true) },
    { name: 't', schema: { ...primitive('string'), default: 'd' } },
    { name: 'at', schema: logical('Timestamp', true) },
  ],
  { name: 'orders', version: 2, doc: undefined, parameters: undefined },
);
const structOf = (values: Readonly<Record<string, ConnectValue>>): SchemaAndValue => ({
  schema,
  value: Struct.of(schema, (name) => values[name]),
});
const FULL = structOf({ n: 5n, t: 'x', at: new Date(86_400_123) });
const mapOf = (values: Readonly<Record<string, ConnectValue>>): SchemaAndValue => ({
  schema: undefined,
  value: new Map(Object.entries(values)),
});

/** The value behind one transform of it: its fields, with the types of the schema where there is one. */
function fieldsOf(type: string, settings: Readonly<Record<string, string>>, data: SchemaAndValue) {
  const { schema: after, value } = transformed(`${type}$Value`, settings, data).value();
  if (!(value instanceof Struct)) return { fields: value instanceof Map ? Object.fromEntries(value) : value };
  expect(after).toBe(value.schema);
  const fields = value.schema.fields.map(({ name, schema: own }) => [name, own.type, own.isOptional, value.get(name)]);
  return { fields, name: value.schema.name, version: value.schema.version };
}

describe('the settings of transforms of fields', () => {
  it('InsertField keeps a mark inside of a name', () => {
    const settings = { 'static.field': 'a?b!c!', 'static.value': 'x' };
    expect(fieldsOf('InsertField', settings, mapOf({})).fields).toEqual({ 'a?b!c': 'x' });
  });

  it.each([
    [':b', { b: 1, a: 2 }],
    ['a:b', { '': 1, b: 2 }],
    ['a:b::', { '': 1, b: 2 }],
    ['a:b , :c', { c: 1, b: 2 }],
  ])('ReplaceField renames %j as Java splits texts', (renames, fields) => {
    expect(fieldsOf('ReplaceField', { renames }, mapOf({ '': 1, a: 2 })).fields).toEqual(fields);
  });

  it.each([
    ['ReplaceField$Value', { renames: 'a:b,c' }, 'renames must be pairs'],
    ['ReplaceField$Value', { renames: 'a:b:c' }, 'renames must be pairs'],
    ['ReplaceField$Value', { renames: 'a:' }, 'renames must be pairs'],
    ['Cast$Value', { spec: 'a:int64,b' }, 'spec must be pairs'],
    ['Cast$Value', { spec: 'int64,int32' }, 'spec must be pairs'],
    ['Cast$Value', { spec: '' }, 'spec must be pairs'],
    ['Cast$Value', { spec: 'a:int64:b' }, 'spec must be pairs'],
    ['TimestampConverter$Value', { 'target.type': 'string' }, 'transforms.t.format'],
    ['TimestampConverter$Value', { 'target.type': 'string', format: '  ' }, 'transforms.t.format'],
    ['TimestampConverter$Value', { 'target.type': 'unix', format: 'b' }, 'transforms.t.format'],
  ])('%s refuses %j', (type, settings, problem) => {
    expect(() => chainOf(type, settings)).toThrow(problem);
  });

  it('Cast reads a type for the whole, or one for each field, with blanks around', () => {
    const whole = transformed('Cast$Value', { spec: ' INT64 ' }, { schema: undefined, value: '5' });
    expect(whole.value().value).toBe(5n);
    expect(fieldsOf('Cast', { spec: ' a : int64 , b:string' }, mapOf({ a: '5', b: 6n })).fields).toEqual({
      a: 5n,
      b: '6',
    });
    expect(fieldsOf('Cast', { spec: 'int64:string' }, mapOf({ int64: 5n })).fields).toEqual({ int64: '5' });
  });

  it('Flatten refuses a struct in a map without a schema', () => {
    expect(() => fieldsOf('Flatten', {}, mapOf({ a: FULL.value }))).toThrow('does not support a value of this type');
  });

  it('Flatten has the default of a field whose struct is null, and makes such fields optional', () => {
    const innerSchema = structSchema([
      { name: 'b', schema: { ...primitive('int64'), default: 7n } },
      { name: 'c', schema: primitive('int64') },
    ]);
    const outer = structSchema([{ name: 'a', schema: { ...innerSchema, isOptional: true } }]);
    const { fields } = fieldsOf('Flatten', {}, { schema: outer, value: Struct.of(outer, () => undefined) });
    expect(fields).toEqual([
      ['a.b', 'int64', true, 7n],
      ['a.c', 'int64', true, null],
    ]);
  });
});

describe('MaskField', () => {
  it.each<[ConnectValue, ConnectValue]>([
    [5n, 0n],
    [1.5, 0],
    ['x', ''],
    [true, false],
    [small(7), small(0)],
    [new BigDecimal(5n, 1), new BigDecimal(0n, 0)],
    [new Date(5), new Date(0)],
    [[1], []],
    [new Map([['a', 1]]), new Map()],
    [null, null],
  ])('empties %s', (value, expected) => {
    expect(fieldsOf('MaskField', { fields: 'a' }, mapOf({ a: value, b: 1 })).fields).toEqual({ a: expected, b: 1 });
  });

  it.each<[ConnectValue, ConnectValue]>([
    [5n, 12n],
    [1.5, 12.75],
    ['x', '12.75'],
    [small(7), small(12)],
    [new BigDecimal(5n, 1), new BigDecimal(1_275n, 2)],
    [null, null],
  ])('replaces %s', (value, expected) => {
    const settings = { fields: 'a', replacement: '12.75' };
    expect(fieldsOf('MaskField', settings, mapOf({ a: value })).fields).toEqual({ a: expected });
  });

  it('reads the replacement of a number as Java does, in digits of any script', () => {
    expect(fieldsOf('MaskField', { fields: 'a', replacement: '\u0667' }, mapOf({ a: 5n })).fields).toEqual({ a: 7n });
  });

  it('refuses what it cannot mask', () => {
    const mask =
      (value: ConnectValue, settings = {}) =>
      () =>
        fieldsOf('MaskField', { fields: 'a', ...settings }, mapOf({ a: value }));
    expect(mask(new Uint8Array([1]))).toThrow('a value of this type cannot be masked');
    expect(mask(true, { replacement: '1' })).toThrow('a value of this type cannot be masked with a replacement');
    expect(mask(5n, { replacement: 'x' })).toThrow('the replacement of a masked number is not a number');
  });

  it('keeps the other fields of a struct, and its schema', () => {
    const { fields, name } = fieldsOf('MaskField', { fields: 't' }, FULL);
    expect([name, fields]).toEqual([
      'orders',
      [
        ['n', 'int64', true, 5n],
        ['t', 'string', false, ''],
        ['at', 'int64', true, new Date(86_400_123)],
      ],
    ]);
  });
});

describe('SetSchemaMetadata', () => {
  it.each([
    [{ 'schema.name': 'other' }, 'other', 2],
    [{ 'schema.version': '7' }, 'orders', 7],
    [{ 'schema.name': 'other', 'schema.version': '7' }, 'other', 7],
  ])('with %j gives a struct a name and a version', (settings, name, version) => {
    const changed = fieldsOf('SetSchemaMetadata', settings, FULL);
    expect(changed).toMatchObject({ name, version });
    expect(changed.fields).toHaveLength(3);
  });

  it('needs one of the two, and a schema', () => {
    expect(() => chainOf('SetSchemaMetadata$Value', {})).toThrow('needs schema.name or schema.version');
    expect(() => fieldsOf('SetSchemaMetadata', { 'schema.name': 'x' }, mapOf({}))).toThrow('without a schema');
    const none = { schema, value: null };
    expect(transformed('SetSchemaMetadata$Value', { 'schema.name': 'x' }, none).value()).toMatchObject({ value: null });
  });
});

describe('InsertField', () => {
  const ALL = {
    'topic.field': 'topic',
    'partition.field': 'partition!',
    'offset.field': 'offset?',
    'timestamp.field': 'time',
    'static.field': 'static!',
    'static.value': 'text',
  };

  it('puts the place and the time of the record into an object', () => {
    expect(fieldsOf('InsertField', ALL, mapOf({ a: 1 })).fields).toEqual({
      a: 1,
      topic: 't',
      partition: small(3),
      offset: 7n,
      time: 1_000n,
      static: 'text',
    });
  });

  it('puts them behind the fields of a struct, optional unless they are marked', () => {
    const { fields, name } = fieldsOf('InsertField', ALL, FULL);
    expect(name).toBe('orders');
    expect((fields as readonly unknown[]).slice(3)).toEqual([
      ['topic', 'string', true, 't'],
      ['partition', 'int32', false, small(3)],
      ['offset', 'int64', true, 7n],
      ['time', 'int64', true, new Date(1_000)],
      ['static', 'string', false, 'text'],
    ]);
  });

  it('says what it misses', () => {
    expect(() => chainOf('InsertField$Value', {})).toThrow('inserts nothing: set one of topic.field');
    expect(() => chainOf('InsertField$Value', { 'static.field': 'a' })).toThrow('static.field says where it goes');
  });
});

describe('TimestampConverter', () => {
  it('converts one field of an object or of a struct', () => {
    const settings = { field: 'at', 'target.type': 'unix', 'unix.precision': 'seconds' };
    expect(fieldsOf('TimestampConverter', settings, mapOf({ at: new Date(5_000), b: 1 })).fields).toEqual({
      at: 5n,
      b: 1,
    });
    expect(fieldsOf('TimestampConverter', settings, FULL).fields).toEqual([
      ['n', 'int64', true, 5n],
      ['t', 'string', false, 'x'],
      ['at', 'int64', true, 86_400n],
    ]);
  });

  it('converts the whole value', () => {
    const whole = (data: SchemaAndValue) =>
      transformed('TimestampConverter$Value', { 'target.type': 'Date' }, data).value();
    const time = new Date(86_400_123);
    expect(whole({ schema: undefined, value: time })).toEqual({ schema: undefined, value: new Date(86_400_000) });
    expect(whole({ schema: logical('Timestamp', true), value: time })).toEqual({
      schema: logical('Date', true),
      value: new Date(86_400_000),
    });
  });

  it.each([{}, { format: ' ' }])('needs a format where the time becomes a text: %j', (format) => {
    const settings = { 'target.type': 'string', ...format };
    expect(() => chainOf('TimestampConverter$Value', settings)).toThrow('must be set where target.type is string');
  });

  it('keeps a value that is null', () => {
    const settings = { field: 'at', 'target.type': 'unix' };
    expect(transformed('TimestampConverter$Value', settings, { schema, value: null }).value().value).toBeNull();
  });
});

describe('Cast', () => {
  it('casts fields of an object or of a struct', () => {
    const settings = { spec: 'n:string , t:boolean' };
    expect(fieldsOf('Cast', settings, mapOf({ n: 5n, t: 'true', b: 1 })).fields).toEqual({ n: '5', t: true, b: 1 });
    expect(fieldsOf('Cast', settings, FULL)).toEqual({
      name: 'orders',
      version: 2,
      fields: [
        ['n', 'string', true, '5'],
        ['t', 'boolean', false, false],
        ['at', 'int64', true, new Date(86_400_123)],
      ],
    });
  });

  it('casts the default of a field', () => {
    const { schema: after } = transformed('Cast$Value', { spec: 't:boolean' }, FULL).value();
    expect(after?.type === 'struct' && after.fields[1]?.schema.default).toBe(false);
  });

  it.each<[SchemaAndValue, SchemaAndValue]>([
    [
      { schema: undefined, value: 5n },
      { schema: undefined, value: '5' },
    ],
    [
      { schema: undefined, value: null },
      { schema: undefined, value: null },
    ],
    [
      { schema: { ...primitive('int64', true), default: 7n, name: 'x' }, value: 5n },
      { schema: { ...primitive('string', true), default: '7', name: 'x' }, value: '5' },
    ],
    [
      { schema: primitive('int64', true), value: null },
      { schema: primitive('int64', true), value: null },
    ],
  ])('casts the whole value: %#', (data, expected) => {
    expect(transformed('Cast$Value', { spec: 'string' }, data).value()).toEqual(expected);
  });
});
