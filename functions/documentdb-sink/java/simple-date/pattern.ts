import { PatternError } from '../regex/pattern-error.ts';

/** Text that stands as it is, or a letter and how often it stands. */
export type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly letter: string; readonly count: number };

const TOKEN = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'/g;
const LETTERS = 'GyYMLwWDdFEuaHkKhmsSzZX';

/**
 * The parts of a pattern of `java.text.SimpleDateFormat`.
 * https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/text/SimpleDateFormat.html
 * @throws PatternError when Java would not take it
 */
export const tokensOf = (pattern: string): readonly Token[] =>
  [...pattern.matchAll(TOKEN)].map(([whole, quoted, letter]): Token => {
    if (quoted !== undefined) return { kind: 'text', text: quoted === '' ? "'" : quoted.replaceAll("''", "'") };
    if (letter === undefined) {
      if (whole === "'") throw new PatternError("it has a ' that is not closed");
      return { kind: 'text', text: whole };
    }
    if (!LETTERS.includes(letter)) throw new PatternError(`it has the letter ${letter}, which means nothing in it`);
    if (letter === 'X' && whole.length > 3) throw new PatternError('it has more than three X');
    return { kind: 'field', letter, count: whole.length };
  });
