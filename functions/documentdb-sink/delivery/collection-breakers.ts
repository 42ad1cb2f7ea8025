import { CircuitBreaker } from '../../../shared/delivery/circuit-breaker.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import type { StepResult } from '../lanes/commands.ts';
import type { CredentialsRetry } from './credentials-retry.ts';
import type { Flight } from './resolve.ts';

export interface BreakerParts {
  readonly clock: Clock;
  /** The breaker of the target, shared by all collections. */
  readonly breaker: CircuitBreaker;
  readonly credentials: CredentialsRetry;
}

/** Whether anything may be sent to a collection: its own breaker, and the breaker of the target. */
export class CollectionBreakers {
  readonly #parts: BreakerParts;
  readonly #own = new CircuitBreaker();

  constructor(parts: BreakerParts) {
    this.#parts = parts;
  }

  /** @returns whether only a single command may be sent, to find out whether the target works again */
  enter(nowMs: number): boolean {
    return [this.#own.enter(nowMs), this.#parts.breaker.enter(nowMs)].includes(true);
  }

  get nextTryAtMs(): number {
    return Math.max(this.#own.probeAtMs ?? 0, this.#parts.breaker.probeAtMs ?? 0);
  }

  get tripCount(): number {
    return this.#own.tripCount + this.#parts.breaker.tripCount;
  }

  /** Another command may have tripped a breaker in the meantime: what was not sent then waits as well. */
  allow({ isProbing, tripCount }: Flight): boolean {
    return isProbing ? tripCount === this.tripCount : this.nextTryAtMs <= this.#parts.clock.nowMs();
  }

  /** A success that was under way when a breaker was tripped says nothing about the time after; only a probe's does. */
  update(results: readonly StepResult[], { isProbing }: Flight): void {
    const { breaker, clock, credentials } = this.#parts;
    const nowMs = clock.nowMs();
    const fatal = results.map(({ result }) => result).find(({ kind }) => kind === 'fatal');
    const areCredentialsRefused = results.some(({ result }) => result.kind === 'credentials');
    const isOfCollection = fatal?.kind === 'fatal' && fatal.scope === 'collection';
    if (isProbing && !areCredentialsRefused) breaker.reset(); // a fatal answer trips a breaker anew
    if (isOfCollection) this.#own.trip(nowMs);
    else if (fatal !== undefined) breaker.trip(nowMs);
    else if (areCredentialsRefused && !credentials.take()) breaker.trip(nowMs);
    else if (isProbing && !areCredentialsRefused) this.#own.reset();
  }
}
