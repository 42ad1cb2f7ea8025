import type { Field } from '../text/parsed.ts';
import { localMsOf } from './zones.ts';

type Fields = ReadonlyMap<Field, number>;

const DAY_MS = 86_400_000;
const YEAR_MAX = 999_999_999;

interface DateParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/**
 * The midnight of a date in milliseconds, without a zone; undefined if the fields are incomplete or contradict each
 * other. As in Java's `ResolverStyle.SMART`, a day up to 31 beyond the end of its month becomes the last day of the
 * month.
 */
export function resolveDate(fields: Fields): number | undefined {
  const year = yearOf(fields);
  const parts = year === undefined ? undefined : (ofMonth(year, fields) ?? ofYear(year, fields));
  if (parts === undefined || !agrees(parts, fields)) return undefined;
  const ms = localMsOf(parts.year, parts.month, parts.day);
  return Number.isNaN(ms) ? undefined : ms;
}

function yearOf(fields: Fields): number | undefined {
  const [era, ofEra, year] = [fields.get('era'), fields.get('yearOfEra'), fields.get('year')];
  if (ofEra === undefined) return year !== undefined && Math.abs(year) <= YEAR_MAX ? year : undefined;
  if (ofEra < 1 || ofEra > YEAR_MAX) return undefined;
  const isBefore = era === undefined ? year !== undefined && year <= 0 : era === 0;
  const byEra = isBefore ? 1 - ofEra : ofEra;
  return year === undefined || year === byEra ? byEra : undefined;
}

function ofMonth(year: number, fields: Fields): DateParts | undefined {
  const [month, day] = [fields.get('month'), fields.get('day')];
  if (month === undefined || day === undefined || month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  return { year, month, day: Math.min(day, lengthOf(year, month)) };
}

/**
 * The length of a month, computed for the same year of the 400-year leap cycle, because JavaScript's dates do not cover
 * all years.
 */
const lengthOf = (year: number, month: number): number =>
  new Date(Date.UTC(2000 + (((year % 400) + 400) % 400), month, 0)).getUTCDate();

function ofYear(year: number, fields: Fields): DateParts | undefined {
  const dayOfYear = fields.get('dayOfYear');
  if (dayOfYear === undefined || dayOfYear < 1) return undefined;
  if (dayOfYear > (lengthOf(year, 2) === 29 ? 366 : 365)) return undefined;
  const date = new Date(localMsOf(year, 1, 1) + (dayOfYear - 1) * DAY_MS);
  return { year, month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** Fields that are not needed for the date must agree with the date: Friday is refused for a Thursday. */
function agrees({ year, month, day }: DateParts, fields: Fields): boolean {
  const ms = localMsOf(year, month, day);
  const isSaid = (field: Field, value: number): boolean => (fields.get(field) ?? value) === value;
  return (
    isSaid('dayOfWeek', ((new Date(ms).getUTCDay() + 6) % 7) + 1) &&
    isSaid('quarter', Math.ceil(month / 3)) &&
    isSaid('dayOfYear', Math.round((ms - localMsOf(year, 1, 1)) / DAY_MS) + 1) &&
    isSaid('month', month) &&
    // A day that was reduced to the end of its month is not compared.
    (fields.get('dayOfYear') === undefined || isSaid('day', day))
  );
}
