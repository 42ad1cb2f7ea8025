const DAY_MS = 86_400_000;

/** `Values.dateFormatFor` in UTC: a time for the first day and before, a date at midnight, otherwise both. */
export function dateText(date: Date): string {
  const ms = date.getTime();
  const [day = '', time = ''] = isoOf(date).split('T');
  if (ms < DAY_MS) return time;
  return ms % DAY_MS === 0 ? day : `${day}T${time}`;
}

/** JavaScript writes a sign before years beyond 9999. */
const isoOf = (date: Date): string => date.toISOString().replace(/^\+0?/, '');
