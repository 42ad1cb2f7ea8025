import { PatternError } from '../regex/pattern-error.ts';

/** Literal text, or a letter and its number of repetitions. */
export type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly letter: string; readonly count: number };

const TOKEN = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'/g;
const LETTERS = 'GyYMLwWDdFEuaHkKhmsSzZX';

/**
 * The parts of a pattern of `java.text.SimpleDateFormat`.
 * https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/text/SimpleDateFormat.html
 * @throws PatternError if Java refuses the pattern
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
