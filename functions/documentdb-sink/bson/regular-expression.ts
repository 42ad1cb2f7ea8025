import { BSONRegExp } from 'mongodb';
import { UnconvertibleError } from './unconvertible-error.ts';

/**
 * A regular expression with any options, which servers store as they come; the driver's constructor takes `imlsux` alone.
 * https://bsonspec.org/spec.html: the options are stored in alphabetical order.
 * @throws UnconvertibleError where either text holds a NUL character, which ends it in BSON
 */
export function regularExpressionOf(pattern: string, options: string): BSONRegExp {
  if (pattern.includes('\0') || options.includes('\0')) {
    throw new UnconvertibleError('a regular expression holds a NUL character');
  }
  const expression = new BSONRegExp(pattern);
  expression.options = [...options].toSorted().join('');
  return expression;
}
