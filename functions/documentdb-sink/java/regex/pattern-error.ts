import { MskSinksError } from '../../../../shared/errors.ts';

/** A pattern of Java's that is wrong, or that has no equivalent here. Its message is ours. Becomes a PropertyError. */
export class PatternError extends MskSinksError {}
