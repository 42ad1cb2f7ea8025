/** Java's names in English, which is the default language of a Connect worker. */
export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

export const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
export const ERAS = ['BC', 'AD'] as const;
export const HALF_DAYS = ['AM', 'PM'] as const;

export const shortened = (name: string): string => name.slice(0, 3);
