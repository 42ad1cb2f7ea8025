import type { Clock } from '../../../shared/time/clock.ts';
import type { VirtualClock } from '../../support/virtual-clock.ts';
import type { Touched, Witness } from '../scenario/fault-injector.ts';
import { EPOCH_MS } from '../scenario/timeline.ts';

/**
 * One execution environment of a function. Whatever comes to its process (a timer, an answer) comes through here: a frozen
 * process gets it when it is thawed, a dead one never. So it can be stopped at any await.
 */
export class Environment implements Witness {
  readonly clock: Clock;
  readonly name: string;
  /** The invocation under way learns which partitions a fault touches. */
  witness: Witness | undefined;
  /** When it last began to run again, by its own clock. */
  thawedAtMs = 0;
  /** When it last sent something, or got an answer. */
  activeAtMs = 0;
  readonly noteActivity = (): void => {
    this.activeAtMs = this.#timeline.nowMs();
  };
  /** Requests that were neither answered nor given up. */
  openCount = 0;
  /** Names the invocation under way. */
  invocation = '';
  /** What it was sent: `<topic-partition>@<offset>`. */
  sent: readonly string[] = [];
  /** Of the maps and sets that its function keeps between invocations. */
  entryCount = (): number => 0;
  /** When it has to stop sending, by its own clock. */
  sendUntilMs = Number.POSITIVE_INFINITY;
  #state: 'running' | 'frozen' | 'dead' = 'running';
  readonly #waiting: (() => void)[] = [];
  readonly #timeline: VirtualClock;
  #isDraining = false;

  constructor(name: string, timeline: VirtualClock) {
    this.name = name;
    this.#timeline = timeline;
    // Its clock began with the story, the wall's in 1970: whoever takes one for the other is far off.
    this.clock = {
      nowMs: () => timeline.nowMs() - EPOCH_MS,
      wallTimeMs: timeline.wallTimeMs,
      waitUntil: (atMs, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted) return resolve();
          const abort = () => {
            cancel();
            resolve();
          };
          // As a timer of Node.js, which takes a millisecond at least: a process that waits for what is over goes on in time.
          const cancel = timeline.at(Math.max(EPOCH_MS + atMs, timeline.nowMs() + 1), () => {
            this.deliver(() => {
              signal?.removeEventListener('abort', abort);
              resolve();
            });
          });
          signal?.addEventListener('abort', abort, { once: true });
        }),
    };
  }

  isDead = (): boolean => this.#state === 'dead';

  touch(touched: Touched): void {
    this.witness?.touch(touched);
  }

  /** Something reaches the process. */
  deliver(happen: () => void): void {
    if (this.#state === 'dead') return;
    if (this.#state === 'running' && this.#waiting.length === 0) {
      happen();
      return;
    }
    this.#waiting.push(happen);
    this.#drain();
  }

  freeze(): void {
    if (this.#state === 'running') this.#state = 'frozen';
  }

  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    this.thawedAtMs = this.clock.nowMs();
    this.#drain();
  }

  kill(): void {
    this.#state = 'dead';
    this.#waiting.length = 0;
  }

  /** One by one, as an event loop does: whatever each leads to at once happens before the next. */
  #drain(): void {
    if (this.#isDraining || this.#state !== 'running' || this.#waiting.length === 0) return;
    this.#isDraining = true;
    this.#timeline.at(this.#timeline.nowMs(), () => {
      this.#isDraining = false;
      if (this.#state !== 'running') return;
      this.#waiting.shift()?.();
      this.#drain();
    });
  }
}
