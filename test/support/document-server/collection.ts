import { bucketOf, isEqual } from './bson-order.ts';
import type { Stored } from './bson-values.ts';
import { equalitiesOf, matches } from './filter.ts';
import { hasAny, keysIn, type UniqueIndex } from './unique-index.ts';

interface Place {
  document: Stored;
}

/** Documents by their `_id`, which is equal where the server calls it equal. In the order in which they came. */
export class Collection {
  readonly #places = new Set<Place>();
  readonly #buckets = new Map<string, readonly Place[]>();

  get size(): number {
    return this.#places.size;
  }

  all(): readonly Stored[] {
    return [...this.#places].map(({ document }) => document);
  }

  get(id: unknown): Stored | undefined {
    return this.#placeOf(id)?.document;
  }

  /** Under its `_id`. */
  put(document: Stored): void {
    const id = document.get('_id');
    const known = this.#placeOf(id);
    if (known !== undefined) {
      known.document = document;
      return;
    }
    const [place, bucket] = [{ document }, bucketOf(id)];
    this.#places.add(place);
    this.#buckets.set(bucket, [...(this.#buckets.get(bucket) ?? []), place]);
  }

  remove(id: unknown): void {
    const place = this.#placeOf(id);
    if (place === undefined) return;
    this.#places.delete(place);
    const bucket = bucketOf(id);
    const others = (this.#buckets.get(bucket) ?? []).filter((other) => other !== place);
    if (others.length > 0) this.#buckets.set(bucket, others);
    else this.#buckets.delete(bucket);
  }

  find(filter: unknown): Stored | undefined {
    const byId = equalitiesOf(filter).find(([path]) => path === '_id');
    if (byId !== undefined) {
      const document = this.get(byId[1]);
      return document !== undefined && matches(document, filter) ? document : undefined;
    }
    for (const { document } of this.#places) if (matches(document, filter)) return document;
    return undefined;
  }

  /** The first of these indexes in which another document than the one with this `_id` has a key of the given one. */
  heldIndexOf(document: Stored, id: unknown, indexes: readonly UniqueIndex[]): UniqueIndex | undefined {
    if (indexes.length === 0) return undefined;
    const own = this.#placeOf(id);
    return indexes.find((index) => {
      const keys = keysIn(index, document);
      if (keys.length === 0) return false;
      for (const place of this.#places) if (place !== own && hasAny(index, place.document, keys)) return true;
      return false;
    });
  }

  #placeOf(id: unknown): Place | undefined {
    return this.#buckets.get(bucketOf(id))?.find(({ document }) => isEqual(document.get('_id'), id));
  }
}
