import { PROBE_INTERVAL_MS } from '../scenario/promised.ts';
import type { Environment } from '../services/environment.ts';
import type { Violation } from './violation.ts';

/** One invocation as the service at the other end of its requests sees it. */
interface Seen {
  readonly firstSentAtMs: number;
  /** Records whose acknowledgement reached the process. */
  readonly acknowledged: Set<string>;
  readonly sendings: Map<string, number>;
  openCount: number;
  /** By what was refused: a collection, or everything (the empty text). */
  readonly quietUntilMs: Map<string, number>;
}

const SLACK_MS = 5;
/** Sendings of one record: a good number at once, then so many a second. Without a pause between tries there are fifty. */
const SENDINGS_MAX = 30;
const SENDINGS_PER_SECOND_MAX = 10;

const EVERYTHING = '';

export interface Bounds {
  readonly requestsInFlightMax: number;
  readonly requestTimeoutMs: number;
}

/** What its requests say of a process, whatever becomes of the records. */
export class Conduct {
  readonly violations: Violation[] = [];
  readonly #bounds: Bounds;
  readonly #invocations = new Map<string, Seen>();

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  /** The process decides to send. What was decided before may still be on its way there. */
  decided(invocation: string, nowMs: number, { sendUntilMs = Number.POSITIVE_INFINITY, of = EVERYTHING } = {}): void {
    if (nowMs >= sendUntilMs) {
      this.#blame('G5', `invocation ${invocation} sends ${nowMs - sendUntilMs} ms after its last moment for that`);
    }
    const { quietUntilMs } = this.#seenOf(invocation, nowMs);
    const earlyMs = Math.max(quietUntilMs.get(of) ?? 0, quietUntilMs.get(EVERYTHING) ?? 0) - nowMs;
    if (earlyMs <= 0) return;
    this.#blame('G5', `invocation ${invocation} tries again ${earlyMs} ms early although every request is refused`);
  }

  /**
   * Watches a request with these records from its sending on. It is closed when the signal aborts, at the latest.
   * @returns what to call when it is answered, broken or given up
   */
  opened(environment: Environment, invocation: string, positions: readonly string[], signal: AbortSignal): () => void {
    const { clock } = environment;
    const sentAtMs = clock.nowMs();
    this.sent(invocation, positions, sentAtMs);
    let isOpen = true;
    const close = () => {
      if (!isOpen) return;
      isOpen = false;
      this.closed(invocation, clock.nowMs() - Math.max(sentAtMs, environment.thawedAtMs), clock.nowMs());
    };
    signal.addEventListener('abort', close, { once: true });
    return close;
  }

  /** The process sends a request with these records. */
  sent(invocation: string, positions: readonly string[], nowMs: number): void {
    const seen = this.#seenOf(invocation, nowMs);
    seen.openCount += 1;
    if (seen.openCount > this.#bounds.requestsInFlightMax) {
      this.#blame('G5', `invocation ${invocation} has ${seen.openCount} requests open at once`);
    }
    for (const position of positions) this.#countSending(seen, position, nowMs);
  }

  /** The request is answered, broken or given up; it was open for so long while the process ran. */
  closed(invocation: string, openMs: number, nowMs: number): void {
    this.#seenOf(invocation, nowMs).openCount -= 1;
    if (openMs <= this.#bounds.requestTimeoutMs + SLACK_MS) return;
    this.#blame('G5', `invocation ${invocation} had a request open for ${openMs} ms`);
  }

  /** The request is none that the service could take, whatever stands in it. */
  malformed(invocation: string): void {
    this.#blame('G5', `invocation ${invocation} sent a request beyond the service's limits`);
  }

  /** The process was told that these records are stored, and that the service takes requests. */
  answered(invocation: string, acknowledged: readonly string[], nowMs: number, of = EVERYTHING): void {
    const seen = this.#seenOf(invocation, nowMs);
    seen.quietUntilMs.delete(of);
    seen.quietUntilMs.delete(EVERYTHING);
    for (const position of acknowledged) seen.acknowledged.add(position);
  }

  /** The process was told that no request can succeed at present. */
  refusedForGood(invocation: string, nowMs: number, of = EVERYTHING): void {
    const { quietUntilMs } = this.#seenOf(invocation, nowMs);
    quietUntilMs.set(of, nowMs + PROBE_INTERVAL_MS);
    // Whoever hears that of one collection was answered.
    if (of !== EVERYTHING) quietUntilMs.delete(EVERYTHING);
  }

  /** Whether the process of this invocation was told that the record is stored. */
  isAcknowledged(invocation: string, position: string): boolean {
    return this.#invocations.get(invocation)?.acknowledged.has(position) ?? false;
  }

  /** How many invocations sent the record. */
  invocationCountOf(position: string): number {
    return [...this.#invocations.values()].filter(({ sendings }) => sendings.has(position)).length;
  }

  #countSending(seen: Seen, position: string, nowMs: number): void {
    const count = (seen.sendings.get(position) ?? 0) + 1;
    seen.sendings.set(position, count);
    if (seen.acknowledged.has(position)) {
      this.#blame('G2', `${position} was sent again although its answer had come`);
    }
    const elapsedMs = nowMs - seen.firstSentAtMs;
    if (count > SENDINGS_MAX + (SENDINGS_PER_SECOND_MAX * elapsedMs) / 1_000) {
      this.#blame('G5', `${position} was sent ${count} times in ${elapsedMs} ms`);
    }
  }

  #seenOf(invocation: string, nowMs: number): Seen {
    const known = this.#invocations.get(invocation);
    if (known !== undefined) return known;
    const seen = {
      firstSentAtMs: nowMs,
      acknowledged: new Set<string>(),
      sendings: new Map<string, number>(),
      openCount: 0,
      quietUntilMs: new Map<string, number>(),
    };
    this.#invocations.set(invocation, seen);
    return seen;
  }

  #blame(guarantee: Violation['guarantee'], message: string): void {
    this.violations.push({ guarantee, message });
  }
}
