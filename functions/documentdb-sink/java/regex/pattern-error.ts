import { MskSinksError } from '../../../../shared/errors.ts';

/**
 * A Java pattern that is wrong, or has no equivalent here. The message quotes no foreign text. Becomes a PropertyError.
 */
export class PatternError extends MskSinksError {
  override readonly name = 'PatternError';
}
