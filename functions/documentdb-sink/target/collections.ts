import { untilAborted } from '../../../shared/concurrency/until-aborted.ts';
import { describeForeign, identify } from '../../../shared/errors.ts';
import { forgetOldest } from '../../../shared/forget-oldest.ts';
import type { Log, Meter } from '../../../shared/telemetry/telemetry.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { copyOfText } from '../bson/text-copy.ts';
import { guardIndexOf, type IndexDescription, keyOf, strictIndexesOf } from '../guard/indexes.ts';
import type { SentWrite } from '../guard/write.ts';
import { COLLECTIONS_MAX, INDEX_RETRY_MS, INDEX_WAIT_MS_MAX, MISSING_KEYS_MAX } from '../limits.ts';
import { loggableName, type Namespace, namespaceText } from '../plan/namespace.ts';
import { setsOnInsert } from '../update/operators.ts';
import type { DocumentStore } from './document-store.ts';
import { FatalError } from './fatal-error.ts';

/** The name of the unique index for each business key (see {@link keyOf}). */
export type GuardIndexes = ReadonlyMap<string, string>;

export interface Guards {
  readonly indexes: GuardIndexes;
  /** Whether the server can compare the version and write in one step, and for one document only. */
  canGuard(write: SentWrite): boolean;
}

/** Prepares a collection for the first write of this environment. */
export interface Collections {
  /**
   * Finds out which of the writes can be guarded.
   * @throws FatalError if tombstones cannot be written: in a unique index that is not sparse, all tombstones would be
   *   equal
   * @throws the store's errors if the indexes cannot be listed
   */
  prepare(namespace: Namespace, writes: readonly SentWrite[], signal: AbortSignal): Promise<Guards>;
  /** Call after a conflict with another unique index: the next `prepare` looks at the indexes again, at most once a minute. */
  doubt(namespace: Namespace): void;
  /** Waits a moment for the index that `prepare` began to create. Never rejects. */
  finish(untilMs: number, signal: AbortSignal): Promise<void>;
  /** Forgets the oldest collections. Call between batches: records may name any number. */
  trim(): void;
}

export interface CollectionsParts {
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  readonly deletes: 'tombstone' | 'hard';
  readonly tombstoneTtlSeconds: number;
}

/** Remembers the state of each collection for the life of the environment, of no more than {@link COLLECTIONS_MAX}. */
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
    doubt: (namespace) => checks.get(namespaceText(namespace))?.doubt(),
    finish: tombstoneIndex.finish,
    trim() {
      forgetOldest(checks, COLLECTIONS_MAX);
      tombstoneIndex.trim();
    },
  };
}

/**
 * The known indexes of one collection. Somebody may drop or create an index, or the collection, while the environment lives: so
 * the indexes of business keys are looked at again every minute, and the others after a conflict.
 */
class CheckedCollection implements Guards {
  readonly indexes = new Map<string, string>();
  readonly #namespace: Namespace;
  readonly #parts: CollectionsParts;
  /** Business keys with a sparse index, which leaves out documents that have none of the fields. */
  readonly #sparse = new Set<string>();
  /** Business keys without an index, each with the time of the next look at the indexes. */
  readonly #missingUntilMs = new Map<string, number>();
  #isStrictChecked: boolean;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #isDoubted = false;

  constructor(namespace: Namespace, parts: CollectionsParts) {
    this.#namespace = namespace;
    this.#parts = parts;
    this.#isStrictChecked = parts.deletes === 'hard';
  }

  doubt(): void {
    this.#isDoubted = true;
  }

  async prepare(writes: readonly SentWrite[], signal: AbortSignal): Promise<Guards> {
    const nowMs = this.#parts.clock.nowMs();
    const keys = businessKeysOf(writes);
    const missing = keys.filter((key) => this.#isUnknown(key, nowMs));
    const isFirstLook = missing.length > 0 || !this.#isStrictChecked;
    const isOutdated = nowMs - this.#lookedAtMs >= INDEX_RETRY_MS && (keys.length > 0 || this.#isDoubted);
    if (!isFirstLook && !isOutdated) return this;
    [this.#lookedAtMs, this.#isDoubted] = [nowMs, false];
    const listing = this.#parts.store.listIndexes(this.#namespace, signal);
    const indexes = await (isFirstLook ? listing : listing.catch(() => undefined));
    if (indexes === undefined) return this; // what is known stays known
    for (const key of new Set([...this.indexes.keys(), ...missing])) {
      this.#note(copyOfText(key), guardIndexOf(indexes, key), nowMs);
    }
    if (this.#parts.deletes === 'tombstone') this.#checkStrict(indexes);
    return this;
  }

  canGuard(write: SentWrite): boolean {
    if (write.kind === 'plain') return true;
    const { filter } = write;
    // For `$setOnInsert`, a tombstone counts as an existing document.
    const meetsTombstones =
      this.#parts.deletes === 'tombstone' && write.kind === 'update' && setsOnInsert(write.update);
    if (filter.has('_id')) return !meetsTombstones;
    if (write.leavesKey === true) return false;
    const key = keyOf(filter.keys());
    // A null is also equal to a missing field, and a sparse index permits many documents without the field.
    const isIndexed = !this.#sparse.has(key) || [...filter.values()].some((value) => value !== null);
    return this.indexes.has(key) && isIndexed && !meetsTombstones;
  }

  #isUnknown(key: string, nowMs: number): boolean {
    return !this.indexes.has(key) && nowMs >= (this.#missingUntilMs.get(key) ?? Number.NEGATIVE_INFINITY);
  }

  #note(key: string, index: IndexDescription | undefined, nowMs: number): void {
    this.#sparse.delete(key);
    if (index === undefined) {
      this.indexes.delete(key);
      // Records may choose the names of fields, so the number of keys has no bound of its own.
      if (this.#missingUntilMs.size >= MISSING_KEYS_MAX) this.#missingUntilMs.clear();
      this.#missingUntilMs.set(key, nowMs + INDEX_RETRY_MS);
    } else {
      this.indexes.set(key, index.name);
      if (index.isSparse) this.#sparse.add(key);
    }
  }

  #checkStrict(indexes: readonly IndexDescription[]): void {
    this.#isStrictChecked = false;
    const { length } = strictIndexesOf(indexes, new Set(this.indexes.keys()));
    if (length > 0) {
      const detail = `${loggableName(this.#namespace)} ${strictIndexes(length)}`;
      throw new FatalError('rejected_by_target', detail, { scope: 'collection' });
    }
    this.#isStrictChecked = true;
  }
}

/** The fields of business keys; `_id` always has a unique index. */
const businessKeysOf = (writes: readonly SentWrite[]): readonly string[] => {
  const keys = new Set<string>();
  for (const { kind, filter } of writes) if (kind !== 'plain' && !filter.has('_id')) keys.add(keyOf(filter.keys()));
  return [...keys];
};

const strictIndexes = (count: number): string =>
  `has ${count} unique index(es) that are not sparse, where tombstones would collide: ` +
  'make the indexes sparse, or set deletes: hard';

/** Creates the TTL index that removes tombstones, without delaying the writes. */
function createTombstoneIndex(parts: CollectionsParts) {
  const { store, clock } = parts;
  const underWay = new Map<string, Promise<void>>();
  /** When the index of a collection may be created again; `Infinity` once there is one. */
  const notBeforeMs = new Map<string, number>();
  return {
    begin(namespace: Namespace, signal: AbortSignal): void {
      const name = namespaceText(namespace);
      if (underWay.has(name) || clock.nowMs() < (notBeforeMs.get(name) ?? 0)) return;
      notBeforeMs.set(name, clock.nowMs() + INDEX_RETRY_MS);
      const work = untilAborted(store.ensureTtlIndex(namespace, parts.tombstoneTtlSeconds, signal), signal)
        .then(
          () => void notBeforeMs.set(name, Number.POSITIVE_INFINITY),
          (error) => {
            // Documents of another writer are not there for a moment only.
            if (error instanceof FatalError) notBeforeMs.set(name, Number.POSITIVE_INFINITY);
            reportIndex(namespace, error, { ...parts, signal });
          },
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
    trim: () => forgetOldest(notBeforeMs, COLLECTIONS_MAX),
  };
}

/** Without the index, tombstones stay for ever. That is no reason to stop writing. */
function reportIndex(
  namespace: Namespace,
  error: unknown,
  { log, meter, signal, tombstoneTtlSeconds }: CollectionsParts & { readonly signal: AbortSignal },
): void {
  if (signal.aborted) return;
  meter.count('TombstoneIndexFailed');
  log.warn('tombstone_index_failed', {
    namespace: loggableName(namespace),
    error: describeForeign(error),
    remedy: remedyOf(error, tombstoneTtlSeconds),
  });
}

function remedyOf(error: unknown, tombstoneTtlSeconds: number): string {
  if (error instanceof FatalError) return error.message;
  return OTHER_OPTIONS.has(identify(error).code)
    ? `the index has another lifetime, which tombstones keep: run collMod with {index: {keyPattern: {_deletedAt: 1}, expireAfterSeconds: ${tombstoneTtlSeconds}}}`
    : 'create an index on _deletedAt with expireAfterSeconds, or grant the database user the right to create indexes';
}

/**
 * IndexOptionsConflict, IndexKeySpecsConflict: somebody changed the setting after the index was made.
 * https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
 */
const OTHER_OPTIONS: ReadonlySet<string | undefined> = new Set(['85', '86']);
