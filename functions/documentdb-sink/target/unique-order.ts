import { keyOf } from '../guard/indexes.ts';
import type { Write } from '../guard/write.ts';
import { type Namespace, namespaceText } from '../plan/namespace.ts';
import { classifyError } from './classify.ts';
import type { DocumentStore } from './document-store.ts';

/**
 * Where a collection has a unique index beside `_id` and the business keys, records of different documents depend on each
 * other: one frees the value that the next one takes. Remembered for the life of the environment.
 */
export interface UniqueOrder {
  /** Whether that is known of the collection. */
  matters(namespace: Namespace): boolean;
  /**
   * Finds out. Who may not look takes it that there is one.
   * @param writes by whose business keys documents are told apart
   * @throws the store's errors
   */
  look(namespace: Namespace, writes: readonly Pick<Write, 'filter'>[], signal: AbortSignal): Promise<void>;
  /** Another unique index was met. */
  note(namespace: Namespace): void;
}

export function createUniqueOrder(store: Pick<DocumentStore, 'listIndexes'>): UniqueOrder {
  const known = new Map<string, boolean>();
  return {
    matters: (namespace) => known.get(namespaceText(namespace)) === true,
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
        const trouble = classifyError(error);
        if (trouble.kind !== 'fatal' || trouble.scope === 'target') throw error;
        known.set(name, true);
      }
    },
  };
}
