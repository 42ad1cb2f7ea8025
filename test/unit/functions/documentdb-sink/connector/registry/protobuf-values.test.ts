import { describe, expect, it } from 'vitest';
import { UnsupportedSchemaError } from '../../../../../../functions/documentdb-sink/connector/registry/errors.ts';
import { compileProtobuf } from '../../../../../../functions/documentdb-sink/connector/registry/protobuf/compile-protobuf.ts';
import { protobufOptionsOf } from '../../../../../../functions/documentdb-sink/connector/registry/protobuf/protobuf-options.ts';
import type { Schema } from '../../../../../../functions/documentdb-sink/connector/transforms/data/schema.ts';
import { bsonOf } from '../../../../../../functions/documentdb-sink/connector/transforms/data/to-document.ts';

type Options = Readonly<Record<string, string>>;

/** Reads the bytes as the first message of the schema. */
const read = (text: string, bytes: readonly number[] = [], options: Options = {}) =>
  compileProtobuf(text, new Map(), protobufOptionsOf(new Map(Object.entries(options))))(Buffer.from([0, ...bytes]));

function documentOf(text: string, bytes: readonly number[], options?: Options): unknown {
  const { schema, value } = read(text, bytes, options);
  return bsonOf(value, schema);
}

const proto3 = (text: string): string => `syntax = "proto3"; package shop; ${text}`;
const proto2 = (text: string): string => `syntax = "proto2"; package shop; ${text}`;

/** The schema of each field. */
function fieldsOf(text: string, options?: Options): Readonly<Record<string, Schema>> {
  const { schema } = read(text, [], options);
  return schema?.type === 'struct' ? Object.fromEntries(schema.fields.map(({ name, schema: own }) => [name, own])) : {};
}

describe('a message in Protobuf', () => {
  /** Tags: the field's number by eight, and the wire type. */
  const [VARINT_1, BYTES_1, START_1, FIXED_1] = [0x08, 0x0a, 0x0b, 0x0d];

  it('passes over a list of numbers in a form that is neither its own nor packed', () => {
    const list = proto3('message A { repeated int32 list = 1; int32 last = 2; }');
    const bytes = [FIXED_1, 1, 0, 0, 0, VARINT_1, 5, BYTES_1, 2, 6, 7, 0x10, 8];
    expect(documentOf(list, bytes)).toEqual(
      new Map<string, unknown>([
        ['list', [5, 6, 7]],
        ['last', 8],
      ]),
    );
  });

  it('puts a message together that comes twice, and makes two of a list', () => {
    const inner = 'message B { int32 x = 1; int32 y = 2; }';
    const bytes = [BYTES_1, 2, VARINT_1, 5, BYTES_1, 2, 0x10, 6];
    const point = (x: number, y: number) =>
      new Map([
        ['x', x],
        ['y', y],
      ]);
    expect(documentOf(proto3(`message A { B b = 1; } ${inner}`), bytes)).toEqual(new Map([['b', point(5, 6)]]));
    expect(documentOf(proto3(`message A { repeated B b = 1; } ${inner}`), bytes)).toEqual(
      new Map([['b', [point(5, 0), point(0, 6)]]]),
    );
  });

  it.each([0x0e, 0x0f])('refuses the form %i, which there is not, in an unknown group', (wrong) => {
    expect(() => read(proto3('message A { }'), [START_1, wrong])).toThrow('does not fit its Protobuf schema');
  });

  it('refuses a number of more than ten bytes', () => {
    const number = [VARINT_1, ...Array<number>(10).fill(0x80), 0];
    expect(() => read(proto3('message A { int64 i = 1; }'), number)).toThrow('does not fit its Protobuf schema');
    expect(() => read(proto3('message A { int32 i = 1; }'), number)).toThrow('does not fit its Protobuf schema');
  });

  it('refuses a length below 0, from which a reader would go back', () => {
    const minusOne = [0xff, 0xff, 0xff, 0xff, 0xff, 0x80, 0x80, 0x80, 0x80, VARINT_1];
    expect(() => read(proto3('message A { int32 i = 1; }'), [0x12, ...minusOne, 5])).toThrow('does not fit');
  });

  it.each(['optional', 'repeated'])('lacks what an %s message in it requires', (label) => {
    const text = proto2(`message A { ${label} B b = 1; } message B { required int32 x = 1; }`);
    expect(() => read(text, [BYTES_1, 0])).toThrow('lacks a field that its Protobuf schema requires');
    expect(documentOf(text, [])).toEqual(new Map([['b', label === 'optional' ? null : []]]));
  });

  it.each([
    ['other names', 'int32 id = 1; int32 value = 2;', { id: 5, value: 6 }],
    ['a third field', 'int32 key = 1; int32 value = 2; int32 third = 3;', { key: 5, value: 6, third: 0 }],
    ['a list as its value', 'int32 key = 1; repeated int32 value = 2;', { key: 5, value: [6] }],
  ])('has a list, and no map, of entries with %s', (_what, fields, expected) => {
    const text = proto3(`message A { repeated PairEntry pairs = 1; } message PairEntry { ${fields} }`);
    expect(documentOf(text, [BYTES_1, 4, VARINT_1, 5, 0x10, 6])).toEqual(
      new Map([['pairs', [new Map<string, unknown>(Object.entries(expected))]]]),
    );
  });
});

describe('a message that Connect has a type of its own for', () => {
  const varint = (number: number): readonly number[] => {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, BigInt(number));
    for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    return [...bytes, Number(rest)];
  };
  /** The fields 1, 2 and 3. */
  const numbers = (...values: readonly number[]) => values.flatMap((each, index) => [8 * (index + 1), ...varint(each)]);
  const inField = (bytes: readonly number[]) => [0x0a, bytes.length, ...bytes];
  const text = (type: string) =>
    proto3(`import "google/type/date.proto"; import "confluent/type/decimal.proto";
    message A { ${type} f = 1; }`);

  it.each([
    [2023, 2, 28, '2023-02-28'],
    [2024, 12, 31, '2024-12-31'],
    // In Julian's calendar, in which 1500 is a leap year.
    [1500, 2, 29, '1500-03-10'],
    [1, 1, 1, '0000-12-30'],
  ])('is the day %i-%i-%i', (year, month, day, expected) => {
    const read = documentOf(text('google.type.Date'), inField(numbers(year, month, day)));
    expect(read).toEqual(new Map([['f', new Date(`${expected}T00:00:00Z`)]]));
  });

  it.each([
    [2023, 2, 29],
    [2023, 13, 1],
    [2023, 1, 367],
    [2023, 1, 0],
    [1501, 2, 29],
    [1500, 1, 0],
    [1500, 13, 1],
    [0, 12, 31],
  ])('is no day: %i-%i-%i', (year, month, day) => {
    const bytes = inField(numbers(year, month, day));
    expect(() => documentOf(text('google.type.Date'), bytes)).toThrow('a google.type.Date is no day');
  });

  it('is a decimal of less than 1e9 digits behind the point', () => {
    const decimal = (scale: number) => inField([0x0a, 1, 7, 0x18, ...varint(scale)]);
    const type = text('confluent.type.Decimal');
    expect(read(type, decimal(999_999_999)).value).not.toBeNull();
    expect(() => read(type, decimal(1e9))).toThrow('a confluent.type.Decimal has no bytes, or is out of range');
    expect(() => read(type, decimal(-1e9))).toThrow('a confluent.type.Decimal has no bytes, or is out of range');
  });

  it.each([
    ['2', '2'],
    ['+02', '2'],
    ['-12', '-12'],
    ['123456789', '123456789'],
    ['1234567890', '0'],
    ['x1', '0'],
    ['1x', '0'],
    ['', '0'],
  ])('has the scale %s of its field as %s', (written, scale) => {
    const meta = `[(confluent.field_meta) = { params: [ { key: "scale", value: "${written}" } ] }]`;
    const decimal = 'import "confluent/type/decimal.proto"; import "confluent/meta.proto";';
    const fields = fieldsOf(proto3(`${decimal} message A { confluent.type.Decimal f = 1 ${meta}; }`));
    expect(fields['f']).toMatchObject({ type: 'bytes', isOptional: true, version: 1 });
    expect(fields['f']?.parameters).toEqual(new Map([['scale', scale]]));
  });

  it.each([
    ['google/type/date.proto', 'google.type.Date', 'Date', 'int32'],
    ['google/type/timeofday.proto', 'google.type.TimeOfDay', 'Time', 'int32'],
    ['google/protobuf/timestamp.proto', 'google.protobuf.Timestamp', 'Timestamp', 'int64'],
  ])('has, of %s, the schema of %s', (file, name, own, type) => {
    expect(fieldsOf(proto3(`import "${file}"; message A { ${name} f = 1; }`))['f']).toMatchObject({
      name: `org.apache.kafka.connect.data.${own}`,
      type,
      isOptional: true,
      version: 1,
    });
  });
});

describe("Connect's schema of a message", () => {
  it('has the short names, or those with the package', () => {
    const text = proto3('message A { E e = 1; B b = 2; oneof kind { int32 i = 3; } } message B { } enum E { X = 0; }');
    const names = (options?: Options) => [
      read(text, [], options).schema?.name,
      ...Object.values(fieldsOf(text, options)).map(({ name }) => name),
    ];
    expect(names()).toEqual(['A', 'io.confluent.connect.protobuf.Union.kind', 'E', 'B']);
    expect(names({ 'enhanced.protobuf.schema.support': 'true' })).toEqual([
      'shop.A',
      'io.confluent.connect.protobuf.Union.shop.A.kind',
      'shop.E',
      'shop.B',
    ]);
  });

  it("has Connect's own name for a variant", () => {
    const variant = fieldsOf(
      proto3('import "confluent/type/variant.proto"; message A { confluent.type.Variant v = 1; }'),
    );
    expect(variant['v']?.name).toBe('org.apache.kafka.connect.data.Variant');
  });

  it('is required, and all in it may be null', () => {
    const { schema } = read(proto3('message A { }'));
    expect(schema).toMatchObject({ type: 'struct', isOptional: false, default: null });
    const text =
      'message A { repeated int32 list = 1; map<string, int32> map = 2; E e = 3; A a = 4; } enum E { X = 0; }';
    expect(fieldsOf(proto3(text))).toMatchObject({
      list: { type: 'array', isOptional: true, items: { type: 'int32', isOptional: true } },
      map: { type: 'map', isOptional: true, keys: { type: 'string' }, values: { type: 'int32', isOptional: true } },
      e: { type: 'string', isOptional: true },
      a: { type: 'struct', isOptional: true },
    });
  });

  it.each([
    [{}, true, true],
    [{ 'optional.for.nullables': 'true' }, false, true],
    [{ 'wrapper.for.nullables': 'true' }, false, false],
  ])('with %j says which numbers may be null', (options: Options, plain, optional) => {
    const fields = fieldsOf(proto3('message A { int32 plain = 1; optional int32 said = 2; }'), options);
    expect(fields).toMatchObject({ plain: { isOptional: plain }, said: { isOptional: optional } });
  });

  it.each([
    ['int32', 'int32'],
    ['uint32', 'int64'],
    ['fixed64', 'int64'],
    ['float', 'float32'],
    ['double', 'float64'],
    ['bool', 'boolean'],
    ['string', 'string'],
    ['bytes', 'bytes'],
  ])('has %s as %s', (kind, type) => {
    expect(fieldsOf(proto3(`message A { ${kind} f = 1; }`))['f']?.type).toBe(type);
  });

  it('cannot have two fields that Connect calls the same', () => {
    const text = proto3('message A { oneof kind { int32 i = 1; } int32 kind_0 = 2; }');
    expect(() => read(text)).toThrow('a message has two fields that Connect calls the same');
    expect(fieldsOf(text, { 'generate.index.for.unions': 'false' })).toHaveProperty('kind_0');
  });
});

describe('a message that contains itself, with generate.struct.for.nulls', () => {
  const options = { 'generate.struct.for.nulls': 'true' };

  it.each(['message A { int32 i = 1; A a = 2; }', 'message A { B b = 1; } message B { int32 i = 1; A a = 2; }'])(
    'has no end: %s',
    (text) => {
      expect(() => read(proto3(text), [], options)).toThrow(UnsupportedSchemaError);
    },
  );

  it.each([
    'message A { int32 i = 1; oneof kind { A a = 2; } }',
    'message A { int32 i = 1; repeated A a = 2; }',
    'message A { B b = 1; B c = 2; } message B { int32 i = 1; }',
  ])('has an end: %s', (text) => {
    expect(read(proto3(text), [], options).value).not.toBeNull();
  });
});
