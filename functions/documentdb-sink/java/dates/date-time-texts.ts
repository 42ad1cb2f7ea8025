import { FAILED, type Field, type Parse, setField } from '../text/parsed.ts';

type Width = 'short' | 'long';

interface Text {
  readonly text: string;
  readonly value: number;
}

/** Parses names of months, days and similar texts of the locale's CLDR data. The longest match is used. */
export function textParser(field: Field, texts: readonly Text[]): Parse {
  const longestFirst = [...texts].sort((a, b) => b.text.length - a.text.length);
  return (text, at, parsed) => {
    const found = longestFirst.find((candidate) => text.startsWith(candidate.text, at));
    return found === undefined ? FAILED : setField(parsed, field, found.value, at + found.text.length);
  };
}

const DAY_MS = 86_400_000;
/** 1970-01-05 was a Monday. */
const MONDAY_MS = 4 * DAY_MS;

const numbers = (count: number, from = 1): readonly number[] =>
  Array.from({ length: count }, (_, index) => index + from);

/** Month names as part of a date (`M`) or alone (`L`): some languages inflect them. */
export const monthTexts = (locale: string, width: Width, alone: boolean): readonly Text[] => {
  const inDate = partReader(locale, { month: width, day: 'numeric' }, 'month');
  const bare = new Intl.DateTimeFormat(locale, { month: width, timeZone: 'UTC' });
  return numbers(12).map((value) => {
    const at = Date.UTC(1970, value - 1, 1);
    const text = alone ? bare.format(at) : inDate(at);
    return { text: /^\d+$/.test(text) ? bare.format(at) : text, value };
  });
};

export const dayOfWeekTexts = (locale: string, width: Width): readonly Text[] => {
  const format = new Intl.DateTimeFormat(locale, { weekday: width, timeZone: 'UTC' });
  return numbers(7).map((value) => ({ text: format.format(MONDAY_MS + (value - 1) * DAY_MS), value }));
};

export const amPmTexts = (locale: string): readonly Text[] => {
  const read = partReader(locale, { hour: 'numeric', hour12: true }, 'dayPeriod');
  return numbers(2, 0).map((value) => ({ text: read(value * (DAY_MS / 2)), value }));
};

export const eraTexts = (locale: string, width: Width): readonly Text[] => {
  const read = partReader(locale, { era: width, year: 'numeric' }, 'era');
  return numbers(2, 0).map((value) => ({ text: read(new Date(0).setUTCFullYear(value === 0 ? -1 : 1970)), value }));
};

export const quarterTexts: readonly Text[] = numbers(4).map((value) => ({ text: `Q${value}`, value }));

function partReader(
  locale: string,
  options: Intl.DateTimeFormatOptions,
  type: Intl.DateTimeFormatPartTypes,
): (at: number) => string {
  const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
  return (at) => format.formatToParts(at).find((part) => part.type === type)?.value ?? '';
}
