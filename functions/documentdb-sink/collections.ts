import type { Clock } from '../../shared/clock.ts';
import { describeForeign } from '../../shared/errors.ts';
import type { Log, Meter } from '../../shared/telemetry.ts';
import { untilAborted } from '../../shared/until-aborted.ts';
import type { DocumentStore } from './document-store.ts';
import { FatalError } from './fatal-error.ts';
import { INDEX_RETRY_MS, INDEX_WAIT_MS_MAX } from './limits.ts';
import { type Namespace, namespaceText } from './namespace.ts';

/** What a collection needs before and beside the first write of this environment. */
export interface Collections {
  /**
   * @throws FatalError where tombstones cannot be written: a unique index that is not sparse holds them all as equal
   * @throws the store's errors when it cannot be asked
   */
  prepare(namespace: Namespace, signal: AbortSignal): Promise<void>;
  /** Waits a moment for what `prepare` began beside the main work. Never rejects. */
  finish(untilMs: number, signal: AbortSignal): Promise<void>;
}

export interface CollectionsParts {
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  readonly deletes: 'tombstone' | 'hard';
  readonly tombstoneTtlSeconds: number;
}

/** Remembers, for the life of the environment, which collections are in order. */
export function createCollections(parts: CollectionsParts): Collections {
  const { store, clock, deletes } = parts;
  const checked = new Set<string>();
  const indexed = new Set<string>();
  const underWay = new Map<string, Promise<void>>();
  const notBeforeMs = new Map<string, number>();

  async function check(namespace: Namespace, signal: AbortSignal): Promise<void> {
    const name = namespaceText(namespace);
    if (checked.has(name)) return;
    const indexes = await store.findStrictUniqueIndexes(namespace, signal);
    if (indexes.length > 0) {
      throw new FatalError('rejected_by_target', refusal(name, indexes.length), { everywhere: false });
    }
    checked.add(name);
  }

  function beginIndex(namespace: Namespace, signal: AbortSignal): void {
    const name = namespaceText(namespace);
    if (indexed.has(name) || underWay.has(name) || clock.nowMs() < (notBeforeMs.get(name) ?? 0)) return;
    notBeforeMs.set(name, clock.nowMs() + INDEX_RETRY_MS);
    const work = untilAborted(store.ensureTtlIndex(namespace, parts.tombstoneTtlSeconds, signal), signal)
      .then(
        () => void indexed.add(name),
        (error) => reportIndex(name, error, signal, parts),
      )
      .finally(() => underWay.delete(name));
    underWay.set(name, work);
  }

  return {
    async prepare(namespace, signal) {
      if (deletes !== 'tombstone') return;
      await check(namespace, signal);
      beginIndex(namespace, signal);
    },
    async finish(untilMs, signal) {
      if (underWay.size === 0) return;
      const done = new AbortController();
      const pause = clock.waitUntil(
        Math.min(clock.nowMs() + INDEX_WAIT_MS_MAX, untilMs),
        AbortSignal.any([signal, done.signal]),
      );
      await Promise.race([pause, Promise.all(underWay.values())]);
      done.abort();
    },
  };
}

const refusal = (name: string, count: number): string =>
  `${name} has ${count} unique index(es) that are not sparse, and tombstones would collide there: ` +
  'make them sparse, or set deletes: hard';

/** Without the index tombstones stay for ever: a nuisance, no reason not to write. */
function reportIndex(name: string, error: unknown, signal: AbortSignal, { log, meter }: CollectionsParts): void {
  if (signal.aborted) return;
  meter.count('TombstoneIndexFailed');
  log.warn('tombstone_index_failed', {
    namespace: name,
    error: describeForeign(error),
    remedy: 'create an index on _deletedAt with expireAfterSeconds, or let the user create indexes',
  });
}
