import { MskSinksError } from '../../../shared/errors.ts';

/**
 * A record that can never be written as it is: a conversion failed, or a strategy refused the record. The message names
 * what is missing and where, and quotes nothing of the record. Caught where a record is compiled.
 */
export class UnwritableError extends MskSinksError {
  override readonly name = 'UnwritableError';
}
