import { CircuitBreaker } from '../../../shared/delivery/circuit-breaker.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import type { StepResult } from '../lanes/commands.ts';
import { type Namespace, namespaceText } from '../plan/namespace.ts';
import type { CredentialsRetry } from './credentials-retry.ts';
import type { Flight } from './resolve.ts';

export interface BreakerParts {
  readonly clock: Clock;
  readonly namespace: Namespace;
  readonly breakers: Breakers;
  readonly credentials: CredentialsRetry;
}

/** The breakers of an invocation. */
export class Breakers {
  readonly target = new CircuitBreaker();
  readonly #collections = new Map<string, CircuitBreaker>();

  of(namespace: Namespace): CircuitBreaker {
    const name = namespaceText(namespace);
    const breaker = this.#collections.get(name) ?? new CircuitBreaker();
    this.#collections.set(name, breaker);
    return breaker;
  }
}

/** Whether anything may be sent to a collection: its own breaker, and the breaker of the target. */
export class CollectionBreakers {
  readonly #parts: BreakerParts;
  readonly #own: CircuitBreaker;
  readonly #target: CircuitBreaker;

  constructor(parts: BreakerParts) {
    this.#parts = parts;
    this.#own = parts.breakers.of(parts.namespace);
    this.#target = parts.breakers.target;
  }

  /** @returns whether only a single command may be sent, to find out whether the target works again */
  enter(nowMs: number): boolean {
    return [this.#own.enter(nowMs), this.#target.enter(nowMs)].includes(true);
  }

  get nextTryAtMs(): number {
    return Math.max(this.#own.probeAtMs ?? 0, this.#target.probeAtMs ?? 0);
  }

  get tripCount(): number {
    return this.#own.tripCount + this.#target.tripCount;
  }

  /** Another command may have tripped a breaker in the meantime: what was not sent then waits as well. */
  allow({ isProbing, tripCount }: Flight): boolean {
    return isProbing ? tripCount === this.tripCount : this.nextTryAtMs <= this.#parts.clock.nowMs();
  }

  /** A success that was under way when a breaker was tripped says nothing about the time after; only a probe's does. */
  update(results: readonly StepResult[], { isProbing }: Flight): void {
    const { clock, credentials } = this.#parts;
    const nowMs = clock.nowMs();
    const fatal = results.map(({ result }) => result).find(({ kind }) => kind === 'fatal');
    const areCredentialsRefused = results.some(({ result }) => result.kind === 'credentials');
    const isOfCollection = fatal?.kind === 'fatal' && fatal.scope === 'collection';
    if (isProbing && !areCredentialsRefused) this.#target.reset(); // a fatal answer trips a breaker anew
    if (isOfCollection) this.#own.trip(nowMs);
    else if (fatal !== undefined) this.#target.trip(nowMs);
    else if (areCredentialsRefused && !credentials.take()) this.#target.trip(nowMs);
    else if (isProbing && !areCredentialsRefused) this.#own.reset();
  }
}
