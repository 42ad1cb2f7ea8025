import { PatternError } from './pattern-error.ts';

/**
 * Java's character classes for a JavaScript regular expression with the flag `v`, whose own `\s` and `.` match other
 * characters.
 * https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/regex/Pattern.html
 */
export const LINE_ENDS = String.raw`\n\r\u0085\u2028\u2029`;
export const LINE_BREAK = String.raw`(?:\r\n|[\n-\r\u0085\u2028\u2029])`;

const HORIZONTAL = String.raw`\t \u{a0}\u{1680}\u{180e}\u{2000}-\u{200a}\u{202f}\u{205f}\u{3000}`;
const VERTICAL = String.raw`\n-\r\u{85}\u{2028}\u{2029}`;
const SPACE = String.raw`\t-\r `;
const WORD = 'A-Za-z0-9_';

/** Classes by the letter after the backslash. */
export const SHORTHANDS: ReadonlyMap<string, string> = new Map(
  [
    ['d', '0-9'],
    ['s', SPACE],
    ['w', WORD],
    ['h', HORIZONTAL],
    ['v', VERTICAL],
  ].flatMap(([letter = '', members]) => [
    [letter, `[${members}]`],
    [letter.toUpperCase(), `[^${members}]`],
  ]),
);

const POSIX: ReadonlyMap<string, string> = new Map([
  ['Lower', '[a-z]'],
  ['Upper', '[A-Z]'],
  ['ASCII', String.raw`[\u{0}-\u{7f}]`],
  ['Alpha', '[A-Za-z]'],
  ['Digit', '[0-9]'],
  ['Alnum', '[A-Za-z0-9]'],
  ['Punct', String.raw`[\u{21}-\u{2f}\u{3a}-\u{40}\u{5b}-\u{60}\u{7b}-\u{7e}]`],
  ['Graph', String.raw`[\u{21}-\u{7e}]`],
  ['Print', String.raw`[\u{20}-\u{7e}]`],
  ['Blank', String.raw`[ \t]`],
  ['Cntrl', String.raw`[\u{0}-\u{1f}\u{7f}]`],
  ['XDigit', '[0-9A-Fa-f]'],
  ['Space', `[${SPACE}]`],
]);

/** The class for `\p{name}`, or `\P{name}` if negated. @throws PatternError if JavaScript has no such property */
export function propertyClass(name: string, negated: boolean): string {
  const posix = POSIX.get(name);
  if (posix !== undefined) return negated ? `[^${posix}]` : posix;
  for (const candidate of candidatesOf(name)) {
    const text = `\\${negated ? 'P' : 'p'}{${candidate}}`;
    if (isRegExp(text)) return text;
  }
  throw new PatternError(`\\p{${name}} has no equivalent here: list its characters instead`);
}

function candidatesOf(name: string): readonly string[] {
  if (/^In|^(?:blk|block)=|^java/.test(name)) return [];
  const [key, value] = name.split('=');
  if (value !== undefined) return /^(?:sc|script)$/i.test(key ?? '') ? [`sc=${value}`] : [`gc=${value}`];
  const bare = name.replace(/^Is/, '');
  return [bare, titled(bare), `sc=${bare}`];
}

const titled = (name: string): string => name.toLowerCase().replace(/(?:^|_)[a-z]/g, (letter) => letter.toUpperCase());

function isRegExp(text: string): boolean {
  try {
    return new RegExp(text, 'v') !== undefined;
  } catch {
    return false;
  }
}
