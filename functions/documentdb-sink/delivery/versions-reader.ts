import type { Semaphore } from '../../../shared/concurrency/semaphore.ts';
import { untilAborted } from '../../../shared/concurrency/until-aborted.ts';
import { identityOf } from '../bson/identity.ts';
import { equalTo } from '../guard/guard.ts';
import type { StoredVersions } from '../guard/standing.ts';
import type { Step } from '../lanes/lane.ts';
import { VERSIONS_READ_MAX } from '../limits.ts';
import type { Namespace } from '../plan/namespace.ts';
import type { DocumentStore } from '../target/document-store.ts';

export interface ReadParts {
  readonly store: DocumentStore;
  readonly namespace: Namespace;
  /** Calls under way at once. */
  readonly semaphore: Semaphore;
  /** Whether something new may still be sent. */
  readonly maySend: () => boolean;
  /** Aborts when the answer is due. */
  readonly signal: AbortSignal;
}

/** Steps whose documents one call reads. */
export interface MarksRead<S extends Written> {
  readonly steps: readonly S[];
  /** What is stored of them, by their identity. @throws the store's errors */
  read(context: ReadContext): Promise<ReadonlyMap<string, StoredVersions>>;
}

/** The calls that read the documents of these steps. */
export function marksReadsOf<S extends Written>(steps: readonly S[]): readonly MarksRead<S>[] {
  const together = steps.filter(({ write }) => isReadTogether(write.filter));
  const alone = steps.filter(({ write }) => !isReadTogether(write.filter));
  const chunks = Array.from({ length: Math.ceil(together.length / VERSIONS_READ_MAX) }, (_, chunk) =>
    together.slice(chunk * VERSIONS_READ_MAX, (chunk + 1) * VERSIONS_READ_MAX),
  );
  return [
    ...chunks.map((chunk) => ({ steps: chunk, read: (context: ReadContext) => readById(chunk, context) })),
    ...alone.map((step) => ({ steps: [step], read: (context: ReadContext) => readOne(step, context) })),
  ];
}

type ReadContext = Pick<ReadParts, 'store' | 'namespace' | 'signal'>;
type Written = Pick<Step, 'write'>;

/**
 * A business key is read by itself, for an `$or` would be a scan; so is an `_id` with more beside it (a shard key), which
 * may be another in what is stored; and an `_id` that the driver would not give back as it is stored, or that would be a
 * condition within an `$in`.
 */
const isReadTogether = (filter: ReadonlyMap<string, unknown>): boolean =>
  filter.size === 1 && filter.has('_id') && isReadAsStored(filter.get('_id'));

/** The driver makes objects of documents, which put names that are integers first. */
function isReadAsStored(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isReadAsStored);
  if (!(value instanceof Map)) return equalTo(value) === value;
  return [...value].every(([name, inner]) => !/^\d+$|^\$/.test(String(name)) && isReadAsStored(inner));
}

async function readById(
  steps: readonly Written[],
  { store, namespace, signal }: ReadContext,
): Promise<ReadonlyMap<string, StoredVersions>> {
  const ids = steps.map(({ write }) => write.filter.get('_id'));
  const found = await untilAborted(store.findVersions(namespace, ids, signal), signal);
  return new Map(found.map((stored) => [identityOf(stored.id), stored]));
}

async function readOne(
  { write }: Written,
  { store, namespace, signal }: ReadContext,
): Promise<ReadonlyMap<string, StoredVersions>> {
  const filter = new Map([...write.filter].map(([path, value]) => [path, equalTo(value)]));
  const stored = await untilAborted(store.findVersionsOf(namespace, filter, signal), signal);
  return new Map(stored === undefined ? [] : [[write.identity, stored]]);
}
