import { MskSinksError } from '../../../shared/errors.ts';
import type { FailureCode } from '../../../shared/outcome.ts';

/** Where no command can succeed: anywhere, or on one collection. */
export type FailureScope = 'target' | 'collection';

/** Something stands between us and the target that only a person or a rotation mends: no record is to blame. */
export class FatalError extends MskSinksError {
  readonly code: FailureCode;
  readonly scope: FailureScope;
  constructor(code: FailureCode, message: string, { scope }: { readonly scope: FailureScope }) {
    super(message);
    this.code = code;
    this.scope = scope;
  }
}
