/** The base of every error this project throws on purpose. Its message is ours: it never quotes a payload or a foreign message. */
export class MskSinksError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** The event is not what an event source mapping sends: the whole batch is repeated, nothing of it is called a success. */
export class MalformedEventError extends MskSinksError {}

/** One or more settings are wrong; the message lists every problem. */
export class SettingsError extends MskSinksError {
  readonly problems: readonly string[];
  constructor(where: string, problems: readonly string[]) {
    super(`${where} has ${problems.length} problem(s):\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Thrown for an unsettled batch where the mapping would ignore a response (`trigger.mode: onDemand`). */
export class UnsettledBatchError extends MskSinksError {}

/** An assumption of our own code does not hold. Never thrown for what a user, a network or a service may do. */
export class InvariantError extends MskSinksError {}

/** Throws {@link InvariantError} unless the condition holds. `message` says what should have held. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** Closes a `switch` over a closed union: adding a member then fails to compile. */
export function assertNever(value: never): never {
  throw new InvariantError(`unexpected variant ${String((value as { kind?: unknown }).kind)}`);
}

/**
 * What may be said of an error that is not ours. Its message is left out: `JSON.parse`, E11000 and SDK validation quote
 * their input there (G7). `name` and `code` are identifiers chosen by the library, and are cut to a bounded length.
 */
export function describeForeign(error: unknown): string {
  const { name, code } = identify(error);
  return code === undefined ? name : `${name} (${code})`;
}

/** The name and the code of an error that is not ours, as bounded identifiers; anything else in their place is dropped. */
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
