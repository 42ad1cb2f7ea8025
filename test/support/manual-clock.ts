import type { Clock } from '../../shared/time/clock.ts';

interface Timer {
  readonly atMs: number;
  readonly wake: () => void;
}

/** Time stands still until a test moves it, or until {@link ManualClock.runUntilIdle} lets it jump from timer to timer. */
export class ManualClock implements Clock {
  #nowMs = 5_000;
  #wallOffsetMs: number;
  #timers: Timer[] = [];

  /** @param wallTimeMs what the clock on the wall says at first; the other one has been running for a moment only */
  constructor(wallTimeMs = 1_700_000_000_000) {
    this.#wallOffsetMs = wallTimeMs - this.#nowMs;
  }

  nowMs = (): number => this.#nowMs;

  wallTimeMs = (): number => this.#nowMs + this.#wallOffsetMs;

  /** Somebody sets the clock on the wall, and that alone. */
  setWallBack(byMs: number): void {
    this.#wallOffsetMs -= byMs;
  }

  /** How many wait for their time. */
  timerCount = (): number => this.#timers.length;

  waitUntil = (atMs: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted || atMs <= this.#nowMs) return resolve();
      const timer = { atMs, wake: resolve };
      this.#timers.push(timer);
      signal?.addEventListener('abort', () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
        resolve();
      });
    });

  /** Moves time on, waking timers in order, and lets the awakened work run after each. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    await settleMicrotasks();
    for (let next = this.#earliest(); next !== undefined && next.atMs <= untilMs; next = this.#earliest()) {
      this.#fire(next);
      await settleMicrotasks();
    }
    this.#nowMs = untilMs;
  }

  /** Jumps from timer to timer until the work is done. Fails when nothing is left that could finish it. */
  async run<T>(work: Promise<T>): Promise<T> {
    let done = false;
    void work.then(
      () => (done = true),
      () => (done = true),
    );
    await settleMicrotasks();
    while (!done) {
      const next = this.#earliest();
      if (next === undefined) throw new Error('nothing is left to wait for, and the work is not done');
      this.#fire(next);
      await settleMicrotasks();
    }
    return work;
  }

  #earliest() {
    return this.#timers.reduce<Timer | undefined>(
      (first, timer) => (first === undefined || timer.atMs < first.atMs ? timer : first),
      undefined,
    );
  }

  #fire(timer: Timer): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
    this.#nowMs = Math.max(this.#nowMs, timer.atMs);
    timer.wake();
  }
}

/** Lets every promise chain that needs no timer run to its end. */
const settleMicrotasks = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
