/** The fields of java.time.temporal.ChronoField that pattern letters stand for. */
export type Field =
  | 'era'
  | 'yearOfEra'
  | 'year'
  | 'quarter'
  | 'month'
  | 'day'
  | 'dayOfYear'
  | 'dayOfWeek'
  | 'amPm'
  | 'hourOfDay'
  | 'clockHourOfDay'
  | 'hourOfAmPm'
  | 'clockHourOfAmPm'
  | 'minute'
  | 'second'
  | 'nanoOfSecond'
  | 'milliOfDay'
  | 'nanoOfDay'
  | 'offsetSeconds';

/** The name of a zone, or an offset in seconds. */
export type Zone = string | number;

export interface Parsed {
  readonly fields: Map<Field, number>;
  zone: Zone | undefined;
}

/** Stores what it reads in `parsed`. Returns the position after the text that was read, or {@link FAILED}. */
export type Parse = (text: string, at: number, parsed: Parsed) => number;

export const FAILED = -1;

/** A field that is read twice must have the same value both times. */
export function setField(parsed: Parsed, field: Field, value: number, end: number): number {
  const before = parsed.fields.get(field);
  parsed.fields.set(field, value);
  return before === undefined || before === value ? end : FAILED;
}
