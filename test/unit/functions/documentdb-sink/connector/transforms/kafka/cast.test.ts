import { describe, expect, it } from 'vitest';
import { readConnector } from '../../../../../../../functions/documentdb-sink/connector/file/read-connector.ts';
import { BigDecimal } from '../../../../../../../functions/documentdb-sink/connector/transforms/data/big-decimal.ts';
import {
  type ConnectValue,
  SmallNumber,
} from '../../../../../../../functions/documentdb-sink/connector/transforms/data/connect-value.ts';
import {
  DECIMAL_NAME,
  logical,
  primitive,
} from '../../../../../../../functions/documentdb-sink/connector/transforms/data/schema.ts';
import { TransformError } from '../../../../../../../functions/documentdb-sink/connector/transforms/data/transform-error.ts';
import {
  cutToSmall,
  saturated64,
  smallOfDouble,
  smallOfWhole,
} from '../../../../../../../functions/documentdb-sink/connector/transforms/kafka/types/cast-number.ts';
import {
  type CastType,
  castValue,
} from '../../../../../../../functions/documentdb-sink/connector/transforms/kafka/types/cast-value.ts';
import {
  doubleText,
  floatText,
} from '../../../../../../../functions/documentdb-sink/connector/transforms/kafka/types/java-number-text.ts';
import { mapperOfConnector } from '../../../../../../../functions/documentdb-sink/connector/transforms/mapper-of-connector.ts';
import { SettingsError } from '../../../../../../../shared/errors.ts';

const float = (value: number) => new SmallNumber('float32', Math.fround(value));
const small = (type: 'int8' | 'int16' | 'int32', value: number) => new SmallNumber(type, value);
const INT64_MAX = 2n ** 63n - 1n;
const DAY_MS = 86_400_000;
/** Only a schema has such values. */
const DECIMAL = { ...primitive('bytes'), name: DECIMAL_NAME };

describe('a cast at the ends of its range', () => {
  it.each<[number, bigint]>([
    [2 ** 63, INT64_MAX],
    [-(2 ** 63), -INT64_MAX - 1n],
    [2 ** 62, 2n ** 62n],
    [Number.POSITIVE_INFINITY, INT64_MAX],
    [Number.NEGATIVE_INFINITY, -INT64_MAX - 1n],
    [Number.NaN, 0n],
  ])('of the double %d is the whole number %s', (value, expected) => {
    expect(saturated64(value)).toBe(expected);
    expect(castValue(undefined, value, 'int64')).toBe(expected);
  });

  it('to a truth is by the whole number, or by the word', () => {
    const truthOf = (value: ConnectValue) =>
      castValue(value instanceof BigDecimal ? DECIMAL : undefined, value, 'boolean');
    const truths = [true, 'TRUE', 1n, -1n, 1.5, new BigDecimal(10n, 1), small('int8', 1)];
    expect(truths.map(truthOf)).toEqual(truths.map(() => true));
    const lies = [false, 'yes', 0n, 0.9, new BigDecimal(9n, 1), small('int8', 0)];
    expect(lies.map(truthOf)).toEqual(lies.map(() => false));
  });
});

describe('the text of a number in Java', () => {
  it.each([
    [0, '0.0'],
    [-0, '-0.0'],
    [1, '1.0'],
    [-1.5, '-1.5'],
    [100, '100.0'],
    [123.456, '123.456'],
    [1_234_567, '1234567.0'],
    [9_999_999, '9999999.0'],
    [1e7, '1.0E7'],
    [12_345_678.9, '1.23456789E7'],
    [-1e21, '-1.0E21'],
    [0.001, '0.001'],
    [0.01234, '0.01234'],
    [0.0009, '9.0E-4'],
    [-1.25e-5, '-1.25E-5'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ])('is for the double %d: %s', (value, text) => {
    expect(doubleText(value)).toBe(text);
  });

  it.each([
    [0.1, '0.1'],
    [16_777_216, '1.6777216E7'],
    [3.402_823_5e38, '3.4028235E38'],
    [1.5, '1.5'],
    [0, '0.0'],
    [-0, '-0.0'],
    [1 / 3, '0.33333334'],
  ])('is for the float %d: %s', (value, text) => {
    expect(floatText(float(value))).toBe(text);
  });
});

describe('a text that Java reads as a number', () => {
  it.each<[string, CastType, unknown]>([
    [' 1.5\t', 'float64', 1.5],
    ['0x1.8p1', 'float64', 3],
    ['-0X1P-2', 'float64', -0.25],
    ['0x1p1f', 'float32', float(2)],
    ['\u0661\u0662', 'int64', 12n],
    ['-\uff11\uff12', 'int32', small('int32', -12)],
    ['007', 'int8', small('int8', 7)],
    ['-128', 'int8', small('int8', -128)],
    ['32767', 'int16', small('int16', 32_767)],
    ['9223372036854775807', 'int64', INT64_MAX],
    [`${'0'.repeat(200)}5`, 'int64', 5n],
  ])('%j is a %s', (text, type, value) => {
    expect(castValue(undefined, text, type)).toEqual(value);
  });

  it.each<[string, CastType]>([
    ['128', 'int8'],
    ['32768', 'int16'],
    ['9223372036854775808', 'int64'],
    ['0x10', 'int32'],
    [' 5', 'int32'],
    ['0x1', 'float64'],
    ['\u0661', 'float64'],
    ['9'.repeat(2_000_000), 'int64'],
  ])('%.20j is no %s', (text, type) => {
    expect(() => castValue(undefined, text, type)).toThrow(TransformError);
  });
});

describe('a number that is made smaller', () => {
  it('is cut at the ends of its range, without its fraction', () => {
    expect([1e30, -1e30, -1.9, Number.NaN, 5].map(saturated64)).toEqual([INT64_MAX, -INT64_MAX - 1n, -1n, 0n, 5n]);
    const ints = [1e30, -1e30, -1.9, Number.NaN].map((value) => smallOfDouble('int32', value).value);
    expect(ints).toEqual([2_147_483_647, -2_147_483_648, -1, 0]);
  });

  it('keeps its low bits', () => {
    expect(smallOfDouble('int8', 300)).toEqual(small('int8', 44));
    expect(smallOfWhole('int16', 70_000n)).toEqual(small('int16', 4_464));
    expect(cutToSmall('int8', new BigDecimal(30_099n, 2))).toEqual(small('int8', 44));
    expect(cutToSmall('float32', new BigDecimal(1n, 1))).toEqual(float(0.1));
  });
});

describe('a value that is cast', () => {
  it.each<[Parameters<typeof castValue>[1], CastType, unknown]>([
    [null, 'int8', null],
    [true, 'boolean', true],
    ['TRUE', 'boolean', true],
    ['yes', 'boolean', false],
    [5n, 'boolean', true],
    [0n, 'boolean', false],
    [0.5, 'boolean', false],
    [1.5, 'boolean', true],
    [new BigDecimal(5n, 1), 'boolean', false],
    [small('int8', 3), 'boolean', true],
    [true, 'int8', small('int8', 1)],
    [false, 'float64', 0],
    ['12', 'int16', small('int16', 12)],
    ['12', 'int64', 12n],
    ['1.5', 'float64', 1.5],
    [300n, 'int8', small('int8', 44)],
    [1.9, 'int32', small('int32', 1)],
    [1.9, 'int64', 1n],
    [7n, 'int64', 7n],
    [7n, 'float64', 7],
    [0.1, 'float32', float(0.1)],
    [small('int32', 7), 'float64', 7],
    [new BigDecimal(129n, 1), 'int64', 12n],
    [new BigDecimal(129n, 1), 'int8', small('int8', 12)],
    [new BigDecimal(129n, 1), 'float64', 12.9],
    [1.5, 'string', '1.5'],
    [1, 'string', '1.0'],
    [float(0.1), 'string', '0.1'],
    [small('int8', 5), 'string', '5'],
    [5n, 'string', '5'],
    [true, 'string', 'true'],
    ['x', 'string', 'x'],
    [new BigDecimal(150n, 2), 'string', '1.50'],
    [new Uint8Array([1, 2]), 'string', 'AQI='],
  ])('%s to %s', (value, type, expected) => {
    expect(castValue(value instanceof BigDecimal ? DECIMAL : undefined, value, type)).toEqual(expected);
  });

  it.each<[Parameters<typeof castValue>[1], CastType, string]>([
    [[1], 'string', 'it is of type array'],
    [new Map([['a', 1]]), 'string', 'it is of type map'],
    [new Date(0), 'string', 'it is of type that has no schema'],
    ['x', 'float64', 'a string is not a number'],
    ['1.5', 'int32', 'a string is not a whole number of the target size'],
    ...(['int8', 'int16', 'int32', 'int64'] as const).map((type, index): [string, CastType, string] => [
      String(2n ** (8n * 2n ** BigInt(index) - 1n)),
      type,
      'a string is not a whole number of the target size',
    ]),
    [new Uint8Array([1]), 'float64', 'its type is neither a number nor a boolean nor a string'],
  ])('is refused: %s to %s', (value, type, reason) => {
    expect(() => castValue(undefined, value, type)).toThrow(TransformError);
    expect(() => castValue(undefined, value, type)).toThrow(reason);
  });

  it.each<['Date' | 'Time' | 'Timestamp', number, CastType, unknown]>([
    ['Date', 5 * DAY_MS, 'int32', small('int32', 5)],
    ['Date', -DAY_MS, 'int64', -1n],
    ['Time', 0, 'int32', small('int32', 0)],
    ['Time', DAY_MS, 'int32', small('int32', DAY_MS)],
    ['Timestamp', 1_600_000_000_123, 'int64', 1_600_000_000_123n],
    ['Timestamp', 1_600_000_000_123, 'string', '2020-09-13T12:26:40.123Z'],
    ['Timestamp', 2 * DAY_MS, 'string', '1970-01-03'],
    ['Timestamp', DAY_MS, 'string', '1970-01-02'],
    ['Time', 5, 'string', '00:00:00.005Z'],
    ['Timestamp', 253_402_300_800_001, 'string', '10000-01-01T00:00:00.001Z'],
    ['Timestamp', 8.64e15, 'string', '275760-09-13'],
  ])('of the type %s, %d to %s', (name, ms, type, expected) => {
    expect(castValue(logical(name, false), new Date(ms), type)).toEqual(expected);
  });

  it.each<['Date' | 'Time', number]>([
    ['Date', 1],
    ['Time', -1],
    ['Time', DAY_MS + 1],
  ])('of the type %s is refused: %d', (name, ms) => {
    expect(() => castValue(logical(name, false), new Date(ms), 'int32')).toThrow(TransformError);
  });
});

describe('what a Cast is told to cast', () => {
  const problemsOf = (spec: string): readonly string[] => {
    const text = JSON.stringify({
      topics: 'orders',
      database: 'shop',
      transforms: 't',
      'transforms.t.type': 'org.apache.kafka.connect.transforms.Cast$Value',
      'transforms.t.spec': spec,
    });
    try {
      mapperOfConnector(readConnector(text, { where: 'test' }), 'test');
      return [];
    } catch (error) {
      if (error instanceof SettingsError) return error.problems;
      throw error;
    }
  };

  it.each(['int8', ' STRING ', 'a:int8', ' a : int8 , b:boolean'])('may be %j', (spec) => {
    expect(problemsOf(spec)).toEqual([]);
  });

  it.each(['a', 'bytes', 'a:bytes', 'a:int8:b', 'int8,int16', 'a:int8,b', 'b,a:int8'])('may not be %j', (spec) => {
    expect(problemsOf(spec)).toHaveLength(1);
  });
});
