const DATE = /^([+-]?\d{4,10})-(\d\d)-(\d\d)$/;
const TIME = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{0,9}))?)?$/;
const OFFSET = /^([+-])(\d\d)(?::(\d\d)(?::(\d\d))?)?$/;
const DAY_LENGTH = '1970-01-01'.length;
const OFFSET_SECONDS_MAX = 18 * 60 * 60;

/**
 * Reads a date with time and offset (`ISO_OFFSET_DATE_TIME`), or a date alone, like the Java driver. Dates and times
 * that do not exist are refused: February 30th, 24:00. Undefined if Java throws.
 * https://github.com/mongodb/mongo-java-driver/blob/main/bson/src/main/org/bson/json/DateTimeFormatter.java
 * @returns milliseconds since 1970, truncated; may exceed the range of JavaScript dates
 */
export function parseInstant(text: string): number | undefined {
  if (text.length === DAY_LENGTH) return dayMs(text);
  const [, date = '', time = '', offset = ''] = /^(.+?)[Tt]([\d:.]+)([Zz]|[+-][\d:]+)$/.exec(text) ?? [];
  const parts = [dayMs(date), timeMs(time), offsetMs(offset)] as const;
  const [day, clock, ahead] = parts;
  return day === undefined || clock === undefined || ahead === undefined ? undefined : day + clock - ahead;
}

/** A year of four digits must have no plus, and a longer year must have a sign. */
function dayMs(text: string): number | undefined {
  const [, year = '', month = '', day = ''] = DATE.exec(text) ?? [];
  const hasYear = /^(?:-?\d{4}|[+-]\d{5,9})$/.test(year) && year !== '-0000';
  if (!hasYear) return undefined;
  const ms = utcMs(Number(year), Number(month), Number(day));
  const date = new Date(ms);
  const exists = date.getUTCMonth() + 1 === Number(month) && date.getUTCDate() === Number(day);
  return exists ? ms : undefined;
}

/** `Date.UTC` would move the years 0 to 99 to the 20th century. */
const utcMs = (year: number, month: number, day: number): number => new Date(0).setUTCFullYear(year, month - 1, day);

function timeMs(text: string): number | undefined {
  const [, hours, minutes, seconds = '0', fraction = ''] = TIME.exec(text) ?? [];
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59 || hours === undefined) return undefined;
  const wholeMs = (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000;
  return wholeMs + Number(fraction.padEnd(3, '0').slice(0, 3));
}

function offsetMs(text: string): number | undefined {
  if (text === 'Z' || text === 'z') return 0;
  const [, sign, hours, minutes = '0', seconds = '0'] = OFFSET.exec(text) ?? [];
  if (sign === undefined || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const ahead = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
  if (ahead > OFFSET_SECONDS_MAX) return undefined;
  return (sign === '-' ? -ahead : ahead) * 1_000;
}
