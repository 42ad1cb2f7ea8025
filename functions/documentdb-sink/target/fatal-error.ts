import { MskSinksError } from '../../../shared/errors.ts';
import type { FailureCode } from '../../../shared/outcome.ts';

/** The scope in which no command can succeed: the whole target, or one collection. */
export type FailureScope = 'target' | 'collection';

/** No command can succeed until a person or a credential rotation fixes the cause. No record is at fault. */
export class FatalError extends MskSinksError {
  override readonly name = 'FatalError';
  readonly code: FailureCode;
  readonly scope: FailureScope;
  constructor(code: FailureCode, message: string, { scope }: { readonly scope: FailureScope }) {
    super(message);
    this.code = code;
    this.scope = scope;
  }
}
