import { untilAborted } from '../../../shared/concurrency/until-aborted.ts';
import { describeForeign } from '../../../shared/errors.ts';
import type { Log, Meter } from '../../../shared/telemetry.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { copyOfText } from '../bson/text-copy.ts';
import { guardIndexOf, type IndexDescription, keyOf, strictIndexesOf } from '../guard/indexes.ts';
import type { SentWrite } from '../guard/write.ts';
import { INDEX_RETRY_MS, INDEX_WAIT_MS_MAX, MISSING_KEYS_MAX } from '../limits.ts';
import { type Namespace, namespaceText, sayableName } from '../plan/namespace.ts';
import { setsOnInsert } from '../update/operators.ts';
import type { DocumentStore } from './document-store.ts';
import { FatalError } from './fatal-error.ts';

/** Of each business key (see {@link keyOf}) the name of its unique index. */
export type GuardIndexes = ReadonlyMap<string, string>;

export interface Guards {
  readonly indexes: GuardIndexes;
  /** Whether the server compares and writes in one step, and for one document alone. */
  canGuard(write: SentWrite): boolean;
}

/** What a collection needs before and beside the first write of this environment. */
export interface Collections {
  /**
   * Which of these writes can be guarded there.
   * @throws FatalError where tombstones cannot be written: a unique index that is not sparse holds them all as equal
   * @throws the store's errors when it cannot be asked
   */
  prepare(namespace: Namespace, writes: readonly SentWrite[], signal: AbortSignal): Promise<Guards>;
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
  const checks = new Map<string, CheckedCollection>();
  const tombstoneIndex = createTombstoneIndex(parts);
  return {
    async prepare(namespace, writes, signal) {
      const name = namespaceText(namespace);
      const check = checks.get(name) ?? new CheckedCollection(namespace, parts);
      checks.set(name, check);
      const guards = await check.prepare(writes, signal);
      if (parts.deletes === 'tombstone') tombstoneIndex.begin(namespace, signal);
      return guards;
    },
    finish: tombstoneIndex.finish,
  };
}

/** What is known of the indexes of one collection. */
class CheckedCollection implements Guards {
  readonly indexes = new Map<string, string>();
  readonly #namespace: Namespace;
  readonly #parts: CollectionsParts;
  /** Business keys whose index leaves out documents without any of the fields. */
  readonly #sparse = new Set<string>();
  /** Business keys without an index, and until when nobody looks again. */
  readonly #missingUntilMs = new Map<string, number>();
  #isStrictChecked = false;

  constructor(namespace: Namespace, parts: CollectionsParts) {
    this.#namespace = namespace;
    this.#parts = parts;
    this.#isStrictChecked = parts.deletes === 'hard';
  }

  async prepare(writes: readonly SentWrite[], signal: AbortSignal): Promise<Guards> {
    const { clock, deletes, store } = this.#parts;
    const nowMs = clock.nowMs();
    const keys = businessKeysOf(writes).filter((key) => this.#isUnknown(key, nowMs));
    if (keys.length === 0 && this.#isStrictChecked) return this;
    const indexes = await store.listIndexes(this.#namespace, signal);
    for (const key of keys) this.#note(copyOfText(key), guardIndexOf(indexes, key), nowMs);
    if (deletes === 'tombstone') this.#checkStrict(indexes);
    return this;
  }

  canGuard(write: SentWrite): boolean {
    if (write.kind === 'plain') return true;
    const { filter } = write;
    // To `$setOnInsert` a tombstone is a document.
    const meetsTombstones =
      this.#parts.deletes === 'tombstone' && write.kind === 'update' && setsOnInsert(write.update);
    if (filter.has('_id')) return !meetsTombstones;
    const key = keyOf(filter.keys());
    // A null is also equal to a field that is missing: a sparse index lets many such documents be.
    const isIndexed = !this.#sparse.has(key) || [...filter.values()].some((value) => value !== null);
    return this.indexes.has(key) && isIndexed && !meetsTombstones;
  }

  #isUnknown(key: string, nowMs: number): boolean {
    return !this.indexes.has(key) && nowMs >= (this.#missingUntilMs.get(key) ?? Number.NEGATIVE_INFINITY);
  }

  #note(key: string, index: IndexDescription | undefined, nowMs: number): void {
    if (index === undefined) {
      // Names of fields may be a record's own, and any number of them.
      if (this.#missingUntilMs.size >= MISSING_KEYS_MAX) this.#missingUntilMs.clear();
      this.#missingUntilMs.set(key, nowMs + INDEX_RETRY_MS);
    } else {
      this.indexes.set(key, index.name);
      if (index.isSparse) this.#sparse.add(key);
    }
  }

  #checkStrict(indexes: readonly IndexDescription[]): void {
    const { length } = strictIndexesOf(indexes, new Set(this.indexes.keys()));
    if (length > 0) {
      const detail = `${sayableName(this.#namespace)} ${strictIndexes(length)}`;
      throw new FatalError('rejected_by_target', detail, { scope: 'collection' });
    }
    this.#isStrictChecked = true;
  }
}

/** `_id` has an index of its own. */
const businessKeysOf = (writes: readonly SentWrite[]): readonly string[] => {
  const keys = new Set<string>();
  for (const { kind, filter } of writes) if (kind !== 'plain' && !filter.has('_id')) keys.add(keyOf(filter.keys()));
  return [...keys];
};

const strictIndexes = (count: number): string =>
  `has ${count} unique index(es) that are not sparse, where tombstones would collide: ` +
  'make the indexes sparse, or set deletes: hard';

/** The index that removes tombstones, made beside the work. */
function createTombstoneIndex(parts: CollectionsParts) {
  const { store, clock } = parts;
  const indexed = new Set<string>();
  const underWay = new Map<string, Promise<void>>();
  const notBeforeMs = new Map<string, number>();
  return {
    begin(namespace: Namespace, signal: AbortSignal): void {
      const name = namespaceText(namespace);
      if (indexed.has(name) || underWay.has(name) || clock.nowMs() < (notBeforeMs.get(name) ?? 0)) return;
      notBeforeMs.set(name, clock.nowMs() + INDEX_RETRY_MS);
      const work = untilAborted(store.ensureTtlIndex(namespace, parts.tombstoneTtlSeconds, signal), signal)
        .then(
          () => void indexed.add(name),
          (error) => reportIndex(namespace, error, { ...parts, signal }),
        )
        .finally(() => underWay.delete(name));
      underWay.set(name, work);
    },
    async finish(untilMs: number, signal: AbortSignal): Promise<void> {
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

/** Without the index tombstones stay for ever: a nuisance, no reason not to write. */
function reportIndex(
  namespace: Namespace,
  error: unknown,
  { log, meter, signal }: CollectionsParts & { readonly signal: AbortSignal },
): void {
  if (signal.aborted) return;
  meter.count('TombstoneIndexFailed');
  log.warn('tombstone_index_failed', {
    namespace: sayableName(namespace),
    error: describeForeign(error),
    remedy:
      'create an index on _deletedAt with expireAfterSeconds, or grant the database user the right to create indexes',
  });
}
