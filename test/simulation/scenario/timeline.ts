interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly happen: () => void;
  isCancelled: boolean;
}

/** Of a whole story. The busiest have 6,000. */
const EVENTS_MAX = 200_000;

/** Where every story begins, milliseconds since 1970. */
export const EPOCH_MS = 1_700_000_000_000;

/** Virtual time: jumps from event to event. Events of one moment happen in the order they were planned. */
export class Timeline {
  #nowMs = EPOCH_MS;
  #wallBehindMs = 0;
  #heap: Event[] = [];
  #order = 0;
  #eventCount = 0;

  nowMs = (): number => this.#nowMs;

  /** What the clock on the wall says. */
  wallTimeMs = (): number => this.#nowMs - this.#wallBehindMs;

  /** Somebody sets the clock on the wall back; no wait and no deadline changes. */
  setWallBack(byMs: number): void {
    this.#wallBehindMs += byMs;
  }

  /** @returns how to call it off */
  at(atMs: number, happen: () => void): () => void {
    this.#order += 1;
    const event: Event = { atMs: Math.max(atMs, this.#nowMs), order: this.#order, happen, isCancelled: false };
    push(this.#heap, event);
    return () => {
      event.isCancelled = true;
    };
  }

  sleep = (durationMs: number): Promise<void> =>
    new Promise((resolve) => {
      this.at(this.#nowMs + durationMs, resolve);
    });

  /**
   * Lets everything happen until `isOver`, or until nothing is left, or until the given time; or until so much has happened
   * that something must be turning on the spot.
   */
  async run(isOver: () => boolean, untilMs: number): Promise<void> {
    await settle();
    while (!isOver()) {
      const event = pop(this.#heap);
      if (event === undefined || event.atMs > untilMs) return;
      if (event.isCancelled) continue;
      this.#eventCount += 1;
      if (this.#eventCount > EVENTS_MAX) return;
      this.#nowMs = event.atMs;
      event.happen();
      await settle();
    }
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

function pop(heap: Event[]): Event | undefined {
  const [first] = heap;
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
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
  return first;
}
