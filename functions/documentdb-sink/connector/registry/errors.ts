import { MskSinksError } from '../../../../shared/errors.ts';
import type { RecordFailure } from '../../../../shared/outcome.ts';
import { UnconvertibleError } from '../../bson/unconvertible-error.ts';

/** A record cannot be planned yet, and is not to blame. */
export class UnpreparedError extends MskSinksError {
  override readonly name = 'UnpreparedError';
  readonly failure: RecordFailure;

  constructor(failure: RecordFailure) {
    super(failure.detail);
    this.failure = failure;
  }
}

/** The schema is sound, and the function does not follow it: no record is to blame. */
export class UnsupportedSchemaError extends UnconvertibleError {}
