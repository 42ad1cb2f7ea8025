import { describe, expect, it } from 'vitest';
import { readConnector } from '../../../../../../functions/documentdb-sink/connector/file/read-connector.ts';
import { createConnectConverter } from '../../../../../../functions/documentdb-sink/connector/transforms/connect-converter.ts';
import type { Header } from '../../../../../../functions/documentdb-sink/connector/transforms/connect-record.ts';
import { createChain } from '../../../../../../functions/documentdb-sink/connector/transforms/create-chain.ts';
import {
  type ConnectValue,
  SmallNumber,
} from '../../../../../../functions/documentdb-sink/connector/transforms/data/connect-value.ts';
import { Struct } from '../../../../../../functions/documentdb-sink/connector/transforms/data/struct.ts';
import { TransformError } from '../../../../../../functions/documentdb-sink/connector/transforms/data/transform-error.ts';
import { SettingsError } from '../../../../../../shared/errors.ts';
import { payloadOfBytes } from '../../../../../../shared/record.ts';

const UNWRAP = 'ExtractNewRecordState';
const ROUTER = 'ByLogicalTableRouter';

const JSON_CONVERTER = 'org.apache.kafka.connect.json.JsonConverter';

type Settings = Readonly<Record<string, string>>;

function transformOf(type: string, settings: Settings) {
  const own = Object.entries(settings).map(([name, value]) => [`transforms.t.${name}`, value]);
  const text = JSON.stringify({
    topics: 'orders',
    database: 'd',
    'key.converter': JSON_CONVERTER,
    'value.converter': JSON_CONVERTER,
    'value.converter.replace.null.with.default': 'false',
    transforms: 't',
    'transforms.t.type': `io.debezium.transforms.${type}`,
    ...Object.fromEntries(own),
  });
  const { properties, transforms } = readConnector(text, { where: 'test' });
  return { transform: createChain(transforms, 'test', new Map(), false).transform, properties };
}

interface Parts {
  readonly topic?: string;
  readonly key?: object;
  readonly value: object | null;
  readonly headers?: readonly Header[];
}

/** What the transform makes of a record; undefined if it filters the record. */
function transformed(type: string, settings: Settings, { topic = 'orders', key, value, headers = [] }: Parts) {
  const { transform, properties } = transformOf(type, settings);
  const payload = (data: object | null | undefined) =>
    data ? payloadOfBytes(Buffer.from(JSON.stringify(data))) : null;
  const [keyData, valueData] = [
    createConnectConverter(properties, 'key')(payload(key)),
    createConnectConverter(properties, 'value')(payload(value)),
  ];
  const start = { topic, partition: 0, offset: 0, timestampMs: 0, headers };
  const record = transform({ ...start, key: () => keyData, value: () => valueData });
  if (record === undefined) return undefined;
  const { schema } = record.value();
  return {
    topic: record.topic,
    key: plain(record.key().value),
    value: plain(record.value().value),
    headers: record.headers.map(({ name, value: header }) => [name, plain(header as ConnectValue)]),
    schemaName: schema?.name,
    rowName: schema?.type === 'struct' ? schema.fields.find(({ name }) => name === 'after')?.schema.name : undefined,
  };
}

function plain(value: ConnectValue): unknown {
  if (value instanceof SmallNumber) return value.value;
  if (!(value instanceof Struct)) return value;
  return Object.fromEntries(value.schema.fields.map(({ name }) => [name, plain(value.getWithoutDefault(name))]));
}

const text = (field: string, more: object = {}) => ({ field, type: 'string', optional: true, ...more });
const rowSchema = (field: string) => ({
  ...{ field, type: 'struct', optional: true, name: 'shop.orders.Value' },
  fields: [{ field: 'id', type: 'int32' }, text('note'), text('kind', { default: 'plain' })],
});
const SOURCE = { field: 'source', type: 'struct', fields: [text('table'), text('db')] };
const TRANSACTION = { field: 'transaction', type: 'struct', optional: true, fields: [text('id')] };
const EVENT_SCHEMA = {
  ...{ type: 'struct', name: 'shop.orders.Envelope' },
  fields: [rowSchema('before'), rowSchema('after'), SOURCE, TRANSACTION, text('op'), text('ts_ms')],
};

/** A change event with these rows. */
const anEvent = (
  rows: { readonly before?: object; readonly after?: object },
  more: object = {},
  schema = EVENT_SCHEMA,
) => ({
  schema,
  payload: {
    before: null,
    after: null,
    source: { table: 'orders', db: 'shop' },
    op: 'u',
    ts_ms: '5',
    ...rows,
    ...more,
  },
});
const CREATED = anEvent({ after: { id: 1, note: 'new', kind: null } });
const DELETED = anEvent({ before: { id: 1, note: 'old', kind: null } });

describe("Debezium's ExtractNewRecordState", () => {
  const unwrapped = (settings: Settings, value: object | null, parts: Partial<Parts> = {}) =>
    transformed(UNWRAP, settings, { value, ...parts });

  it('gives the row after the change, with the defaults of its fields', () => {
    expect(unwrapped({}, CREATED)).toMatchObject({
      value: { id: 1, note: 'new', kind: null },
      schemaName: 'shop.orders.Value',
    });
  });

  it.each([
    ['drop', undefined],
    ['tombstone', null],
    ['delete-to-tombstone', null],
    ['rewrite', { id: 1, note: 'old', kind: 'plain', __deleted: 'true' }],
    ['rewrite-with-tombstone', { id: 1, note: 'old', kind: 'plain', __deleted: 'true' }],
  ])('makes of a deletion, with %s: %j', (mode, value) => {
    expect(unwrapped({ 'delete.tombstone.handling.mode': mode }, DELETED)?.value).toEqual(value);
  });

  it('keeps the schema of the row with a null, unless a plain tombstone is asked for', () => {
    const nameWith = (mode: string) => unwrapped({ 'delete.tombstone.handling.mode': mode }, DELETED)?.schemaName;
    expect(['tombstone', 'delete-to-tombstone'].map(nameWith)).toEqual(['shop.orders.Value', undefined]);
  });

  it('keeps a null although the field has a default, where it is told so', () => {
    const settings = { 'delete.tombstone.handling.mode': 'rewrite', 'replace.null.with.default': 'false' };
    expect(unwrapped(settings, DELETED)?.value).toMatchObject({ kind: null, __deleted: 'true' });
  });

  it('drops a truncated table, which has neither row', () => {
    expect(unwrapped({}, anEvent({}))).toBeUndefined();
  });

  it('leaves a value alone that is no change event', () => {
    for (const name of [undefined, 'shop.Enveloped']) {
      const value = { schema: { type: 'struct', name, fields: [text('after')] }, payload: { after: 'a' } };
      expect(unwrapped({}, value)?.value).toEqual({ after: 'a' });
    }
  });

  it('drops a tombstone, unless tombstones are asked for: then its header says that it is a deletion', () => {
    const headers = { 'add.headers': 'op, source.db' };
    expect(unwrapped(headers, null)).toBeUndefined();
    const settings = { ...headers, 'delete.tombstone.handling.mode': 'rewrite-with-tombstone' };
    expect(unwrapped(settings, null)).toMatchObject({ value: null, headers: [['__op', 'd']] });
  });

  it.each([
    ['op', { __op: 'u' }],
    ['op, table', { __op: 'u', __table: 'orders' }],
    ['source.db', { __source_db: 'shop' }],
    ['source.db:base', { __base: 'shop' }],
    ['source.op', { __source_op: 'u' }],
    ['op:', { __op: 'u' }],
    ['op:a: ', { __a: 'u' }],
    ['op:a::', { __a: 'u' }],
    ['ts_ms', { __ts_ms: '5' }],
    ['id', { __id: null }],
    ['nothing', {}],
  ])('adds the fields %s of the event', (list, added) => {
    const row = { id: 1, note: 'new', kind: null };
    expect(unwrapped({ 'add.fields': list }, CREATED)?.value).toEqual({ ...row, ...added });
    expect(unwrapped({ 'add.headers': list }, CREATED)).toMatchObject({ value: row, headers: Object.entries(added) });
  });

  it.each([
    ['ts_us', { __ts_us: '6' }],
    ['ts_ns', { __ts_ns: '7' }],
    ['total_order', { __total_order: '8' }],
    ['data_collection_order', { __data_collection_order: '9' }],
  ])('takes %s from where Debezium has it, not from the source', (list, added) => {
    const fields = EVENT_SCHEMA.fields.map((each) =>
      each === SOURCE
        ? { ...SOURCE, fields: ['ts_us', 'ts_ns', 'total_order', 'data_collection_order'].map((name) => text(name)) }
        : each === TRANSACTION
          ? { ...TRANSACTION, fields: [text('total_order'), text('data_collection_order')] }
          : each,
    );
    const source = { ts_us: 'no', ts_ns: 'no', total_order: 'no', data_collection_order: 'no' };
    const transaction = { total_order: '8', data_collection_order: '9' };
    const schema = { ...EVENT_SCHEMA, fields: [...fields, text('ts_us'), text('ts_ns')] };
    const event = anEvent({ after: { id: 1 } }, { source, transaction, ts_us: '6', ts_ns: '7' }, schema as never);
    expect(unwrapped({ 'add.fields': list }, event)?.value).toMatchObject(added);
  });

  it('takes the id of the transaction, not of the row', () => {
    const event = anEvent({ after: { id: 1 } }, { transaction: { id: 'tx-7' } });
    expect(unwrapped({ 'add.fields': 'id' }, event)?.value).toMatchObject({ id: 1, __id: 'tx-7' });
  });

  it('adds fields under a prefix of its own', () => {
    const settings = { 'add.fields': 'op', 'add.fields.prefix': '_', 'add.headers': 'op', 'add.headers.prefix': 'h-' };
    expect(unwrapped(settings, CREATED)).toMatchObject({ value: { _op: 'u' }, headers: [['h-op', 'u']] });
  });

  it.each(['nowhere.db', 'op.ts_ms', 'source'])('refuses to add %s, which is no field of a struct', (list) => {
    expect(() => unwrapped({ 'add.fields': list }, CREATED)).toThrow(TransformError);
  });

  it.each(['a:b:c', 'op,a:b:c'])('refuses %s as a list of fields', (list) => {
    expect(() => transformOf(UNWRAP, { 'add.fields': list })).toThrow(SettingsError);
  });

  it.each([
    ['note', 'new', 'new'],
    ['note', ' ', 'orders'],
    ['note', null, 'orders'],
  ])('routes by the field %s with %j to %s', (field, note, topic) => {
    expect(unwrapped({ 'route.by.field': field }, anEvent({ after: { id: 1, note } }))?.topic).toBe(topic);
  });

  it.each(['id', 'nothing'])('refuses to route by %s, which is no string field', (field) => {
    expect(() => unwrapped({ 'route.by.field': field }, CREATED)).toThrow(`no string field ${field}`);
  });

  it('routes a deletion by the row before it', () => {
    expect(unwrapped({ 'route.by.field': 'note' }, DELETED)?.topic).toBe('old');
  });

  describe('with a header that lists fields to drop', () => {
    const settings = { 'drop.fields.header.name': 'drop' };
    const key = { schema: { type: 'struct', fields: [text('note'), text('id')] }, payload: { note: 'k', id: '1' } };
    const headersWith = (list: string): readonly Header[] => [
      { name: 'other', value: Buffer.from('["id"]') },
      { name: 'drop', value: Buffer.from(list) },
    ];
    const row = (list: string, more: Settings = {}) =>
      unwrapped({ ...settings, ...more }, CREATED, { key, headers: headersWith(list) });

    it.each([
      ['["note"]', { id: 1, kind: 'plain' }],
      ['["note", "kind"]', { id: 1 }],
      ['["nothing"]', { id: 1, note: 'new', kind: null }],
      ['[]', { id: 1, note: 'new', kind: null }],
      ['null', { id: 1, note: 'new', kind: null }],
    ])('%s leaves %j', (list, value) => {
      expect(row(list)).toMatchObject({ key: { note: 'k', id: '1' } });
      expect(row(list)?.value).toEqual(value);
    });

    // ReplaceField, which drops the fields, puts defaults in place of nulls.
    it('keeps a required field, unless its schema may change', () => {
      expect(row('["id"]')?.value).toEqual({ id: 1, note: 'new', kind: null });
      expect(row('["id"]', { 'drop.fields.keep.schema.compatible': 'false' })?.value).toEqual({
        note: 'new',
        kind: 'plain',
      });
    });

    it.each([[], headersWith('[]'), headersWith('null')])(
      'changes nothing without a name in the list',
      (...headers) => {
        const changing = { ...settings, 'drop.fields.keep.schema.compatible': 'false' };
        expect(unwrapped(changing, CREATED, { headers })?.value).toEqual({ id: 1, note: 'new', kind: null });
      },
    );

    it('reads a list that another transform made', () => {
      const headers = [{ name: 'drop', schema: undefined, value: ['note'] }];
      expect(unwrapped(settings, CREATED, { headers })?.value).toEqual({ id: 1, kind: 'plain' });
    });

    it('drops them from the key too where it is told so', () => {
      expect(row('["note"]', { 'drop.fields.from.key': 'true' })).toMatchObject({ key: { id: '1' }, value: { id: 1 } });
      const keyless = { value: CREATED, headers: headersWith('["note"]') };
      expect(transformed(UNWRAP, { ...settings, 'drop.fields.from.key': 'true' }, keyless)?.key).toBeNull();
    });

    it.each(['note', '{"a": 1}', '5'])('refuses %s, which is no list', (list) => {
      expect(() => row(list)).toThrow('is not a list');
    });
  });
});

describe("Debezium's ByLogicalTableRouter", () => {
  const settings = { 'topic.regex': '(shop)\\.orders_\\d', 'topic.replacement': '$1.orders' };
  const key = { schema: { type: 'struct', fields: [{ field: 'id', type: 'int32' }] }, payload: { id: 1 } };
  const routed = (more: Settings, parts: Partial<Parts> = {}) =>
    transformed(ROUTER, { ...settings, ...more }, { topic: 'shop.orders_3', key, value: CREATED, ...parts });

  it('routes a topic that matches, and names its table in the key', () => {
    expect(routed({})).toMatchObject({
      topic: 'shop.orders',
      key: { id: 1, __dbz__physicalTableIdentifier: 'shop.orders_3' },
      schemaName: 'shop.orders.Envelope',
      rowName: 'shop.orders.Value',
      value: { before: null, after: { id: 1, note: 'new', kind: 'plain' } },
    });
  });

  it('gives the rows before and after one schema, which the row before decides', () => {
    const value = anEvent({ before: { id: 1, note: 'old' }, after: { id: 1 } });
    const [before, , ...others] = EVENT_SCHEMA.fields;
    const narrow = { ...rowSchema('after'), fields: rowSchema('after').fields.slice(0, 1) };
    const schema = { ...EVENT_SCHEMA, fields: [before, narrow, ...others] };
    expect(routed({}, { topic: 'shop.orders_4', value: { ...value, schema } })?.value).toMatchObject({
      before: { id: 1, note: 'old', kind: 'plain' },
      after: { id: 1, note: null, kind: null },
    });
  });

  it('leaves other topics alone, and a topic whose new name would be empty', () => {
    expect(routed({}, { topic: 'shop.orders' })).toMatchObject({ topic: 'shop.orders', key: { id: 1 } });
    expect(routed({ 'topic.replacement': '$2', 'topic.regex': '(shop)(x?).*' })).toMatchObject({
      topic: 'shop.orders_3',
    });
  });

  it.each([
    [{ 'key.enforce.uniqueness': 'false' }, { id: 1 }],
    [{ 'key.field.name': 'table' }, { id: 1, table: 'shop.orders_3' }],
    [
      { 'key.field.regex': 'shop\\.(.*)', 'key.field.replacement': '$1', 'key.field.name': 't' },
      { id: 1, t: 'orders_3' },
    ],
    [
      { 'key.field.regex': 'x(.*)', 'key.field.replacement': '$1', 'key.field.name': 't' },
      { id: 1, t: 'shop.orders_3' },
    ],
  ])('makes with %j the key %j', (more, made) => {
    expect(routed(more)?.key).toEqual(made);
  });

  it('refuses a pattern for the key without a replacement', () => {
    expect(() => transformOf(ROUTER, { ...settings, 'key.field.regex': 'a' })).toThrow(
      /transforms\.t\.key\.field\.replacement.*must be set/s,
    );
  });

  it('has no key to add to where there is none, and no envelope to rename in a tombstone', () => {
    expect(routed({}, { key: undefined as never })).toMatchObject({ topic: 'shop.orders', key: null });
    const withSchema = { schema: { ...EVENT_SCHEMA, optional: true }, payload: null };
    for (const value of [null, withSchema]) {
      expect(routed({}, { value })).toMatchObject({ topic: 'shop.orders', value: null });
    }
  });

  it('leaves a value without an envelope as it is', () => {
    const value = { schema: { type: 'struct', name: 'shop.Plain', fields: [text('note')] }, payload: { note: 'a' } };
    expect(routed({}, { value })).toMatchObject({
      topic: 'shop.orders',
      value: { note: 'a' },
      schemaName: 'shop.Plain',
    });
  });

  it('refuses an event without the field before, and a row with a field that before has not', () => {
    const without = { ...EVENT_SCHEMA, fields: EVENT_SCHEMA.fields.slice(1) };
    expect(() => routed({}, { value: anEvent({ after: { id: 1 } }, {}, without) })).toThrow('no field before');
    const [before, ...others] = EVENT_SCHEMA.fields;
    const wider = { ...rowSchema('after'), fields: [...rowSchema('after').fields, text('added')] };
    const changed = { ...EVENT_SCHEMA, fields: [before, wider, ...others.slice(1)] as typeof EVENT_SCHEMA.fields };
    expect(() => routed({}, { value: anEvent({ after: { id: 1, added: 'x' } }, {}, changed) })).toThrow(TransformError);
  });
});
