interface Entry<T> {
  readonly item: T;
  readonly key: number;
  readonly order: number;
}

const isBefore = <T>(one: Entry<T>, other: Entry<T>): boolean =>
  one.key < other.key || (one.key === other.key && one.order < other.order);

/** Items by a number, the least first; of equal ones the first that was added. A key is read once, when its item is added. */
export class Heap<T> {
  readonly #keyOf: (item: T) => number;
  #entries: Entry<T>[] = [];
  #addedCount = 0;

  constructor(keyOf: (item: T) => number) {
    this.#keyOf = keyOf;
  }

  get size(): number {
    return this.#entries.length;
  }

  get least(): T | undefined {
    return this.#entries[0]?.item;
  }

  /** `Infinity` if there is no item. */
  get leastKey(): number {
    return this.#entries[0]?.key ?? Number.POSITIVE_INFINITY;
  }

  add(item: T): void {
    this.#addedCount += 1;
    const entry = { item, key: this.#keyOf(item), order: this.#addedCount };
    const entries = this.#entries;
    let at = entries.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = entries[above] as Entry<T>;
      if (isBefore(parent, entry)) break;
      entries[at] = parent;
      at = above;
    }
    entries[at] = entry;
  }

  /** Removes the least item. */
  take(): T | undefined {
    const least = this.#entries[0]?.item;
    const last = this.#entries.pop();
    if (this.#entries.length > 0) this.#sink(last as Entry<T>);
    return least;
  }

  /** Removes the items whose keys are not greater than that, the least first. */
  takeUpTo(keyMax: number): T[] {
    const taken: T[] = [];
    while (this.leastKey <= keyMax && this.size > 0) taken.push(this.take() as T);
    return taken;
  }

  /** Removes all items, in no order. */
  takeAll(): T[] {
    const entries = this.#entries;
    this.#entries = [];
    return entries.map(({ item }) => item);
  }

  /** Puts the entry into the place of the least one. */
  #sink(entry: Entry<T>): void {
    const entries = this.#entries;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      const right = entries[below + 1];
      if (right !== undefined && isBefore(right, entries[below] as Entry<T>)) below += 1;
      const child = entries[below];
      if (child === undefined || isBefore(entry, child)) break;
      entries[at] = child;
      at = below;
    }
    entries[at] = entry;
  }
}
