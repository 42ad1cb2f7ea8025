import { type CalendarDay, calendarDayOf, DAY_MS, dayOfWeekOf, epochDayOf } from './calendar.ts';
import { DAYS, ERAS, HALF_DAYS, MONTHS, shortened } from './names.ts';
import { type Token, tokensOf } from './pattern.ts';

interface Moment {
  readonly calendar: CalendarDay;
  readonly epochDay: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

/**
 * `SimpleDateFormat.format` in UTC and English.
 * @throws PatternError if Java refuses the pattern
 */
export function dateFormatter(pattern: string): (date: Date) => string {
  const tokens = tokensOf(pattern);
  return (date) => {
    const moment = momentOf(date.getTime());
    return tokens.map((token) => textOf(token, moment)).join('');
  };
}

function momentOf(ms: number): Moment {
  const epochDay = Math.floor(ms / DAY_MS);
  const rest = ms - epochDay * DAY_MS;
  return {
    calendar: calendarDayOf(epochDay),
    epochDay,
    hour: Math.floor(rest / 3_600_000),
    minute: Math.floor(rest / 60_000) % 60,
    second: Math.floor(rest / 1_000) % 60,
    millisecond: rest % 1_000,
  };
}

function textOf(token: Token, moment: Moment): string {
  if (token.kind === 'text') return token.text;
  return FIELDS[token.letter]?.(moment, token.count) ?? '';
}

const padded = (value: number, count: number): string => String(value).padStart(count, '0');
const number =
  (valueIn: (moment: Moment) => number): Field =>
  (moment, count) =>
    padded(valueIn(moment), count);

type Field = (moment: Moment, count: number) => string;

const named = (name: string | undefined, count: number): string => {
  const whole = name ?? '';
  return count >= 4 ? whole : shortened(whole);
};

const yearText = (year: number, count: number): string => {
  const ofEra = year > 0 ? year : 1 - year;
  return count === 2 ? padded(ofEra % 100, 2) : padded(ofEra, count);
};

const month: Field = ({ calendar }, count) =>
  count >= 3 ? named(MONTHS[calendar.month], count) : padded(calendar.month + 1, count);

const startOfYear = (year: number): number => epochDayOf({ year, month: 0, day: 1 });

/**
 * The number of the week that contains the day, counted from the week that contains the day `start`. Weeks begin on
 * Sunday.
 */
const weekSince = (start: number, epochDay: number): number =>
  Math.floor((epochDay - start + dayOfWeekOf(start)) / 7) + 1;

/** A week belongs to the year in which it ends. */
function weekYearOf({ calendar, epochDay }: Moment): number {
  const saturday = epochDay + 6 - dayOfWeekOf(epochDay);
  return saturday >= startOfYear(calendar.year + 1) ? calendar.year + 1 : calendar.year;
}

const FIELDS: Readonly<Record<string, Field>> = {
  G: ({ calendar }) => ERAS[calendar.year > 0 ? 1 : 0],
  y: ({ calendar }, count) => yearText(calendar.year, count),
  Y: (moment, count) => yearText(weekYearOf(moment), count),
  M: month,
  L: month,
  w: number((moment) => weekSince(startOfYear(weekYearOf(moment)), moment.epochDay)),
  W: number(({ calendar, epochDay }) => weekSince(epochDay - calendar.day + 1, epochDay)),
  D: number(({ calendar, epochDay }) => epochDay - startOfYear(calendar.year) + 1),
  d: number(({ calendar }) => calendar.day),
  F: number(({ calendar }) => Math.ceil(calendar.day / 7)),
  E: ({ epochDay }, count) => named(DAYS[dayOfWeekOf(epochDay)], count),
  u: number(({ epochDay }) => dayOfWeekOf(epochDay) || 7),
  a: ({ hour }) => HALF_DAYS[hour < 12 ? 0 : 1],
  H: number(({ hour }) => hour),
  k: number(({ hour }) => hour || 24),
  K: number(({ hour }) => hour % 12),
  h: number(({ hour }) => hour % 12 || 12),
  m: number(({ minute }) => minute),
  s: number(({ second }) => second),
  S: number(({ millisecond }) => millisecond),
  z: (_moment, count) => (count >= 4 ? 'Coordinated Universal Time' : 'UTC'),
  Z: () => '+0000',
  X: () => 'Z',
};
