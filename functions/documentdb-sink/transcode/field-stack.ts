import { QUOTE } from './json-bytes.ts';

/** Names are compared with each other, so a value with more open names is left to the JSON reader. */
export const FIELDS_MAX = 200;

/** The table of a `java.util.HashMap`: its least size, and how full it may be. */
const TABLE_MIN = 16;
const LOAD_FACTOR = 0.75;
/** With more names in a bucket Java may grow the table, or make a tree of the bucket. */
const BUCKET_MAX = 8;

/** The fields of the objects that are being written, the innermost object last. */
export class FieldStack {
  /** Where the names begin in the text, and a hash of each. */
  readonly #names = new Int32Array(FIELDS_MAX);
  readonly #hashes = new Int32Array(FIELDS_MAX);
  /** Where the elements begin in the output. */
  readonly #starts = new Int32Array(FIELDS_MAX);
  readonly #buckets = new Int32Array(FIELDS_MAX);
  readonly #order = new Int32Array(FIELDS_MAX);
  /** The elements of an object while they are put into their order. */
  #moved = Buffer.allocUnsafeSlow(4_096);
  readonly #counts = new Uint8Array(TABLE_MIN);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#count = 0;
  }

  /**
   * Adds a field to the innermost object.
   * @param first index of the object's first field
   * @param hash `String.hashCode` of the name if the name is ASCII
   * @returns false if the object has a field of that name
   */
  add(text: Buffer, first: number, { start, end, hash, elementAt }: Field): boolean {
    for (let index = first; index < this.#count; index += 1) {
      if (this.#hashes[index] === hash && isName(text, this.#names[index] as number, start, end)) return false;
    }
    this.#names[this.#count] = start;
    this.#hashes[this.#count] = hash;
    this.#starts[this.#count] = elementAt;
    this.#count += 1;
    return true;
  }

  /** Removes the fields of the innermost object. */
  removeFrom(first: number): void {
    this.#count = first;
  }

  /**
   * Puts the elements of the innermost object into the order of a `java.util.HashMap`, as {@link inHashOrder} does.
   * @param end behind the last element
   * @returns false if the order cannot be told here
   */
  sort(out: Buffer, first: number, end: number): boolean {
    const count = this.#count - first;
    if (count < 2) return true;
    let size = TABLE_MIN;
    while (count > size * LOAD_FACTOR) size *= 2;
    if (count > BUCKET_MAX && this.#hasFullBucket(first)) return false;
    let isInOrder = true;
    for (let index = first; index < this.#count; index += 1) {
      const hash = this.#hashes[index] as number;
      this.#buckets[index] = (hash ^ (hash >>> 16)) & (size - 1);
      isInOrder &&= index === first || (this.#buckets[index - 1] as number) <= (this.#buckets[index] as number);
    }
    if (!isInOrder) this.#move(out, first, end);
    return true;
  }

  #hasFullBucket(first: number): boolean {
    this.#counts.fill(0);
    for (let index = first; index < this.#count; index += 1) {
      const hash = this.#hashes[index] as number;
      const bucket = (hash ^ (hash >>> 16)) & (TABLE_MIN - 1);
      this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
      if ((this.#counts[bucket] as number) > BUCKET_MAX) return true;
    }
    return false;
  }

  /** A stable sort, as a table keeps the order of insertion within a bucket. */
  #move(out: Buffer, first: number, end: number): void {
    const start = this.#starts[first] as number;
    if (end - start > this.#moved.length) this.#moved = Buffer.allocUnsafeSlow(2 * (end - start));
    copyBytes(out, start, end, this.#moved, 0);
    this.#sortIndexes(first);
    let at = start;
    for (let place = first; place < this.#count; place += 1) {
      const index = this.#order[place] as number;
      const from = this.#starts[index] as number;
      const to = index + 1 < this.#count ? (this.#starts[index + 1] as number) : end;
      copyBytes(this.#moved, from - start, to - start, out, at);
      at += to - from;
    }
  }

  /** By insertion: most objects have few fields. */
  #sortIndexes(first: number): void {
    const order = this.#order;
    for (let index = first; index < this.#count; index += 1) {
      const bucket = this.#buckets[index] as number;
      let place = index;
      for (; place > first && (this.#buckets[order[place - 1] as number] as number) > bucket; place -= 1) {
        order[place] = order[place - 1] as number;
      }
      order[place] = index;
    }
  }
}

/** A native call costs as much as so many bytes. */
const FEW_BYTES = 48;

function copyBytes(source: Buffer, start: number, end: number, target: Buffer, at: number): void {
  if (end - start > FEW_BYTES) source.copy(target, at, start, end);
  else for (let index = start; index < end; index += 1) target[at + index - start] = source[index] as number;
}

export interface Field {
  /** Of the name in the text. */
  readonly start: number;
  readonly end: number;
  readonly hash: number;
  /** Where its element begins in the output. */
  readonly elementAt: number;
}

/** Whether the name that begins at `other` is the one from `start` to `end`. */
function isName(text: Buffer, other: number, start: number, end: number): boolean {
  const length = end - start;
  for (let index = 0; index < length; index += 1) if (text[other + index] !== text[start + index]) return false;
  return text[other + length] === QUOTE;
}
