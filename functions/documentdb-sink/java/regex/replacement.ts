import { PatternError } from './pattern-error.ts';
import { type Translation, translateRegExp } from './regular-expression.ts';

/** `String.matches`: matches the whole text. @throws PatternError if Java's pattern has no equivalent */
export function matcher(pattern: string): (text: string) => boolean {
  const whole = new RegExp(`^(?:${translateRegExp(pattern).source})$`, 'v');
  return (text) => whole.test(text);
}

/**
 * `String.replaceAll` or `replaceFirst`, with Java's `$1`, `${name}` and backslashes in the replacement.
 * https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/regex/Matcher.html#appendReplacement(java.lang.StringBuilder,java.lang.String)
 * @throws PatternError if the pattern has no equivalent, or the replacement is wrong
 */
export function replacer(
  pattern: string,
  replacement: string,
  which: 'all' | 'first' = 'all',
): (text: string) => string {
  const translation = translateRegExp(pattern);
  const searched = new RegExp(translation.source, which === 'all' ? 'gv' : 'v');
  const parts = partsOf(replacement, translation);
  return (text) =>
    text.replace(searched, (whole: string, ...rest: unknown[]) => {
      const groups = (rest.at(-1) ?? {}) as Readonly<Record<string, string | undefined>>;
      return parts.map((part) => textOf(part, whole, groups)).join('');
    });
}

/** A text, or the number of a group; 0 is the whole match. */
type Part = string | number;

function textOf(part: Part, whole: string, groups: Readonly<Record<string, string | undefined>>): string {
  if (typeof part === 'string') return part;
  return part === 0 ? whole : (groups[`g${part}`] ?? '');
}

const TOKEN = /\\([\s\S])|\$\{([a-zA-Z][a-zA-Z0-9]*)\}|\$(\d+)|([^\\$]+)|([\s\S])/gy;

function partsOf(replacement: string, translation: Translation): readonly Part[] {
  return [...replacement.matchAll(TOKEN)].flatMap(([, escaped, name, digits, text]): readonly Part[] => {
    if (escaped !== undefined || text !== undefined) return [escaped ?? text ?? ''];
    if (name !== undefined) return [translation.names.get(name) ?? missing(`\${${name}}`)];
    if (digits !== undefined) return numbered(digits, translation.groupCount);
    throw new PatternError('its replacement has a \\ or a $ that nothing follows: write \\\\ or \\$');
  });
}

/** Reads as many digits as give an existing group. The remaining digits are text. */
function numbered(digits: string, groupCount: number): readonly Part[] {
  let length = 1;
  while (length < digits.length && Number(digits.slice(0, length + 1)) <= groupCount) length += 1;
  const number = Number(digits.slice(0, length));
  return number > groupCount ? missing(`$${digits}`) : [number, digits.slice(length)];
}

function missing(reference: string): never {
  throw new PatternError(`its replacement has ${reference}, a group that is not there`);
}
