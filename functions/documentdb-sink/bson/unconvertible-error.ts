import { MskSinksError } from '../../../shared/errors.ts';

/** A payload cannot be converted. The message is in our words and quotes nothing of the payload. Caught within converters/. */
export class UnconvertibleError extends MskSinksError {}
