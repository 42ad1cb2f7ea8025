import { dateParser } from '../../../../java/simple-date/parser.ts';
import type { TransformSettings } from '../../transform-settings.ts';
import { formatterOf } from '../records/timestamp-router.ts';

/** Both ways of a SimpleDateFormat. */
export interface DateFormat {
  readonly format: (date: Date) => string;
  /** Undefined: the text does not fit. */
  readonly parse: (text: string) => number | undefined;
}

/** @throws PropertyError when Java would not take the pattern */
export function dateFormatOf(settings: TransformSettings): DateFormat {
  const format = formatterOf(settings, 'format');
  return { format, parse: dateParser(settings.text('format'), new Date().getUTCFullYear()) };
}
