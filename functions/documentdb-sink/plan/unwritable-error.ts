import { MskSinksError } from '../../../shared/errors.ts';

/**
 * This record can never be written as it is: it cannot be converted, or a strategy does not take it. The message is in
 * our words, names what is missing and where, and quotes nothing of the record. Caught where a record is compiled.
 */
export class UnwritableError extends MskSinksError {}
