import { dateParser } from '../../../../java/simple-date/parser.ts';
import type { TransformSettings } from '../../transform-settings.ts';
import { formatterOf } from '../records/timestamp-router.ts';

/** Formats and parses with a SimpleDateFormat pattern. */
export interface DateFormat {
  readonly format: (date: Date) => string;
  /** Undefined if the text does not match. */
  readonly parse: (text: string) => number | undefined;
}

/** @throws PropertyError if Java refuses the pattern */
export function dateFormatOf(settings: TransformSettings): DateFormat {
  const format = formatterOf(settings, 'format');
  return { format, parse: dateParser(settings.text('format'), new Date().getUTCFullYear()) };
}
