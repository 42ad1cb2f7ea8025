import type { Violation } from '../violation.ts';

/** How the driver says that it waited in vain. */
export const TIMED_OUT = 'MongoNetworkTimeoutError';

/** G5, docs/guarantees.md: a command that exceeds the socket timeout is split, or it would take as long again. */
export class SlowCommands {
  /** By their invocations, what each of them writes. */
  readonly #tooSlow = new Map<string, (readonly string[])[]>();

  failed(invocation: string, positions: readonly string[], error: unknown): void {
    const isTooSlow = error instanceof Error && error.name === TIMED_OUT;
    // What is one write cannot be split.
    if (!isTooSlow || positions.length < 2) return;
    this.#tooSlow.set(invocation, [...(this.#tooSlow.get(invocation) ?? []), positions]);
  }

  sent(invocation: string, positions: readonly string[]): readonly Violation[] {
    const all = new Set(positions);
    const isWhole = (slow: readonly string[]) => slow.every((position) => all.has(position));
    if (!this.#tooSlow.get(invocation)?.some(isWhole)) return [];
    const message = `invocation ${invocation} sends ${positions.length} writes again in a command that took too long`;
    return [{ guarantee: 'G5', message }];
  }
}
