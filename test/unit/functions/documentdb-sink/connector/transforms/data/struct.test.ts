import { describe, expect, it } from 'vitest';
import { BigDecimal } from '../../../../../../../functions/documentdb-sink/connector/transforms/data/big-decimal.ts';
import {
  type ConnectValue,
  SmallNumber,
} from '../../../../../../../functions/documentdb-sink/connector/transforms/data/connect-value.ts';
import { decimalOfBytes } from '../../../../../../../functions/documentdb-sink/connector/transforms/data/decimal-bytes.ts';
import {
  areEqual,
  basicsOf,
  DECIMAL_NAME,
  fieldOf,
  logical,
  primitive,
  type Schema,
  structSchema,
} from '../../../../../../../functions/documentdb-sink/connector/transforms/data/schema.ts';
import { Struct, validate } from '../../../../../../../functions/documentdb-sink/connector/transforms/data/struct.ts';
import { TransformError } from '../../../../../../../functions/documentdb-sink/connector/transforms/data/transform-error.ts';

const arrayOf = (items: Schema): Schema => ({ ...primitive('bytes'), type: 'array', items });
const mapOf = (keys: Schema, values: Schema): Schema => ({ ...primitive('bytes'), type: 'map', keys, values });
const inner = structSchema([{ name: 'a', schema: primitive('int64') }]);
const decimal: Schema = { ...primitive('bytes'), name: DECIMAL_NAME, parameters: new Map([['scale', '2']]) };
const small = new SmallNumber('int8', 1);

describe('a value and its schema', () => {
  it.each<[Schema, ConnectValue]>([
    [primitive('int64'), 1n],
    [primitive('int8'), small],
    [primitive('int64', true), null],
    [decimal, new BigDecimal(1n, 2)],
    [logical('Date', false), new Date(0)],
    [arrayOf(primitive('int64')), [1n, 2n]],
    [arrayOf(primitive('int64', true)), [null]],
    [mapOf(primitive('string'), primitive('int64')), new Map([['a', 1n]])],
    [inner, Struct.of(inner, () => 1n)],
  ])('fit: %#', (schema, value) => {
    expect(() => validate(schema, value)).not.toThrow();
  });

  it.each<[Schema, ConnectValue, string]>([
    [primitive('int64'), null, 'a int64 that is required is null'],
    [primitive('int64'), 'x', 'a value does not fit its schema of type int64'],
    [primitive('int16'), small, 'a value does not fit its schema of type int16'],
    [decimal, new Uint8Array([1]), 'a value does not fit its schema of type bytes'],
    [logical('Time', false), 5n, 'a value does not fit its schema of type int32'],
    [arrayOf(primitive('int64')), [1n, 'x'], 'a value does not fit its schema of type int64'],
    [arrayOf(primitive('int64')), [null], 'a int64 that is required is null'],
    [mapOf(primitive('string'), primitive('int64')), new Map([['a', 'x']]), 'of type int64'],
    [mapOf(primitive('string'), primitive('int64')), new Map([[5n, 1n]]), 'of type string'],
    [structSchema([]), Struct.of(inner, () => 1n), 'a struct has another schema than its field'],
    [inner, Struct.of(inner, () => undefined), 'a int64 that is required is null'],
  ])('do not fit: %#', (schema, value, reason) => {
    expect(() => validate(schema, value)).toThrow(TransformError);
    expect(() => validate(schema, value)).toThrow(reason);
  });
});

describe('a struct', () => {
  const schema = structSchema([
    { name: 'a', schema: { ...primitive('int64'), default: 7n } },
    { name: 'b', schema: primitive('string', true) },
  ]);
  const struct = Struct.of(schema, (name) => (name === 'b' ? 'x' : undefined));

  it('has the default of a field that is not set', () => {
    expect([struct.get('a'), struct.getWithoutDefault('a'), struct.get('b')]).toEqual([7n, null, 'x']);
    expect(() => struct.validate()).not.toThrow();
  });

  it('has no other field', () => {
    expect(() => struct.get('c')).toThrow('the struct has no field c');
    expect(() => struct.getWithoutDefault('c')).toThrow('the struct has no field c');
  });

  it('finds a field of many without a look at all of them', () => {
    let looks = 0;
    const fields = Array.from({ length: 1_000 }, (_, index) => ({
      get name() {
        looks += 1;
        return `f${index}`;
      },
      schema: primitive('string', true),
    }));
    const sparse = Struct.of({ ...schema, fields }, () => null);
    expect(fields.map(({ name }) => sparse.get(name))).toEqual(fields.map(() => null));
    expect(looks).toBeLessThan(10_000);
  });

  it('finds the fields that its schema has got since', () => {
    const fields = Array.from({ length: 20 }, (_, index) => ({ name: `f${index}`, schema: primitive('string', true) }));
    const growing = { ...schema, fields };
    expect(fieldOf(growing, 'late')).toBeUndefined();
    fields.push({ name: 'late', schema: primitive('string', true) });
    expect(fieldOf(growing, 'late')).toBe(fields.at(-1));
  });

  it('in many structs is looked at once, not once for each that contains it', () => {
    let looks = 0;
    const leaf = {
      ...primitive('string', true),
      get type() {
        looks += 1;
        return 'string' as const;
      },
    };
    let inside = Struct.of(structSchema([{ name: 'a', schema: leaf }]), () => 'x');
    for (let depth = 0; depth < 50; depth += 1) {
      const outside = structSchema([{ name: 'a', schema: inside.schema }]);
      const value = inside;
      inside = Struct.of(outside, () => value);
    }
    expect(looks).toBeLessThan(10);
  });

  it('is made of values that fit', () => {
    expect(() => Struct.of(schema, () => 5n)).toThrow(TransformError);
  });
});

describe('the schema of a struct', () => {
  it('has fields with names, each once', () => {
    const field = (name: string) => ({ name, schema: primitive('int64') });
    expect(() => structSchema([field('')])).toThrow('a field of a struct has no name');
    expect(() => structSchema([field('a'), field('a')])).toThrow('a struct has two fields with the same name');
    expect(structSchema([field('a')])).toMatchObject({ isOptional: false, default: null });
  });

  it('is compared by what is in it, and handed on without default', () => {
    expect(areEqual(inner, structSchema([{ name: 'a', schema: primitive('int64') }]))).toBe(true);
    expect(areEqual(inner, structSchema([{ name: 'a', schema: primitive('int64', true) }]))).toBe(false);
    const basics = { name: 'n', version: 1, doc: 'd', parameters: new Map([['a', 'b']]) };
    expect(basicsOf({ ...primitive('int64', true), ...basics, default: 5n })).toEqual(basics);
  });
});

describe('a Decimal of bytes', () => {
  const scaled = (scale: string | undefined): Schema => ({
    ...primitive('bytes'),
    parameters: scale === undefined ? undefined : new Map([['scale', scale]]),
  });
  const bytes = (...all: readonly number[]) => Buffer.from(all);

  it.each([
    ['2', bytes(1), new BigDecimal(1n, 2)],
    ['-12', bytes(255), new BigDecimal(-1n, -12)],
    ['+3', bytes(1, 0), new BigDecimal(256n, 3)],
  ])('has the scale %s', (scale, content, expected) => {
    expect(decimalOfBytes(content, scaled(scale))).toEqual(expected);
  });

  it.each([undefined, '', 'x', '1x', 'x1', '1.5'])('is none with the scale %s', (scale) => {
    expect(decimalOfBytes(bytes(1), scaled(scale))).toBeUndefined();
  });

  it('is none without bytes, nor of more than 400', () => {
    expect(decimalOfBytes(bytes(), scaled('2'))).toBeUndefined();
    expect(decimalOfBytes(Buffer.alloc(400), scaled('2'))).toEqual(new BigDecimal(0n, 2));
    expect(decimalOfBytes(Buffer.alloc(401), scaled('2'))).toBeUndefined();
  });
});
