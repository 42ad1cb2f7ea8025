import { describe, expect, it } from 'vitest';
import { readJson, TREE } from '../../../../../../../functions/documentdb-sink/connector/converters/json-converter.ts';
import { BigDecimal } from '../../../../../../../functions/documentdb-sink/connector/transforms/data/big-decimal.ts';
import { SmallNumber } from '../../../../../../../functions/documentdb-sink/connector/transforms/data/connect-value.ts';
import {
  connectValueOf,
  dateAt,
} from '../../../../../../../functions/documentdb-sink/connector/transforms/data/json-value.ts';
import {
  DECIMAL_NAME,
  logical,
  primitive,
  type Schema,
  structSchema,
} from '../../../../../../../functions/documentdb-sink/connector/transforms/data/schema.ts';
import { TransformError } from '../../../../../../../functions/documentdb-sink/connector/transforms/data/transform-error.ts';

const payloadFor = (schema: Schema | undefined, json: string, replaceNulls = true) =>
  connectValueOf(schema, readJson(Buffer.from(json), TREE), { replaceNulls });
const small = (type: 'int8' | 'int16' | 'int32', value: number) => new SmallNumber(type, value);
const decimal: Schema = { ...primitive('bytes'), name: DECIMAL_NAME, parameters: new Map([['scale', '2']]) };
const array: Schema = { ...primitive('bytes'), type: 'array', items: primitive('int64') };
const mapOf = (keys: Schema): Schema => ({ ...primitive('bytes'), type: 'map', keys, values: primitive('int64') });
const struct = structSchema([{ name: 'a', schema: primitive('int64') }]);

describe('a payload of Connect', () => {
  it.each<[Schema | undefined, string, unknown]>([
    [undefined, '1', 1n],
    [undefined, '1.5', 1.5],
    [undefined, '[true, "x", null]', [true, 'x', null]],
    [undefined, '{"a": {"b": 1}}', new Map([['a', new Map([['b', 1n]])]])],
    [primitive('boolean'), 'true', true],
    [primitive('boolean'), '1', false],
    [primitive('int8'), '300', small('int8', 44)],
    [primitive('int16'), '70000', small('int16', 4_464)],
    [primitive('int32'), '"5"', small('int32', 0)],
    [primitive('float32'), '0.1', new SmallNumber('float32', Math.fround(0.1))],
    [primitive('float64'), '-0.0', 0],
    [primitive('string'), '5', null],
    [primitive('bytes'), '"AQI="', Buffer.from([1, 2])],
    [primitive('bytes'), '5', null],
    [{ ...primitive('int64'), default: 7n }, 'null', 7n],
    [primitive('int64', true), 'null', null],
    [array, '[1, 2]', [1n, 2n]],
    [array, '{"x": 1, "y": 2}', [1n, 2n]],
    [array, '5', []],
    [mapOf(primitive('string')), '{"a": 1}', new Map([['a', 1n]])],
    [
      mapOf(primitive('int64')),
      '[[1, 2], [3, 4]]',
      new Map([
        [1n, 2n],
        [3n, 4n],
      ]),
    ],
    [logical('Date', false), '100000000', new Date(8.64e15)],
    [logical('Date', false), '-1', new Date(-86_400_000)],
    [logical('Time', false), '0', new Date(0)],
    [logical('Time', false), '86400000', new Date(86_400_000)],
    [logical('Timestamp', false), '-8640000000000000', new Date(-8.64e15)],
    [decimal, '12.50', new BigDecimal(1_250n, 2)],
    [decimal, '"/w=="', new BigDecimal(-1n, 2)],
  ])('is read by its schema: %#', (schema, json, expected) => {
    expect(payloadFor(schema, json)).toEqual(expected);
  });

  it('is a struct of its fields', () => {
    expect(payloadFor(struct, '{"a": 5, "b": 6}')).toMatchObject({ schema: struct });
  });

  it.each<[Schema, string, string]>([
    [primitive('int64'), 'null', 'a int64 that is required is null or missing'],
    [struct, '[1]', 'a struct must be an object'],
    [mapOf(primitive('string')), '[1]', 'a map whose keys are strings must be an object'],
    [mapOf(primitive('int64')), '{"a": 1}', 'a map whose keys are not strings must be an array of pairs'],
    [mapOf(primitive('int64')), '[[1, 2, 3]]', 'an entry of a map is not a pair'],
    [mapOf(primitive('int64')), '[{"a": 1, "b": 2}]', 'an entry of a map is not a pair'],
    [logical('Date', false), '100000001', 'a date is outside the range of dates'],
    [logical('Date', false), '2147483648', 'a date or a time does not fit into its bits'],
    [logical('Date', false), '1.5', 'a date or a time is not a whole number'],
    [logical('Date', false), '"1"', 'a date or a time is not a whole number'],
    [logical('Time', false), '-1', 'a Time is not within one day'],
    [logical('Time', false), '86400001', 'a Time is not within one day'],
    [logical('Timestamp', false), '8640000000000001', 'a date is outside the range of dates'],
    [decimal, '1e2000', 'a Decimal is out of range'],
    [decimal, 'true', 'a Decimal is neither a number nor bytes'],
    [decimal, '""', 'a Decimal has no bytes, too many, or no scale'],
  ])('is refused by its schema: %#', (schema, json, reason) => {
    expect(() => payloadFor(schema, json)).toThrow(TransformError);
    expect(() => payloadFor(schema, json)).toThrow(reason);
  });

  it('has no default in place of a null where that is switched off', () => {
    const optional: Schema = { ...primitive('int64', true), default: 7n };
    expect(payloadFor(optional, 'null', false)).toBeNull();
    expect(() => payloadFor({ ...primitive('int64'), default: 7n }, 'null', false)).toThrow('is null or missing');
  });
});

describe('a date', () => {
  it.each([8_640_000_000_000_000n, -8_640_000_000_000_000n, 0n])('is within the range of JavaScript: %s', (ms) => {
    expect(dateAt(ms)).toEqual(new Date(Number(ms)));
  });

  it.each([8_640_000_000_000_001n, -8_640_000_000_000_001n])('is not beyond it: %s', (ms) => {
    expect(() => dateAt(ms)).toThrow('a date is outside the range of dates');
  });
});
