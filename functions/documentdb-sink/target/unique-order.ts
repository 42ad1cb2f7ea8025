import { forgetOldest } from '../../../shared/forget-oldest.ts';
import { keyOf } from '../guard/indexes.ts';
import type { Write } from '../guard/write.ts';
import { COLLECTIONS_MAX } from '../limits.ts';
import { type Namespace, namespaceText } from '../plan/namespace.ts';
import { classifyError } from './classify.ts';
import type { DocumentStore } from './document-store.ts';

/**
 * If a collection has a unique index besides those on `_id` and the business keys, records of different documents
 * depend on each other: one record frees the value that the next one takes. The answer is remembered for the life of
 * the environment, for no more than {@link COLLECTIONS_MAX} collections.
 */
export interface UniqueOrder {
  /** Whether it is known if the collection has such an index. */
  isKnown(namespace: Namespace): boolean;
  /** Whether the collection is known to have such an index. */
  matters(namespace: Namespace): boolean;
  /**
   * Lists the indexes. If the user may not list them, such an index is assumed.
   * @param writes the writes whose business keys identify documents
   * @throws the store's errors
   */
  look(namespace: Namespace, writes: readonly Pick<Write, 'filter'>[], signal: AbortSignal): Promise<void>;
  /** Call after a conflict with another unique index. */
  note(namespace: Namespace): void;
  /** Forgets the oldest collections. Call between batches: records may name any number. */
  trim(): void;
}

export function createUniqueOrder(store: Pick<DocumentStore, 'listIndexes'>): UniqueOrder {
  const known = new Map<string, boolean>();
  return {
    isKnown: (namespace) => known.has(namespaceText(namespace)),
    matters: (namespace) => known.get(namespaceText(namespace)) === true,
    trim: () => forgetOldest(known, COLLECTIONS_MAX),
    note: (namespace) => void known.set(namespaceText(namespace), true),
    async look(namespace, writes, signal) {
      const name = namespaceText(namespace);
      if (known.has(name)) return;
      try {
        const indexes = await store.listIndexes(namespace, signal);
        const keys = new Set(writes.map(({ filter }) => keyOf(filter.keys())));
        const isOther = (key: string) => key !== '_id' && !keys.has(key);
        known.set(
          name,
          indexes.some(({ isUnique, fields }) => isUnique && isOther(keyOf(fields))),
        );
      } catch (error) {
        const failure = classifyError(error);
        if (failure.kind !== 'fatal' || failure.scope === 'target') throw error;
        known.set(name, true);
      }
    },
  };
}
