import { MskSinksError } from '../../../shared/errors.ts';
import type { FailureCode } from '../../../shared/outcome.ts';

/** Something stands between us and the target that only a person or a rotation mends: no record is to blame. */
export class FatalError extends MskSinksError {
  readonly code: FailureCode;
  /** Whether no command can succeed; otherwise none on one collection. */
  readonly everywhere: boolean;
  constructor(code: FailureCode, message: string, { everywhere }: { readonly everywhere: boolean }) {
    super(message);
    this.code = code;
    this.everywhere = everywhere;
  }
}
