import { describe, expect, it } from 'vitest';
import { resolveDate } from '../../../../../../functions/documentdb-sink/java/dates/resolve-date.ts';
import { instantOf, isZone, localMsOf } from '../../../../../../functions/documentdb-sink/java/dates/zones.ts';
import type { Field } from '../../../../../../functions/documentdb-sink/java/text/parsed.ts';

type Fields = Readonly<Partial<Record<Field, number>>>;

const dateOf = (fields: Fields) => resolveDate(new Map(Object.entries(fields) as [Field, number][]));

// https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/time/format/ResolverStyle.html
describe('a date from its fields', () => {
  it.each<[Fields, readonly [number, number, number]]>([
    [{ year: 2024, month: 2, day: 5 }, [2024, 2, 5]],
    [{ year: 2024, month: 2, day: 31 }, [2024, 2, 29]],
    [{ year: 2023, month: 2, day: 29 }, [2023, 2, 28]],
    [{ year: 2100, month: 2, day: 29 }, [2100, 2, 28]],
    [{ year: -4, month: 2, day: 29 }, [-4, 2, 29]],
    [{ year: 2024, dayOfYear: 36 }, [2024, 2, 5]],
    [{ year: 2024, dayOfYear: 366 }, [2024, 12, 31]],
    [{ year: 2023, dayOfYear: 365 }, [2023, 12, 31]],
    [{ year: 2024, dayOfYear: 1 }, [2024, 1, 1]],
    [{ year: 2024, month: 2, dayOfYear: 36 }, [2024, 2, 5]],
    [{ yearOfEra: 2024, month: 2, day: 5 }, [2024, 2, 5]],
    [{ era: 1, yearOfEra: 2024, month: 2, day: 5 }, [2024, 2, 5]],
    [{ era: 0, yearOfEra: 1, month: 2, day: 5 }, [0, 2, 5]],
    [{ year: 0, yearOfEra: 1, month: 2, day: 5 }, [0, 2, 5]],
    [{ year: -5, yearOfEra: 6, month: 2, day: 5 }, [-5, 2, 5]],
    [{ year: 5, yearOfEra: 5, month: 2, day: 5 }, [5, 2, 5]],
    [{ year: 2024, month: 2, day: 5, dayOfWeek: 1, quarter: 1, dayOfYear: 36 }, [2024, 2, 5]],
    [{ year: 2024, month: 12, day: 31, dayOfWeek: 2, quarter: 4, dayOfYear: 366 }, [2024, 12, 31]],
  ])('%j', (fields, [year, month, day]) => {
    expect(dateOf(fields)).toBe(localMsOf(year, month, day));
  });

  it.each<[Fields]>([
    [{}],
    [{ month: 2, day: 5 }],
    [{ year: 2024, month: 2 }],
    [{ year: 2024, day: 5 }],
    [{ year: 2024, month: 0, day: 5 }],
    [{ year: 2024, month: 13, day: 5 }],
    [{ year: 2024, month: 2, day: 0 }],
    [{ year: 2024, month: 2, day: 32 }],
    [{ year: 2023, dayOfYear: 366 }],
    [{ year: 2024, dayOfYear: 367 }],
    [{ year: 2024, dayOfYear: 0 }],
    [{ yearOfEra: 0, month: 2, day: 5 }],
    [{ year: 2024, yearOfEra: 2023, month: 2, day: 5 }],
    [{ year: -5, yearOfEra: 5, month: 2, day: 5 }],
    [{ year: 2024, month: 2, day: 5, dayOfWeek: 2 }],
    [{ year: 2024, month: 2, day: 5, quarter: 2 }],
    [{ year: 2024, month: 2, day: 5, dayOfYear: 37 }],
    [{ year: 2024, month: 3, dayOfYear: 36 }],
    [{ year: 2024, day: 6, dayOfYear: 36 }],
    [{ year: 900_000_000, month: 2, day: 5 }],
  ])('is none of %j', (fields) => {
    expect(dateOf(fields)).toBeUndefined();
  });
});

// https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/time/ZonedDateTime.html
describe('the instant of a local time', () => {
  it.each<[string, string | number, string]>([
    ['2024-02-05T07:08:09.012Z', 3_600, '2024-02-05T06:08:09.012Z'],
    ['2024-02-05T07:08:09.012Z', 'Europe/Berlin', '2024-02-05T06:08:09.012Z'],
    ['2024-07-05T00:30:00Z', 'Europe/Berlin', '2024-07-04T22:30:00Z'],
    ['2024-03-31T01:59:59Z', 'Europe/Berlin', '2024-03-31T00:59:59Z'],
    ['2024-03-31T02:30:00Z', 'Europe/Berlin', '2024-03-31T01:30:00Z'],
    ['2024-03-31T03:00:00Z', 'Europe/Berlin', '2024-03-31T01:00:00Z'],
    ['2024-10-27T01:30:00Z', 'Europe/Berlin', '2024-10-26T23:30:00Z'],
    ['2024-10-27T02:30:00Z', 'Europe/Berlin', '2024-10-27T00:30:00Z'],
    ['2024-10-27T03:00:00Z', 'Europe/Berlin', '2024-10-27T02:00:00Z'],
    ['2024-11-03T01:30:00Z', 'America/New_York', '2024-11-03T05:30:00Z'],
    ['2024-02-05T00:00:00Z', 'Asia/Kathmandu', '2024-02-04T18:15:00Z'],
    ['1800-01-01T00:00:00Z', 'Europe/Berlin', '1799-12-31T23:06:32Z'],
    ['-000100-01-01T00:00:00Z', 'Europe/Berlin', '-000101-12-31T23:06:32Z'],
  ])('%s in %s is %s', (local, zone, instant) => {
    expect(new Date(instantOf(Date.parse(local), zone))).toEqual(new Date(instant));
  });

  it.each([
    ['Europe/Berlin', true],
    ['UTC', true],
    ['Asia/Calcutta', true],
    ['europe/berlin', false],
    ['Nowhere/Land', false],
    ['', false],
  ])('is in a zone of the tz database, in its spelling: %s', (name, expected) => {
    expect([isZone(name), isZone(name)]).toEqual([expected, expected]);
  });
});
