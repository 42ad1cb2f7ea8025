import { BSONRegExp } from 'mongodb';
import { UnconvertibleError } from './unconvertible-error.ts';

/**
 * A regular expression with any options. Servers store any options, but the driver's constructor accepts only `imlsux`.
 * https://bsonspec.org/spec.html: the options are stored in alphabetical order.
 * @throws UnconvertibleError if the pattern or the options contain NUL, which ends a text in BSON
 */
export function regularExpressionOf(pattern: string, options: string): BSONRegExp {
  if (pattern.includes('\0') || options.includes('\0')) {
    throw new UnconvertibleError('a regular expression holds a NUL character');
  }
  const expression = new BSONRegExp(pattern);
  expression.options = [...options].toSorted().join('');
  return expression;
}
