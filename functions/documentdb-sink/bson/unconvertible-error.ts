import { MskSinksError } from '../../../shared/errors.ts';

/** A payload that cannot be converted. The message quotes nothing of the payload. Caught within converters/. */
export class UnconvertibleError extends MskSinksError {
  override readonly name = 'UnconvertibleError';
}
