import type { Clock } from '../../shared/time/clock.ts';

interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly happen: () => void;
  isCancelled: boolean;
}

export interface VirtualClockParts {
  /** What the monotonic clock says at first; default: it has been running for a moment only. */
  readonly nowMs?: number;
  /** What the clock on the wall says at first, milliseconds since 1970. */
  readonly wallTimeMs?: number;
  /** How many events there may be: more of them must be turning on the spot. */
  readonly eventsMax?: number;
}

/**
 * Virtual time, with a monotonic clock and one on the wall. Time stands still until a test moves it or lets it jump from
 * event to event; events of one moment happen in the order in which they were planned.
 */
export class VirtualClock implements Clock {
  #nowMs: number;
  #wallAheadMs: number;
  readonly #eventsMax: number;
  readonly #heap: Event[] = [];
  #plannedCount = 0;
  #waitingCount = 0;
  #happenedCount = 0;

  constructor({
    nowMs = 5_000,
    wallTimeMs = 1_700_000_000_000,
    eventsMax = Number.POSITIVE_INFINITY,
  }: VirtualClockParts = {}) {
    this.#nowMs = nowMs;
    this.#wallAheadMs = wallTimeMs - nowMs;
    this.#eventsMax = eventsMax;
  }

  nowMs = (): number => this.#nowMs;

  wallTimeMs = (): number => this.#nowMs + this.#wallAheadMs;

  /** Somebody sets the clock on the wall back; no wait and no deadline changes. */
  setWallBack(byMs: number): void {
    this.#wallAheadMs -= byMs;
  }

  /** How many events are to come. */
  waitingCount = (): number => this.#waitingCount;

  /** @returns how to call it off */
  at(atMs: number, happen: () => void): () => void {
    this.#plannedCount += 1;
    this.#waitingCount += 1;
    const event: Event = { atMs: Math.max(atMs, this.#nowMs), order: this.#plannedCount, happen, isCancelled: false };
    push(this.#heap, event);
    return () => {
      if (!event.isCancelled) this.#waitingCount -= 1;
      event.isCancelled = true;
    };
  }

  sleep = (durationMs: number): Promise<void> =>
    new Promise((resolve) => {
      this.at(this.#nowMs + durationMs, resolve);
    });

  /** At once where the time has come, or the signal is aborted. */
  waitUntil = (atMs: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted || atMs <= this.#nowMs) return resolve();
      const cancel = this.at(atMs, resolve);
      signal?.addEventListener('abort', () => {
        cancel();
        resolve();
      });
    });

  /** Moves time on; what is due happens, and whatever it leads to at once happens before the next. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    await settle();
    while ((await this.#next(untilMs)) !== undefined);
    this.#nowMs = untilMs;
  }

  /** Jumps from event to event until the work is done. @throws Error where nothing is left that could finish it */
  async run<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const end = () => {
      isDone = true;
    };
    void work.then(end, end);
    await this.runUntil(() => isDone, Number.POSITIVE_INFINITY);
    if (!isDone) throw new Error('nothing is left to wait for, and the work is not done');
    return work;
  }

  /** Lets everything happen until `isOver`, or until nothing is left, or until the given time, or until too much has happened. */
  async runUntil(isOver: () => boolean, untilMs: number): Promise<void> {
    await settle();
    while (!isOver() && this.#happenedCount <= this.#eventsMax) {
      if ((await this.#next(untilMs)) === undefined) return;
    }
  }

  /** Lets the next event happen. Undefined: there is none until then. */
  async #next(untilMs: number): Promise<Event | undefined> {
    while (this.#heap[0]?.isCancelled) pop(this.#heap);
    const [event] = this.#heap;
    if (event === undefined || event.atMs > untilMs) return undefined;
    pop(this.#heap);
    // From now on nothing is left to call off.
    event.isCancelled = true;
    this.#waitingCount -= 1;
    this.#happenedCount += 1;
    this.#nowMs = event.atMs;
    event.happen();
    await settle();
    return event;
  }
}

/** Every promise chain that waits for no event runs to its end. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const isBefore = (a: Event, b: Event): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

function push(heap: Event[], event: Event): void {
  let index = heap.push(event) - 1;
  while (index > 0) {
    const above = (index - 1) >> 1;
    if (!isBefore(event, heap[above] as Event)) break;
    heap[index] = heap[above] as Event;
    index = above;
  }
  heap[index] = event;
}

function pop(heap: Event[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    let below = 2 * index + 1;
    if (below >= heap.length) break;
    if (below + 1 < heap.length && isBefore(heap[below + 1] as Event, heap[below] as Event)) below += 1;
    if (!isBefore(heap[below] as Event, last)) break;
    heap[index] = heap[below] as Event;
    index = below;
  }
  heap[index] = last;
}
