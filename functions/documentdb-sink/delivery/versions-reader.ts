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
  /** Aborts at `answerByMs`. */
  readonly signal: AbortSignal;
}

/** The steps whose documents one call reads. */
export interface VersionsRead<S extends Written> {
  readonly steps: readonly S[];
  /** Reads the stored versions by identity. @throws the store's errors */
  read(context: ReadContext): Promise<ReadonlyMap<string, StoredVersions>>;
}

/** Divides the steps into as few calls as possible. */
export function versionsReadsOf<S extends Written>(steps: readonly S[]): readonly VersionsRead<S>[] {
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
 * A business key is read in a call of its own, because an `$or` would be a collection scan. So is a filter with further
 * fields beside `_id` (a shard key), whose stored values may differ. So is an `_id` that the driver does not return as
 * it is stored, or that would be a condition within `$in`.
 */
const isReadTogether = (filter: ReadonlyMap<string, unknown>): boolean =>
  filter.size === 1 && filter.has('_id') && isReadAsStored(filter.get('_id'));

/** The driver returns documents as objects, which put integer-like names first. */
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
