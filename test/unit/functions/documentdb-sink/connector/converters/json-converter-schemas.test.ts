import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { CONNECT, stored } from '../../../../../support/converted.ts';

const JSON_SCHEMA = { 'value.converter': `${CONNECT}.json.JsonConverter` };

const enveloped = (schema: unknown, payload: unknown) => JSON.stringify({ schema, payload });

const struct = (...fields: object[]) => ({ type: 'struct', fields });

describe('JsonConverter with schemas', () => {
  it('has the BSON type that the schema says', () => {
    const schema = struct(
      { field: 'int8', type: 'int8' },
      { field: 'int16', type: 'int16' },
      { field: 'int32', type: 'int32' },
      { field: 'int64', type: 'int64' },
      { field: 'float', type: 'float' },
      { field: 'double', type: 'double' },
      { field: 'boolean', type: 'boolean' },
      { field: 'string', type: 'string' },
      { field: 'bytes', type: 'bytes' },
    );
    const payload = {
      int8: 1,
      int16: 2,
      int32: 3,
      int64: 4,
      float: 0.1,
      double: 5,
      boolean: true,
      string: 's',
      bytes: 'S2Fma2Egcm9ja3Mh',
    };
    expect(stored(JSON_SCHEMA, enveloped(schema, payload))).toBe(
      '{"int8":{"$numberInt":"1"},"int16":{"$numberInt":"2"},"int32":{"$numberInt":"3"},"int64":{"$numberLong":"4"},' +
        '"float":{"$numberDouble":"0.10000000149011612"},"double":{"$numberDouble":"5.0"},"boolean":true,"string":"s",' +
        '"bytes":{"$binary":{"base64":"S2Fma2Egcm9ja3Mh","subType":"00"}}}',
    );
  });

  it('understands the logical types', () => {
    const named = (name: string, type: string) => ({
      field: name,
      type,
      name: `org.apache.kafka.connect.data.${name}`,
    });
    const schema = struct(named('Date', 'int32'), named('Time', 'int32'), named('Timestamp', 'int64'), {
      ...named('Decimal', 'bytes'),
      parameters: { scale: '4' },
    });
    const unscaled = Buffer.from((123_456_789).toString(16).padStart(8, '0'), 'hex').toString('base64');
    const payload = { Date: 17_242, Time: 43_200_000, Timestamp: 1_489_708_800_000, Decimal: unscaled };
    expect(stored(JSON_SCHEMA, enveloped(schema, payload))).toBe(
      '{"Date":{"$date":{"$numberLong":"1489708800000"}},"Time":{"$date":{"$numberLong":"43200000"}},' +
        '"Timestamp":{"$date":{"$numberLong":"1489708800000"}},"Decimal":{"$numberDecimal":"12345.6789"}}',
    );
    const decimal = struct({ ...named('Decimal', 'bytes'), parameters: { scale: '2' } });
    expect(stored(JSON_SCHEMA, `{"schema":${JSON.stringify(decimal)},"payload":{"Decimal":12.50}}`)).toBe(
      '{"Decimal":{"$numberDecimal":"12.50"}}',
    );
    expect(stored(JSON_SCHEMA, enveloped(decimal, { Decimal: '/w==' }))).toBe('{"Decimal":{"$numberDecimal":"-0.01"}}');
  });

  it('goes into structs, arrays and maps', () => {
    const inner = struct({ field: 'k', type: 'string', optional: true });
    const schema = struct(
      { field: 'struct', ...inner },
      { field: 'array', type: 'array', items: { type: 'array', items: { type: 'int32' } } },
      { field: 'structs', type: 'array', items: { ...inner, optional: true } },
      { field: 'map', type: 'map', keys: { type: 'string' }, values: { type: 'int64' } },
      {
        field: 'arrays',
        type: 'map',
        keys: { type: 'string' },
        values: { type: 'array', items: { type: 'string', optional: true }, optional: true },
      },
    );
    const payload = {
      struct: {},
      array: [[1], []],
      structs: [{ k: 'a' }, null],
      map: { b: 1, a: 2 },
      arrays: { x: ['a', null], y: null },
    };
    expect(stored(JSON_SCHEMA, enveloped(schema, payload))).toBe(
      '{"struct":{"k":null},"array":[[{"$numberInt":"1"}],[]],"structs":[{"k":"a"},null],' +
        '"map":{"a":{"$numberLong":"2"},"b":{"$numberLong":"1"}},"arrays":{"x":["a",null],"y":null}}',
    );
  });

  it('puts defaults and nulls where values are missing, and fields of the schema alone', () => {
    const schema = struct(
      { field: 'a', type: 'int32', default: 7 },
      { field: 'b', type: 'string', optional: true },
      { field: 'c', type: 'string', optional: true, default: 'd' },
    );
    expect(stored(JSON_SCHEMA, enveloped(schema, { c: null, other: 1 }))).toBe(
      '{"a":{"$numberInt":"7"},"b":null,"c":"d"}',
    );
    const kept = { ...JSON_SCHEMA, 'value.converter.replace.null.with.default': 'false' };
    // As Connect's Struct.get has it, the default shows all the same where null is allowed.
    expect(stored(kept, enveloped(schema, { a: 1, c: null }))).toBe('{"a":{"$numberInt":"1"},"b":null,"c":"d"}');
    expect(stored(kept, enveloped(schema, { c: null }))).toMatch(
      /^refused: .* a int32 that is required is null or missing/,
    );
  });

  it('reads a payload without a schema as JSON alone, a text as JSON, bytes as BSON and null as nothing', () => {
    expect(stored(JSON_SCHEMA, enveloped(null, { b: 1, a: 2.0 }))).toBe(
      '{"a":{"$numberLong":"2"},"b":{"$numberLong":"1"}}',
    );
    expect(stored(JSON_SCHEMA, enveloped({ type: 'string' }, '{"a": 1}'))).toBe('{"a":{"$numberInt":"1"}}');
    expect(stored(JSON_SCHEMA, enveloped(null, { a: [1, { c: 1, b: 2 }, null] }))).toBe(
      '{"a":[{"$numberLong":"1"},{"b":{"$numberLong":"2"},"c":{"$numberLong":"1"}},null]}',
    );
    const bytes = Buffer.from(BSON.serialize({ a: 1 })).toString('base64');
    expect(stored(JSON_SCHEMA, enveloped({ type: 'bytes' }, bytes))).toBe('{"a":{"$numberInt":"1"}}');
    expect(stored(JSON_SCHEMA, enveloped({ type: 'string', optional: true }, null))).toBe('nothing');
  });

  it.each([
    ['{"a": 1}', 'requires "schema" and "payload" fields'],
    ['{"schema": null, "payload": {}, "more": 1}', 'requires "schema" and "payload" fields'],
    [enveloped({ type: 'int32' }, 5), 'No converter present'],
    [enveloped({ type: 'mystery' }, {}), 'its type is not a type of Kafka Connect'],
    [enveloped(struct({ type: 'int32' }), {}), 'a field of a struct has no name'],
    [enveloped(struct({ field: 'a', type: 'string' }), { a: 1 }), 'is of another type'],
    [enveloped(struct({ field: 'a', type: 'bytes' }), { a: '*' }), 'bytes are not base64'],
    [
      enveloped(struct({ field: 'a', type: 'map', keys: { type: 'int32' }, values: { type: 'int32' } }), {
        a: [[1, 2]],
      }),
      'keys are strings',
    ],
    [
      enveloped(struct({ field: 'a', type: 'int32', name: 'org.apache.kafka.connect.data.Time' }), { a: 86_400_001 }),
      'is not between 0 and 86400000 ms',
    ],
    [
      enveloped(struct({ field: 'a', type: 'bytes', name: 'org.apache.kafka.connect.data.Decimal' }), { a: '/w==' }),
      'scale parameter',
    ],
  ])('refuses %s', (content, detail) => {
    expect(stored(JSON_SCHEMA, content)).toMatch(/^refused: Could not convert value into a BsonDocument: /);
    expect(stored(JSON_SCHEMA, content)).toContain(detail);
  });

  const logical = (name: string, type: string, more: object = {}) =>
    struct({ field: 'a', type, name: `org.apache.kafka.connect.data.${name}`, ...more });
  const scaled = (scale: unknown) => logical('Decimal', 'bytes', { parameters: { scale, other: 'x' } });
  const base64 = (length: number) =>
    Buffer.alloc(length, Buffer.from([0]))
      .fill(1, length - 1)
      .toString('base64');

  it.each([
    [logical('Date', 'int32'), 100_000_000, '{"$date":{"$numberLong":"8640000000000000"}}'],
    [logical('Date', 'int32'), -1, '{"$date":{"$numberLong":"-86400000"}}'],
    [logical('Time', 'int32'), 0, '{"$date":{"$numberLong":"0"}}'],
    [logical('Time', 'int32'), 86_400_000, '{"$date":{"$numberLong":"86400000"}}'],
    [logical('Timestamp', 'int64'), 8.64e15, '{"$date":{"$numberLong":"8640000000000000"}}'],
    [scaled('2'), 'AA==', '{"$numberDecimal":"0.00"}'],
    [scaled('-1'), 'AQ==', '{"$numberDecimal":"1E+1"}'],
    [scaled('0'), base64(32), '{"$numberDecimal":"1"}'],
    [struct({ field: 'a', type: 'bytes' }), 'QUI=QUI=', '{"$binary":{"base64":"QUJBQg==","subType":"00"}}'],
    [struct({ field: 'a', type: 'bytes' }), ' QUJD QQ== ', '{"$binary":{"base64":"QUJDQQ==","subType":"00"}}'],
    [struct({ field: 'a', type: 'int32', name: 5 }), 1, '{"$numberInt":"1"}'],
    [
      struct({ field: 'a', type: 'array', items: { type: 'int32' } }),
      { x: 1, y: 2 },
      '[{"$numberInt":"1"},{"$numberInt":"2"}]',
    ],
    [struct({ field: 'a', type: 'array', items: { type: 'int32' } }), 5, '[]'],
  ])('reads with the schema %j the value %j', (schema, value, expected) => {
    expect(stored(JSON_SCHEMA, enveloped(schema, { a: value }))).toBe(`{"a":${expected}}`);
  });

  it.each([
    [logical('Date', 'int32'), 100_000_001, 'a date is outside the range of dates'],
    [logical('Date', 'int32'), 2_147_483_648, 'a Date does not fit into 32 bits'],
    [logical('Date', 'int32'), 1.5, 'a Date is not a whole number'],
    [logical('Date', 'int32'), 'x', 'a Date is not a whole number'],
    [logical('Time', 'int32'), -1, 'a Time is not between 0 and 86400000 ms'],
    [logical('Time', 'int32'), 1.5, 'a Time is not a whole number'],
    [logical('Timestamp', 'int64'), 8.640000000000001e15, 'a date is outside the range of dates'],
    [logical('Timestamp', 'int64'), '5', 'a Timestamp is not a whole number'],
    [
      struct({ field: 'a', type: 'map', keys: { type: 'string' }, values: { type: 'int32' } }),
      [1],
      'a map whose keys are strings must be an object',
    ],
    [struct({ field: 'a', ...struct({ field: 'b', type: 'int32' }) }), [1], 'a struct must be an object'],
    [scaled('2'), true, 'a Decimal is neither a number nor bytes'],
    [scaled('2'), '', 'a Decimal must have 1 to 32 bytes'],
    [scaled('2'), base64(33), 'a Decimal must have 1 to 32 bytes'],
    [scaled('2'), 'f'.repeat(40), 'a Decimal has more digits than a Decimal128 holds'],
    [scaled('x'), 'AQ==', 'the scale parameter of a Decimal is missing'],
    [scaled(2), 'AQ==', 'the parameters of a schema must be strings'],
    [{ fields: [] }, 1, "a schema must contain 'type'"],
    [{ type: 5 }, 1, "a schema must contain 'type'"],
    [struct({ field: '', type: 'int32' }), 1, 'a field of a struct has no name'],
    [
      struct({ field: 'a', type: 'int32' }, { field: 'a', type: 'int32' }),
      1,
      'a struct has two fields with the same name',
    ],
  ])('refuses with the schema %j the value %j', (schema, value, detail) => {
    expect(stored(JSON_SCHEMA, enveloped(schema, { a: value }))).toContain(detail);
  });

  it('wraps numbers as Java does where they do not fit', () => {
    const schema = struct({ field: 'a', type: 'int8' }, { field: 'b', type: 'int32' }, { field: 'c', type: 'int32' });
    expect(stored(JSON_SCHEMA, enveloped(schema, { a: 300, b: 4_294_967_297, c: 2.9 }))).toBe(
      '{"a":{"$numberInt":"44"},"b":{"$numberInt":"1"},"c":{"$numberInt":"2"}}',
    );
  });
});
