import type { Clock } from '../../../shared/time/clock.ts';
import { CaseError } from '../case-error.ts';

interface Timer {
  readonly atMs: number;
  readonly wake: () => void;
}

/** Time that jumps to the next timer whenever all else is done: a minute of retries passes at once. */
export class VirtualClock implements Clock {
  #nowMs: number;
  readonly #timers = new Set<Timer>();

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  nowMs = (): number => this.#nowMs;

  wallTimeMs = (): number => this.#nowMs;

  waitUntil = (atMs: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted || atMs <= this.#nowMs) return resolve();
      const timer = { atMs, wake: resolve };
      this.#timers.add(timer);
      signal?.addEventListener('abort', () => {
        this.#timers.delete(timer);
        resolve();
      });
    });

  async run<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const settle = () => {
      isDone = true;
    };
    work.then(settle, settle);
    for (await idle(); !isDone; await idle()) {
      const next = [...this.#timers].toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) throw new CaseError('failed', 'the sink waits for what never comes');
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
    }
    return work;
  }
}

/** Until every promise that needs no timer has run. */
const idle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
