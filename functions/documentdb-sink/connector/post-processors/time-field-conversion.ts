import { Decimal128, Double } from 'mongodb';
import { dateTimeParser } from '../../java/dates/date-time-parser.ts';
import { PatternError } from '../../java/regex/pattern-error.ts';
import { PropertyError } from '../property-error.ts';
import type { TopicProperties } from '../topic-properties.ts';
import type { PostProcessor } from './post-processor.ts';

const TIME_FIELD = 'timeseries.timefield';
const DATE_FORMAT = `${TIME_FIELD}.auto.convert.date.format`;
const LANGUAGE_TAG = `${TIME_FIELD}.auto.convert.locale.language.tag`;

/**
 * Converts the time field to a date: a number is milliseconds, a text has the configured format. Any other value stays
 * unchanged.
 * @throws PropertyError if the format or the locale cannot be followed
 */
export function timeFieldConversion(properties: TopicProperties): PostProcessor {
  const field = properties.text(TIME_FIELD);
  const parse = parserOf(properties);
  return (document) => {
    const value = document.value();
    const time = value?.get(field);
    const ms = typeof time === 'string' ? parse(time) : millisecondsOf(time);
    // BSON dates have a wider range than JavaScript dates; a number outside of that range stays a number.
    if (value !== undefined && ms !== undefined && Math.abs(ms) <= DATE_MS_MAX) value.set(field, new Date(ms));
  };
}

const DATE_MS_MAX = 8.64e15;

function parserOf(properties: TopicProperties): (text: string) => number | undefined {
  const [pattern, tag] = [properties.text(DATE_FORMAT), properties.text(LANGUAGE_TAG).trim()];
  const locale = tag === '' ? 'en' : tag;
  try {
    Intl.getCanonicalLocales(locale);
  } catch {
    throw new PropertyError(LANGUAGE_TAG, tag, 'it must be a language tag of BCP 47, such as en or de-CH');
  }
  try {
    return dateTimeParser(pattern, locale);
  } catch (error) {
    if (error instanceof PatternError) throw new PropertyError(DATE_FORMAT, pattern, error.message);
    throw error;
  }
}

/** `longValue()` of Java, which drops the fraction. */
function millisecondsOf(value: unknown): number | undefined {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Decimal128) return millisecondsOf(Number(value.toString()));
  const number = value instanceof Double ? value.value : value;
  if (typeof number !== 'number') return undefined;
  return Number.isNaN(number) ? 0 : Math.trunc(number);
}
