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
 * The fields of a date as its midnight in milliseconds, without any zone; undefined where they make no date, or contradict
 * each other. As Java's `ResolverStyle.SMART`: a day beyond its month's end is the month's last, up to the 31st.
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

/** The length of a month; of the leap cycle's year, which JavaScript can hold whatever the year. */
const lengthOf = (year: number, month: number): number =>
  new Date(Date.UTC(2000 + (((year % 400) + 400) % 400), month, 0)).getUTCDate();

function ofYear(year: number, fields: Fields): DateParts | undefined {
  const dayOfYear = fields.get('dayOfYear');
  if (dayOfYear === undefined || dayOfYear < 1) return undefined;
  if (dayOfYear > (lengthOf(year, 2) === 29 ? 366 : 365)) return undefined;
  const date = new Date(localMsOf(year, 1, 1) + (dayOfYear - 1) * DAY_MS);
  return { year, month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** A field that is not needed for the date must say the same: a Friday is refused on a Thursday. */
function agrees({ year, month, day }: DateParts, fields: Fields): boolean {
  const ms = localMsOf(year, month, day);
  const isSaid = (field: Field, value: number): boolean => (fields.get(field) ?? value) === value;
  return (
    isSaid('dayOfWeek', ((new Date(ms).getUTCDay() + 6) % 7) + 1) &&
    isSaid('quarter', Math.ceil(month / 3)) &&
    isSaid('dayOfYear', Math.round((ms - localMsOf(year, 1, 1)) / DAY_MS) + 1) &&
    isSaid('month', month) &&
    // A day that was cut to the month's end has been taken.
    (fields.get('dayOfYear') === undefined || isSaid('day', day))
  );
}
