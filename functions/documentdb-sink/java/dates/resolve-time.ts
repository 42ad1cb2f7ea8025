import type { Field } from '../text/parsed.ts';

const NANOS_PER_MS = 1_000_000;
const DAY_MS = 86_400_000;
const DAY_NANOS = 86_400_000_000_000;

type Fields = ReadonlyMap<Field, number>;

export type ResolvedTime =
  | { readonly kind: 'time'; readonly ms: number }
  /** The hour is missing, or a field between two given fields is. */
  | { readonly kind: 'none' }
  | { readonly kind: 'invalid' };

/** The lowest and the highest value of each field. */
const RANGES: readonly (readonly [Field, number, number])[] = [
  ['hourOfDay', 0, 24],
  ['clockHourOfDay', 0, 24],
  ['hourOfAmPm', 0, 11],
  ['clockHourOfAmPm', 0, 12],
  ['amPm', 0, 1],
  ['minute', 0, 59],
  ['second', 0, 59],
  ['nanoOfSecond', 0, 999_999_999],
  ['milliOfDay', 0, DAY_MS - 1],
  ['nanoOfDay', 0, DAY_NANOS - 1],
];

const INVALID: ResolvedTime = { kind: 'invalid' };

/**
 * The time in milliseconds of the day (24:00 is the end of the day), as in Java's `ResolverStyle.SMART`: missing fields
 * below the hour are zero, but no field between two given fields may be missing.
 */
export function resolveTime(fields: Fields): ResolvedTime {
  const isInRange = RANGES.every(([field, min, max]) => {
    const value = fields.get(field) ?? min;
    return value >= min && value <= max;
  });
  if (!isInRange) return INVALID;
  const ofDay = ofWholeDay(fields);
  const hours = hoursOf(fields);
  if (new Set(hours).size > 1) return INVALID;
  const [hour] = hours;
  if (ofDay !== undefined) return hour === undefined ? { kind: 'time', ms: ofDay } : INVALID;
  return hour === undefined ? { kind: 'none' } : timeOf(hour, fields);
}

function ofWholeDay(fields: Fields): number | undefined {
  const nanoOfDay = fields.get('nanoOfDay');
  return nanoOfDay === undefined ? fields.get('milliOfDay') : Math.floor(nanoOfDay / NANOS_PER_MS);
}

/** The hour according to each field that determines the hour. All of them must agree. */
function hoursOf(fields: Fields): readonly number[] {
  const clock = fields.get('clockHourOfDay');
  const clockOfAmPm = fields.get('clockHourOfAmPm');
  const ofAmPm = fields.get('hourOfAmPm') ?? (clockOfAmPm === undefined ? undefined : clockOfAmPm % 12);
  const amPm = fields.get('amPm');
  const halves = ofAmPm === undefined || amPm === undefined ? undefined : amPm * 12 + ofAmPm;
  const hour = fields.get('hourOfDay');
  const candidates = [hour, clock === undefined ? undefined : clock % 24, halves, agreed(hour, ofAmPm, amPm)];
  return candidates.filter((candidate) => candidate !== undefined);
}

/** Compares the hour of the day with the fields of a 12-hour time: -1 if they contradict each other. */
function agreed(hour: number | undefined, ofAmPm: number | undefined, amPm: number | undefined): number | undefined {
  if (hour === undefined) return undefined;
  const isSame = (ofAmPm ?? hour % 12) === hour % 12 && (amPm ?? Math.floor(hour / 12)) === Math.floor(hour / 12);
  return isSame ? undefined : -1;
}

function timeOf(hour: number, fields: Fields): ResolvedTime {
  const [minute, second, nano] = [fields.get('minute'), fields.get('second'), fields.get('nanoOfSecond')];
  const hasGap =
    (minute === undefined && (second !== undefined || nano !== undefined)) ||
    (minute !== undefined && second === undefined && nano !== undefined);
  if (hasGap) return { kind: 'none' };
  const ms = ((hour * 60 + (minute ?? 0)) * 60 + (second ?? 0)) * 1000 + Math.floor((nano ?? 0) / NANOS_PER_MS);
  const isMidnight = ms === DAY_MS && (nano ?? 0) === 0;
  return ms < DAY_MS || isMidnight ? { kind: 'time', ms } : INVALID;
}
