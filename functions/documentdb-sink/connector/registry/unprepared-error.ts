import { MskSinksError } from '../../../../shared/errors.ts';
import type { RecordFailure } from '../../../../shared/outcome.ts';

/** A record cannot be planned yet, and is not to blame. */
export class UnpreparedError extends MskSinksError {
  readonly failure: RecordFailure;

  constructor(failure: RecordFailure) {
    super(failure.detail);
    this.failure = failure;
  }
}
