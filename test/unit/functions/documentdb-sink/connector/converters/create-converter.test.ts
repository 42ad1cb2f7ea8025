import fc from 'fast-check';
import { BSON, Double } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { createConverter } from '../../../../../../functions/documentdb-sink/connector/converters/create-converter.ts';
import { DEFAULTS } from '../../../../../../functions/documentdb-sink/connector/file/properties-table.ts';
import { TopicProperties } from '../../../../../../functions/documentdb-sink/connector/topic-properties.ts';
import { UnwritableError } from '../../../../../../functions/documentdb-sink/plan/unwritable-error.ts';
import { payloadOf } from '../../../../../../shared/record.ts';

const CONNECT = 'org.apache.kafka.connect';
const STRING = { 'value.converter': `${CONNECT}.storage.StringConverter` };
const JSON_ALONE = { 'value.converter': `${CONNECT}.json.JsonConverter`, 'value.converter.schemas.enable': 'false' };
const JSON_SCHEMA = { 'value.converter': `${CONNECT}.json.JsonConverter` };
const BYTES = { 'value.converter': `${CONNECT}.converters.ByteArrayConverter` };

const convert = (properties: object, content: string | Uint8Array) =>
  createConverter(
    new TopicProperties(new Map([...DEFAULTS, ...Object.entries(properties)])),
    'value',
  )(payloadOf(Buffer.from(content).toString('base64'))).document();

/** What a server would store, in canonical extended JSON, or why nothing would be. */
function stored(properties: object, content: string | Uint8Array): string {
  try {
    const document = convert(properties, content);
    if (document === undefined) return 'nothing';
    const bytes = BSON.serialize(document as unknown as BSON.Document);
    return BSON.EJSON.stringify(BSON.deserialize(bytes, { promoteValues: false, bsonRegExp: true }), {
      relaxed: false,
    });
  } catch (error) {
    if (error instanceof UnwritableError) return `refused: ${error.message}`;
    throw error;
  }
}

const enveloped = (schema: unknown, payload: unknown) => JSON.stringify({ schema, payload });
const struct = (...fields: object[]) => ({ type: 'struct', fields });

describe('StringConverter', () => {
  it("reads extended JSON as the driver's BsonDocument.parse does", () => {
    expect(stored(STRING, '{"a": 1, "b": 1.0, "c": 3000000000, "d": {"$oid": "599af247bb69cd89961c986d"}}')).toBe(
      '{"a":{"$numberInt":"1"},"b":{"$numberDouble":"1.0"},"c":{"$numberLong":"3000000000"},"d":{"$oid":"599af247bb69cd89961c986d"}}',
    );
    expect(stored(STRING, "{op: 'c'}")).toBe('{"op":"c"}');
  });

  it.each(['a', '', '5', '"text"', '[1]', '{"$oid":"599af247bb69cd89961c986d"}'])(
    'refuses %j, which is no document',
    (text) => {
      expect(stored(STRING, text)).toMatch(/^refused: Could not convert value into a BsonDocument: the value is /);
    },
  );
});

describe('JsonConverter without schemas', () => {
  it('makes whole numbers Int64 and all others Double', () => {
    expect(stored(JSON_ALONE, '{"a": 1, "b": 5.0, "c": 1e3, "d": -0.0, "e": 12.5, "f": 9223372036854775808}')).toBe(
      '{"a":{"$numberLong":"1"},"b":{"$numberDouble":"5.0"},"c":{"$numberDouble":"1000.0"},"d":{"$numberDouble":"0.0"},"e":{"$numberDouble":"12.5"},"f":{"$numberLong":"-9223372036854775808"}}',
    );
  });

  it('takes nothing for extended JSON', () => {
    expect(stored(JSON_ALONE, '{"a": {"$numberLong": "5"}}')).toBe('{"a":{"$numberLong":"5"}}');
    expect(convert(JSON_ALONE, '{"a": {"$numberLong": "5"}}')?.get('a')).toEqual(new Map([['$numberLong', '5']]));
  });

  // What `new HashMap<>()` of OpenJDK 17 made of names put into it in the first order.
  it.each([
    [
      ['b', 'a', 'orderId', 'AaAa', 'BBBB', 'AaBB'],
      ['a', 'b', 'orderId', 'AaAa', 'BBBB', 'AaBB'],
    ],
    [
      [
        'customer_id',
        'created_at',
        'name',
        'é',
        '😀',
        '',
        'quantity',
        'price',
        'currency',
        'orderId',
        'status',
        'lines',
        '0',
        '10',
        '9',
      ],
      [
        '',
        'quantity',
        'orderId',
        'created_at',
        'é',
        '0',
        'price',
        'name',
        '😀',
        '9',
        'currency',
        'customer_id',
        'lines',
        'status',
        '10',
      ],
    ],
    [
      [
        'yXAeY0',
        'pqYQM1',
        'N2',
        'ExkTjiuf3',
        '[]RMWz^n4',
        'RtuGCCmv5',
        'L`rdIJkuE6',
        'oK]Weh_zmT7',
        'F8',
        'HWDldwKZc9',
        'cAN10',
        'WWCXkTCE11',
      ],
      [
        'HWDldwKZc9',
        'WWCXkTCE11',
        'L`rdIJkuE6',
        'F8',
        '[]RMWz^n4',
        'N2',
        'yXAeY0',
        'pqYQM1',
        'RtuGCCmv5',
        'oK]Weh_zmT7',
        'cAN10',
        'ExkTjiuf3',
      ],
    ],
    [
      [
        'vCsCTtwNwL0',
        'Do1',
        'leBnpsm2',
        'CXDq3',
        'Rts4',
        'DJJPRBjcFfYI5',
        'ZQ`GEGHCZK6',
        'f7',
        'doyAKFGo8',
        'tA`TPLwNaB9',
        'Z10',
        'XYGRJz11',
        'RN`BrHKO12',
      ],
      [
        'tA`TPLwNaB9',
        'Rts4',
        'Do1',
        'ZQ`GEGHCZK6',
        'CXDq3',
        'DJJPRBjcFfYI5',
        'f7',
        'RN`BrHKO12',
        'vCsCTtwNwL0',
        'Z10',
        'leBnpsm2',
        'XYGRJz11',
        'doyAKFGo8',
      ],
    ],
  ])("has the fields %j in the order of Java's HashMap, which is part of an _id", (names, expected) => {
    const text = `{${names.map((name) => `${JSON.stringify(name)}: 1`)}}`;
    expect([...(convert(JSON_ALONE, text)?.keys() ?? [])]).toEqual(expected);
  });

  it('reads the text of a JSON string as a document, and null as nothing', () => {
    expect(stored(JSON_ALONE, '"{\\"a\\": 1}"')).toBe('{"a":{"$numberInt":"1"}}');
    for (const text of ['null', '', ' \n']) expect(stored(JSON_ALONE, text)).toBe('nothing');
  });

  it('is as lenient as Kafka Connect has Jackson be', () => {
    expect(stored(JSON_ALONE, '{"a": 007} rest')).toBe('{"a":{"$numberLong":"7"}}');
  });

  it.each([
    ['{a: 1}', 'the value is not JSON'],
    ['5', 'No converter present due to unexpected object type: the value is a number'],
    ['[1]', 'No converter present due to unexpected object type: the value is an array'],
    ['true', 'No converter present due to unexpected object type: the value is a boolean'],
  ])('refuses %j', (text, detail) => {
    expect(stored(JSON_ALONE, text)).toBe(`refused: Could not convert value into a BsonDocument: ${detail}`);
  });

  it('refuses bytes that are no UTF-8 rather than change them', () => {
    expect(stored(JSON_ALONE, Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d))).toMatch(/^refused/);
  });
});

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

  it('wraps numbers as Java does where they do not fit', () => {
    const schema = struct({ field: 'a', type: 'int8' }, { field: 'b', type: 'int32' }, { field: 'c', type: 'int32' });
    expect(stored(JSON_SCHEMA, enveloped(schema, { a: 300, b: 4_294_967_297, c: 2.9 }))).toBe(
      '{"a":{"$numberInt":"44"},"b":{"$numberInt":"1"},"c":{"$numberInt":"2"}}',
    );
  });
});

describe('ByteArrayConverter', () => {
  it('gives every document back byte by byte', () => {
    const { EJSON } = BSON;
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.boolean(),
        fc.constant(null),
        fc.double().map((number) => new Double(number)),
        fc.maxSafeInteger().map((number) => BSON.Long.fromNumber(number)),
        fc.integer(),
        fc.constantFrom(
          ...(EJSON.parse(
            '[{"$oid":"599af247bb69cd89961c986d"},{"$date":"2020-01-01T00:00:00Z"},{"$numberDecimal":"1.50"},{"$timestamp":{"t":1,"i":2}},{"$minKey":1},{"$maxKey":1},{"$code":"x"},{"$symbol":"y"},{"$regularExpression":{"pattern":"a","options":"i"}},{"$binary":{"base64":"a2Fma2E=","subType":"02"}},{"$uuid":"6d01622d-b3d5-466d-ae48-e414901af8f2"}]',
            { relaxed: false },
          ) as unknown[]),
        ),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(
          fc.string().filter((name) => !name.includes('\0')),
          tie('value'),
          { maxKeys: 3 },
        ),
      ),
    })).value;
    const document = fc.array(fc.tuple(fc.constantFrom('z', '10', '9', 'a', '$x'), value), { maxLength: 4 });
    fc.assert(
      fc.property(document, (fields) => {
        const bytes = BSON.serialize(new Map(fields) as unknown as BSON.Document);
        const read = convert(BYTES, bytes);
        expect(Buffer.from(BSON.serialize(read as unknown as BSON.Document)).toString('hex')).toBe(
          Buffer.from(bytes).toString('hex'),
        );
      }),
    );
  });

  it('refuses bytes that are no BSON document, wherever they go wrong', () => {
    const bytes = Buffer.from(BSON.serialize({ a: 'text', b: { c: [1] } }));
    for (let length = 0; length < bytes.length; length += 1) {
      expect(stored(BYTES, bytes.subarray(0, length))).toMatch(/^refused: .* the value is not BSON$/);
    }
    expect(stored(BYTES, Buffer.from('{"a": 1}'))).toMatch(/^refused/);
    // It ends before or behind the length it says it has.
    for (const wrong of [-1, 1]) {
      const other = Buffer.concat([bytes, Buffer.alloc(1)]);
      other.writeInt32LE(bytes.length + wrong);
      expect(stored(BYTES, other)).toMatch(/^refused: .* the value is not BSON$/);
    }
  });
});

describe('a converter of numbers', () => {
  it('gives no document', () => {
    expect(stored({ 'value.converter': `${CONNECT}.converters.LongConverter` }, Buffer.alloc(8))).toMatch(
      /^refused: Could not convert value into a BsonDocument: No converter present due to unexpected object type/,
    );
  });
});
