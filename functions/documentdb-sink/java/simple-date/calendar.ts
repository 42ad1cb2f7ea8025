/**
 * `java.util.GregorianCalendar`: Julian until 1582-10-04, Gregorian from the next day, 1582-10-15.
 * https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/GregorianCalendar.html
 */
const CUTOVER_DAY = -141_427;
const CUTOVER_YEAR = 1582;
export const DAY_MS = 86_400_000;

export interface CalendarDay {
  /** Year 0 is 1 BC. */
  readonly year: number;
  /** 0 is January. */
  readonly month: number;
  readonly day: number;
}

/** Days since 1970. Month and day may exceed their range. */
export function epochDayOf({ year, month, day }: CalendarDay): number {
  const gregorian = gregorianDay(year, month, day);
  if (year > CUTOVER_YEAR) return gregorian;
  if (year === CUTOVER_YEAR && gregorian >= CUTOVER_DAY) return gregorian;
  return julianDay(year, month, day);
}

function gregorianDay(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return Math.floor(date.getTime() / DAY_MS);
}

/** The day before 1 March of year 0 in the Julian calendar, in days since 1970. */
const JULIAN_ORIGIN = -719_471;

function julianDay(year: number, month: number, day: number): number {
  const months = year * 12 + month - 2;
  const [marchYear, marchMonth] = [Math.floor(months / 12), ((months % 12) + 12) % 12];
  return JULIAN_ORIGIN + Math.floor((marchYear * 1461) / 4) + Math.floor((marchMonth * 153 + 2) / 5) + day;
}

export function calendarDayOf(epochDay: number): CalendarDay {
  if (epochDay >= CUTOVER_DAY) {
    const date = new Date(epochDay * DAY_MS);
    return { year: date.getUTCFullYear(), month: date.getUTCMonth(), day: date.getUTCDate() };
  }
  const days = epochDay - JULIAN_ORIGIN - 1;
  const marchYear = Math.floor((days * 4 + 3) / 1461);
  const rest = days - Math.floor((marchYear * 1461) / 4);
  const marchMonth = Math.floor((rest * 5 + 2) / 153);
  const months = marchYear * 12 + marchMonth + 2;
  return {
    year: Math.floor(months / 12),
    month: ((months % 12) + 12) % 12,
    day: rest - Math.floor((marchMonth * 153 + 2) / 5) + 1,
  };
}

/** 0 is Sunday. */
export const dayOfWeekOf = (epochDay: number): number => (((epochDay + 4) % 7) + 7) % 7;
