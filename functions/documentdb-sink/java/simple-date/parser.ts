import { inAscii } from '../text/numbers.ts';
import { DAY_MS, epochDayOf } from './calendar.ts';
import { DAYS, ERAS, HALF_DAYS, MONTHS, shortened } from './names.ts';
import { generalOffset, isoOffset } from './offset.ts';
import { type Token, tokensOf } from './pattern.ts';

/**
 * The values that were read, by pattern letter. Of two letters for the same field, the one that was read last applies.
 */
type Fields = Map<string, number>;

interface Reading {
  readonly text: string;
  readonly at: number;
  /** The position before leading blanks. The digits of an abutted number are counted from here. */
  readonly from: number;
  /**
   * True if another number follows directly: this number then has at most as many digits as the pattern has letters.
   */
  readonly isAbutted: boolean;
  readonly fields: Fields;
}

/** Returns the end of the text that was read; undefined if the text does not match. */
type Read = (reading: Reading, count: number) => number | undefined;

/**
 * `SimpleDateFormat.parse` in UTC and English, lenient: numbers may exceed their range, may have digits of any script, and text
 * may follow. A two-digit year lies within the 80 years before and the 20 years after `nowYear`. Only a few zone names are supported
 * (offset.ts), and dates by weeks are not.
 * @throws PatternError if Java refuses the pattern
 */
export function dateParser(pattern: string, nowYear: number): (text: string) => number | undefined {
  const tokens = tokensOf(pattern);
  return (written) => {
    const text = inAscii(written);
    const fields: Fields = new Map();
    let at: number | undefined = 0;
    for (const [index, token] of tokens.entries()) {
      at = endOf(token, { text, at, from: at, isAbutted: tokens[index + 1]?.kind === 'field', fields });
      if (at === undefined) return undefined;
    }
    return msOf(fields, nowYear);
  };
}

function endOf(token: Token, reading: Reading): number | undefined {
  const { text, at } = reading;
  if (token.kind === 'text') return text.startsWith(token.text, at) ? at + token.text.length : undefined;
  const start = at + (/^[ \t]*/.exec(text.slice(at))?.[0].length ?? 0);
  return start >= text.length ? undefined : READS[token.letter]?.({ ...reading, at: start }, token.count);
}

const NUMBER = /-?\d{1,19}/y;

const number =
  (letter: string, change: (value: number) => number = (value) => value): Read =>
  (reading, count) => {
    const { text, at, from, isAbutted, fields } = reading;
    if (isAbutted && from + count > text.length) return undefined;
    NUMBER.lastIndex = at;
    const digits = NUMBER.exec(isAbutted ? text.slice(0, from + count) : text)?.[0];
    if (digits === undefined) return undefined;
    fields.delete(letter);
    fields.set(letter, change(Number(digits) | 0));
    return at + digits.length;
  };

const named =
  (letter: string, names: readonly string[]): Read =>
  ({ text, at, fields }) => {
    const rest = text.slice(at).toLowerCase();
    const candidates = [...names, ...names.map(shortened)].map((name, index) => ({
      name,
      index: index % names.length,
    }));
    const best = candidates
      .filter(({ name }) => rest.startsWith(name.toLowerCase()))
      .toSorted((a, b) => b.name.length - a.name.length)[0];
    if (best === undefined) return undefined;
    fields.delete(letter);
    fields.set(letter, best.index);
    return at + best.name.length;
  };

const readYear: Read = (reading, count) => {
  const { text, at, fields } = reading;
  const end = number('y')(reading, count);
  const isShort = count <= 2 && end === at + 2 && /^\d\d/.test(text.slice(at));
  if (isShort) fields.set('century', 1);
  else fields.delete('century');
  return end;
};

const readMonth: Read = (reading, count) =>
  count <= 2 ? number('M', (value) => value - 1)(reading, count) : named('M', MONTHS)(reading, count);

const zone =
  (offsetAt: (text: string, at: number, count: number) => { end: number; offsetMs: number } | undefined): Read =>
  ({ text, at, fields }, count) => {
    const offset = offsetAt(text, at, count);
    if (offset !== undefined) fields.set('Z', offset.offsetMs);
    return offset?.end;
  };

const READS: Readonly<Record<string, Read>> = {
  G: named('G', ERAS),
  y: readYear,
  M: readMonth,
  L: readMonth,
  D: number('D'),
  d: number('d'),
  E: named('E', DAYS),
  u: number('u'),
  a: named('a', HALF_DAYS),
  H: number('H'),
  k: number('H', (value) => (value === 24 ? 0 : value)),
  K: number('h'),
  h: number('h', (value) => (value === 12 ? 0 : value)),
  m: number('m'),
  s: number('s'),
  S: number('S'),
  z: zone(generalOffset),
  Z: zone(generalOffset),
  X: zone(isoOffset),
};

function msOf(fields: Fields, nowYear: number): number {
  const of = (letter: string, fallback = 0) => fields.get(letter) ?? fallback;
  const timeMs = ((hourOf(fields) * 60 + of('m')) * 60 + of('s')) * 1_000 + of('S');
  return dayOf(fields, nowYear) * DAY_MS + timeMs - of('Z');
}

/** The day of the year applies if it was read after the day of the month. */
function dayOf(fields: Fields, nowYear: number): number {
  const letters = [...fields.keys()];
  const year = yearOf(fields, nowYear);
  const ofYear = fields.get('D');
  if (ofYear !== undefined && letters.indexOf('D') > letters.indexOf('d'))
    return epochDayOf({ year, month: 0, day: ofYear });
  return epochDayOf({ year, month: fields.get('M') ?? 0, day: fields.get('d') ?? 1 });
}

function yearOf(fields: Fields, nowYear: number): number {
  const year = fields.get('y') ?? 1970;
  if (fields.get('G') === 0) return 1 - year;
  if (!fields.has('century')) return year;
  const first = nowYear - 80;
  return first - (first % 100) + year + (year < first % 100 ? 100 : 0);
}

function hourOf(fields: Fields): number {
  const [hour, half] = [fields.get('h'), fields.get('a')];
  const ofDay = fields.get('H');
  const isComplete = hour !== undefined && half !== undefined;
  return ofDay !== undefined && !isComplete ? ofDay : (hour ?? 0) + 12 * (half ?? 0);
}
