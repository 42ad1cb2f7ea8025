import { PatternError } from './pattern-error.ts';

export const code = (char: string): number => char.codePointAt(0) ?? 0;
/** A literal character, in a pattern or in a class. */
export const hex = (char: string): string => (/[a-zA-Z0-9]/.test(char) ? char : `\\u{${code(char).toString(16)}}`);

export function character(point: number): string {
  if (point > 0x10ffff) throw new PatternError('it has a character beyond Unicode');
  return String.fromCodePoint(point);
}

/** The part of a range that lies in the 26 letters from `base`, in the other case. */
export function otherCase(from: number, to: number, base: string, distance: number): string {
  const [low, high] = [Math.max(from, code(base)), Math.min(to, code(base) + 25)];
  return low > high ? '' : `${hex(String.fromCharCode(low + distance))}-${hex(String.fromCharCode(high + distance))}`;
}
