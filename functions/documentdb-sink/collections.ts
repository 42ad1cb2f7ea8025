import type { Clock } from '../../shared/clock.ts';
import { describeForeign } from '../../shared/errors.ts';
import type { Log, Meter } from '../../shared/telemetry.ts';
import { untilAborted } from '../../shared/until-aborted.ts';
import type { DocumentStore } from './document-store.ts';
import { FatalError } from './fatal-error.ts';
import { guardIndexOf, type IndexDescription, keyOf, strictIndexesOf } from './indexes.ts';
import { INDEX_RETRY_MS, INDEX_WAIT_MS_MAX } from './limits.ts';
import { type Namespace, namespaceText } from './namespace.ts';
import { fieldsOf } from './operators.ts';
import { copyOfText } from './text-copy.ts';
import type { Write } from './write-models/write.ts';

/** Of each business key (see {@link keyOf}) the name of its unique index. */
export type GuardIndexes = ReadonlyMap<string, string>;

/** What a collection needs before and beside the first write of this environment. */
export interface Collections {
  /**
   * Whether these writes can be guarded there.
   * @throws FatalError where a business key has no unique index, or where tombstones cannot be written: a unique index
   *   that is not sparse holds them all as equal, and `$setOnInsert` takes them for documents
   * @throws the store's errors when it cannot be asked
   */
  prepare(namespace: Namespace, writes: readonly Write[], signal: AbortSignal): Promise<GuardIndexes>;
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
      const guardIndexes = await check.prepare(writes, signal);
      if (parts.deletes === 'tombstone') tombstoneIndex.begin(namespace, signal);
      return guardIndexes;
    },
    finish: tombstoneIndex.finish,
  };
}

/** What is known of the indexes of one collection. */
class CheckedCollection {
  readonly #namespace: Namespace;
  readonly #parts: CollectionsParts;
  readonly #guardIndexes = new Map<string, string>();
  #isStrictChecked = false;

  constructor(namespace: Namespace, parts: CollectionsParts) {
    this.#namespace = namespace;
    this.#parts = parts;
    this.#isStrictChecked = parts.deletes === 'hard';
  }

  async prepare(writes: readonly Write[], signal: AbortSignal): Promise<GuardIndexes> {
    if (this.#parts.deletes === 'tombstone' && writes.some(setsOnInsert)) throw this.#fatal(SETS_ON_INSERT);
    const keys = businessKeysOf(writes).filter((key) => !this.#guardIndexes.has(key));
    if (keys.length === 0 && this.#isStrictChecked) return this.#guardIndexes;
    const indexes = await this.#parts.store.listIndexes(this.#namespace, signal);
    for (const key of keys) this.#guardIndexes.set(copyOfText(key), this.#guardIndexNameOf(indexes, key));
    if (this.#parts.deletes === 'tombstone') this.#checkStrict(indexes);
    return this.#guardIndexes;
  }

  #guardIndexNameOf(indexes: readonly IndexDescription[], key: string): string {
    const index = guardIndexOf(indexes, key);
    if (index === undefined) throw this.#fatal(missingIndex(key));
    return index.name;
  }

  #checkStrict(indexes: readonly IndexDescription[]): void {
    const { length } = strictIndexesOf(indexes, new Set(this.#guardIndexes.keys()));
    if (length > 0) throw this.#fatal(strictIndexes(length));
    this.#isStrictChecked = true;
  }

  #fatal(reason: string): FatalError {
    return new FatalError('rejected_by_target', `${namespaceText(this.#namespace)} ${reason}`, { everywhere: false });
  }
}

/** `_id` has an index of its own. */
const businessKeysOf = (writes: readonly Write[]): readonly string[] => {
  const keys = new Set<string>();
  for (const { filter } of writes) if (!filter.has('_id')) keys.add(keyOf(filter.keys()));
  return [...keys];
};

const setsOnInsert = (write: Write): boolean =>
  write.kind === 'update' && fieldsOf(write.update, '$setOnInsert').size > 0;

const SETS_ON_INSERT =
  'gets updates with $setOnInsert, which take a tombstone for a document and set nothing: set deletes: hard';

const missingIndex = (key: string): string =>
  `has no unique index on ${fieldNames(key)}, and a business key could be stored twice: create one on exactly these fields`;

const NAMES_SAID_MAX = 8;

/** Names are the schema's, as a rule; what does not look like a name is not said. */
function fieldNames(key: string): string {
  const names = key.split('\n');
  const isSayable = names.length <= NAMES_SAID_MAX && names.every((name) => /^[A-Za-z_][\w.-]{0,63}$/.test(name));
  return isSayable ? names.join(', ') : `the ${names.length} field(s) of a business key`;
}

const strictIndexes = (count: number): string =>
  `has ${count} unique index(es) that are not sparse, and tombstones would collide there: ` +
  'make them sparse, or set deletes: hard';

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
          (error) => reportIndex(name, error, signal, parts),
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
function reportIndex(name: string, error: unknown, signal: AbortSignal, { log, meter }: CollectionsParts): void {
  if (signal.aborted) return;
  meter.count('TombstoneIndexFailed');
  log.warn('tombstone_index_failed', {
    namespace: name,
    error: describeForeign(error),
    remedy: 'create an index on _deletedAt with expireAfterSeconds, or let the user create indexes',
  });
}
