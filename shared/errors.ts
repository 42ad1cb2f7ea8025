/**
 * The base of every error that this project throws on purpose. The message never quotes a payload or a foreign error's
 * message.
 */
export abstract class MskSinksError extends Error {
  /** The name of the class: the deployed code has shorter ones. */
  abstract override readonly name: string;
}

/**
 * The event does not have the shape that an event source mapping sends: Lambda repeats the whole batch, and no record
 * counts as written.
 */
export class MalformedEventError extends MskSinksError {
  override readonly name = 'MalformedEventError';
}

/** One or more settings are wrong; the message lists every problem. */
export class SettingsError extends MskSinksError {
  override readonly name = 'SettingsError';
  readonly problems: readonly string[];
  constructor(where: string, problems: readonly string[]) {
    super(`${where} has ${problems.length} problem(s):\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Thrown for an unsettled batch where the mapping would ignore the response (`trigger.mode: onDemand`). */
export class UnsettledBatchError extends MskSinksError {
  override readonly name = 'UnsettledBatchError';
}

/**
 * An assumption of this project's own code does not hold. Never thrown for what a user, a network or a service may do.
 */
export class InvariantError extends MskSinksError {
  override readonly name = 'InvariantError';
}

/** @throws InvariantError unless the condition holds. `message` says what should have held. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** Closes a `switch` over a closed union: adding a member to the union then fails to compile. */
export function assertNever(value: never): never {
  throw new InvariantError(`unexpected variant ${String((value as { kind?: unknown }).kind)}`);
}

/**
 * Describes a foreign error without its message: `JSON.parse`, E11000 and SDK validation quote their input in the
 * message (G7). The library chooses `name` and `code`, and both are bounded identifiers.
 */
export function describeForeign(error: unknown): string {
  const { name, code } = identify(error);
  return code === undefined ? name : `${name} (${code})`;
}

/** The name and the code of a foreign error. A value that is no bounded identifier is dropped. */
export function identify(error: unknown): { readonly name: string; readonly code: string | undefined } {
  if (typeof error !== 'object' || error === null) return { name: typeof error, code: undefined };
  const { name, code } = error as { name?: unknown; code?: unknown };
  return { name: identifier(name) ?? 'Error', code: identifier(code) };
}

const IDENTIFIER = /^[A-Za-z0-9_.:$-]{1,64}$/;

function identifier(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && IDENTIFIER.test(text) ? text : undefined;
}
