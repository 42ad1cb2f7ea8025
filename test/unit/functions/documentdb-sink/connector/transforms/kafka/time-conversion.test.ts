import { describe, expect, it } from 'vitest';
import {
  logical,
  primitive,
  type Schema,
} from '../../../../../../../functions/documentdb-sink/connector/transforms/data/schema.ts';
import { TransformError } from '../../../../../../../functions/documentdb-sink/connector/transforms/data/transform-error.ts';
import {
  type TimeFormat,
  timeConversion,
} from '../../../../../../../functions/documentdb-sink/connector/transforms/kafka/times/time-conversion.ts';

const DAY_MS = 86_400_000;
const INT64_MAX = 2n ** 63n - 1n;
const MS = 1_600_000_000_123;
const ISO: NonNullable<TimeFormat['dates']> = {
  parse: (text) => new Date(text).getTime(),
  format: (date) => date.toISOString(),
};
type Target = TimeFormat['target'];

const conversion = (target: Target, precision = 'milliseconds', dates: TimeFormat['dates'] = ISO) =>
  timeConversion({ target, precision, dates });
const converted = (
  value: Parameters<ReturnType<typeof conversion>['convert']>[0],
  target: Target,
  precision?: string,
) => conversion(target, precision).convert(value, undefined);

describe('a time', () => {
  it.each<[Target, unknown]>([
    ['string', '2020-09-13T12:26:40.123Z'],
    ['unix', BigInt(MS)],
    ['Date', new Date(MS - (MS % DAY_MS))],
    ['Time', new Date(MS % DAY_MS)],
    ['Timestamp', new Date(MS)],
  ])('becomes a %s', (target, expected) => {
    for (const value of [new Date(MS), BigInt(MS), '2020-09-13T12:26:40.123Z'])
      expect(converted(value, target)).toEqual(expected);
  });

  it('before 1970 has its day and its time of day', () => {
    expect(converted(new Date(-1), 'Date')).toEqual(new Date(-DAY_MS));
    expect(converted(new Date(-1), 'Time')).toEqual(new Date(DAY_MS - 1));
  });

  it.each([
    ['seconds', 1_600_000_000n, 1_600_000_000_000],
    ['milliseconds', 1_600_000_000_123n, 1_600_000_000_123],
    ['microseconds', 1_600_000_000_123_000n, 1_600_000_000_123],
    ['nanoseconds', 1_600_000_000_123_000_000n, 1_600_000_000_123],
  ])('is a number of %s', (precision, unix, ms) => {
    expect(converted(unix, 'Timestamp', precision)).toEqual(new Date(ms));
    expect(converted(new Date(ms), 'unix', precision)).toBe(unix);
  });

  it('is cut towards zero, and at the ends of 64 bits', () => {
    expect(converted(-1_999n, 'unix', 'microseconds')).toBe(-1_000n);
    expect(converted(new Date(8.64e15), 'unix', 'nanoseconds')).toBe(INT64_MAX);
    expect(converted(new Date(-8.64e15), 'unix', 'nanoseconds')).toBe(-INT64_MAX - 1n);
    expect(converted(INT64_MAX, 'unix', 'seconds')).toBe(INT64_MAX / 1_000n);
  });

  it.each<[Schema | undefined, unknown, unknown]>([
    [logical('Timestamp', false), new Date(MS), BigInt(MS)],
    [logical('Date', false), new Date(DAY_MS), BigInt(DAY_MS)],
    [logical('Time', false), new Date(5), 5n],
    [primitive('string'), '1970-01-01T00:00:00.005Z', 5n],
    [primitive('int64'), 5n, 5n],
    [primitive('int64'), null, null],
    [undefined, null, null],
  ])('is read by its schema: %#', (schema, value, expected) => {
    expect(conversion('unix').convert(value as never, schema)).toEqual(expected);
  });

  it.each<[Schema | undefined, unknown, string]>([
    [primitive('int32'), 5n, 'its schema is of type int32'],
    [primitive('int32'), null, 'its schema is of type int32'],
    [logical('Date', false), 5n, 'the value is not a date'],
    [primitive('string'), 5n, 'the value is not a string'],
    [primitive('int64'), '5', 'the value is not a 64-bit integer'],
    [undefined, 1.5, 'without a schema the value must be a whole number or a string'],
    [undefined, true, 'without a schema the value must be a whole number or a string'],
    [undefined, 'yesterday', 'a string does not match `format`, or `format` is not set'],
    [undefined, INT64_MAX, 'a date is outside the range of dates'],
  ])('is refused: %#', (schema, value, reason) => {
    expect(() => conversion('Timestamp').convert(value as never, schema)).toThrow(TransformError);
    expect(() => conversion('Timestamp').convert(value as never, schema)).toThrow(reason);
  });

  it('needs a format where it is a text', () => {
    const without = (target: Target, value: string | bigint) => () =>
      timeConversion({ target, precision: 'milliseconds', dates: undefined }).convert(value, undefined);
    expect(without('string', 5n)).toThrow('`format` is not set');
    expect(without('unix', '1970-01-01')).toThrow('a string does not match `format`, or `format` is not set');
  });

  it.each<[Target, Schema]>([
    ['string', primitive('string', true)],
    ['unix', primitive('int64', true)],
    ['Date', logical('Date', true)],
    ['Time', logical('Time', true)],
    ['Timestamp', logical('Timestamp', true)],
  ])('has the schema of a %s', (target, schema) => {
    expect(conversion(target).schemaOf(true)).toEqual(schema);
    expect(conversion(target).schemaOf(false).isOptional).toBe(false);
  });
});
