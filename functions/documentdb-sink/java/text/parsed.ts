/** The fields of java.time.temporal.ChronoField that a pattern's letters stand for. */
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

/** The place after what was read, or {@link FAILED}; what it read is in `parsed`. */
export type Parse = (text: string, at: number, parsed: Parsed) => number;

export const FAILED = -1;

/** Of a field that is read twice, both values must be the same. */
export function setField(parsed: Parsed, field: Field, value: number, end: number): number {
  const before = parsed.fields.get(field);
  parsed.fields.set(field, value);
  return before === undefined || before === value ? end : FAILED;
}
