import type { Parsed } from '../text/parsed.ts';
import { compilePattern } from './date-time-pattern.ts';
import { resolveDate } from './resolve-date.ts';
import { resolveTime } from './resolve-time.ts';
import { instantOf } from './zones.ts';

const OFFSET_MAX_SECONDS = 18 * 3600;

/**
 * Makes a parser for a pattern of Java's `DateTimeFormatter`, like the connector's FlexibleDateTimeParser. The parser
 * returns milliseconds since 1970, or undefined if the text does not match. A text without a zone is UTC; a text
 * without a time is midnight.
 * @throws PatternError if the pattern is wrong or has no equivalent here
 */
export function dateTimeParser(pattern: string, locale: string): (text: string) => number | undefined {
  const parse = compilePattern(pattern, locale);
  return (text) => {
    const parsed: Parsed = { fields: new Map(), zone: undefined };
    return parse(text, 0, parsed) === text.length ? resolve(parsed) : undefined;
  };
}

function resolve({ fields, zone }: Parsed): number | undefined {
  const offset = fields.get('offsetSeconds');
  if (Math.abs(offset ?? 0) > OFFSET_MAX_SECONDS) return undefined;
  const date = resolveDate(fields);
  const time = resolveTime(fields);
  if (date === undefined || time.kind === 'invalid') return undefined;
  // A text with seconds but no complete time does not count as a date without a time.
  if (time.kind === 'none') return fields.has('second') ? undefined : date;
  const instant = instantOf(date + time.ms, offset ?? zone ?? 0);
  return Number.isNaN(new Date(instant).getTime()) ? undefined : instant;
}
