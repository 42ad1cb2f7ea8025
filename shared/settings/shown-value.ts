const CHARACTERS_MAX = 80;

/** A connection string, or a part of one that may hold a password. */
const MAY_HOLD_PASSWORD = /@|:\/\//;

/** False if the text may hold a password, because somebody wrote a connection string into the wrong place. */
export const isQuotable = (text: string): boolean => !MAY_HOLD_PASSWORD.test(text);

/** The end of an error text that quotes the first 80 characters of a value: `, got "abc"`; empty if the value must not be quoted. */
export function shownValue(value: string | number | boolean): string {
  const text = typeof value === 'string' ? value.slice(0, CHARACTERS_MAX) : value;
  return isQuotable(String(value)) ? `, got ${JSON.stringify(text)}` : '';
}
