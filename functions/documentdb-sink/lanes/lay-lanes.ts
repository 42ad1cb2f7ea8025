import { ignored, type RecordOutcome } from '../../../shared/outcome.ts';
import type { PartitionBatch, SourceRecord } from '../../../shared/record.ts';
import { type CompileSettings, compile, type Poison, type Writes } from '../guard/compile.ts';
import { type Namespace, namespaceText } from '../plan/namespace.ts';
import type { RecordMapper } from '../plan/record-mapper.ts';
import { createLane, type Lane } from './lane.ts';

/** A batch, by what has to be done one after another. */
export interface Layout {
  readonly lanesByNamespace: ReadonlyMap<Namespace, readonly Lane[]>;
  /** Of each partition, the place of its first record in the batch. */
  readonly firstIndexes: ReadonlyMap<string, number>;
  /** Records that write nothing, by their place. */
  readonly ignoredAt: ReadonlyMap<number, RecordOutcome>;
  /** Records for which our own code threw. */
  readonly planningFailureCount: number;
}

/** Records by collection, and there by partition and document, each compiled on its own. */
export function layLanes(
  batches: readonly PartitionBatch[],
  mapper: RecordMapper,
  settings: CompileSettings,
  wallTimeMs: number,
): Layout {
  const collections = new CollectionLanes();
  const firstIndexes = new Map<string, number>();
  const ignoredAt = new Map<number, RecordOutcome>();
  let planningFailureCount = 0;
  let index = 0;
  for (const { topicPartition, records } of batches) {
    firstIndexes.set(topicPartition, index);
    for (const record of records) {
      const compiled = compile(record, mapper, settings, wallTimeMs);
      if (compiled.kind === 'none') ignoredAt.set(index, ignored(record.position, compiled.reason));
      else {
        // A record without a document locks none: it is on a lane of its own.
        const lane = collections.laneOf(compiled.namespace, topicPartition, compiled.identity ?? `none ${index}`);
        enter(lane, index, record, compiled);
        if (compiled.kind === 'poison' && compiled.failure.code === 'planning_failed') planningFailureCount += 1;
      }
      index += 1;
    }
  }
  return { lanesByNamespace: collections.lanesByNamespace(), firstIndexes, ignoredAt, planningFailureCount };
}

function enter(lane: Lane, index: number, record: SourceRecord, compiled: Poison | Writes): void {
  if (compiled.kind === 'poison') {
    lane.entries.push({ index, record, task: compiled, isLast: true });
    return;
  }
  const last = compiled.writes.at(-1);
  for (const write of compiled.writes) {
    lane.entries.push({ index, record, task: { kind: 'write', write }, isLast: write === last });
  }
}

/** A record that is poison before it is known where it was to go. Nothing is ever sent there. */
const NOWHERE: Namespace = { database: 'unknown', collection: 'unknown' };

interface Collection {
  readonly namespace: Namespace;
  /** By partition, and there by document: two texts put together could be those of others. */
  readonly partitions: Map<string, Map<string, Lane>>;
}

class CollectionLanes {
  readonly #collections = new Map<string, Collection>();
  readonly #names = new WeakMap<Namespace, string>();

  laneOf(namespace: Namespace = NOWHERE, topicPartition: string, identity: string): Lane {
    const target = this.#nameOf(namespace);
    const collection = this.#collections.get(target) ?? { namespace, partitions: new Map() };
    this.#collections.set(target, collection);
    const lanes = collection.partitions.get(topicPartition) ?? new Map<string, Lane>();
    collection.partitions.set(topicPartition, lanes);
    const lane = lanes.get(identity) ?? createLane(topicPartition, identity, target);
    lanes.set(identity, lane);
    return lane;
  }

  lanesByNamespace(): ReadonlyMap<Namespace, readonly Lane[]> {
    return new Map(
      [...this.#collections.values()].map(({ namespace, partitions }) => [
        namespace,
        [...partitions.values()].flatMap((lanes) => [...lanes.values()]),
      ]),
    );
  }

  /** Policies give the same object for most records. */
  #nameOf(namespace: Namespace): string {
    const name = this.#names.get(namespace) ?? namespaceText(namespace);
    this.#names.set(namespace, name);
    return name;
  }
}
