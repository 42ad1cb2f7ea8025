import { failed, ignored, type RecordOutcome } from '../../../shared/outcome.ts';
import type { PartitionBatch, SourceRecord } from '../../../shared/record.ts';
import { type Decided, type PlanSettings, type Poison, plan, type Writes } from '../guard/plan.ts';
import { type Namespace, namespaceText } from '../plan/namespace.ts';
import type { RecordMapper } from '../plan/record-mapper.ts';
import { Lane } from './lane.ts';

/** A batch, divided into lanes. */
export interface Layout {
  readonly lanesByNamespace: ReadonlyMap<Namespace, readonly Lane[]>;
  /** The outcomes of records that write nothing in this batch, by index. */
  readonly decidedAt: ReadonlyMap<number, RecordOutcome>;
  /** The number of records whose planning threw an error. */
  readonly planningFailureCount: number;
}

/** Plans each record and groups the records by collection, partition and document. */
export function layLanes(
  batches: readonly PartitionBatch[],
  mapper: RecordMapper,
  settings: PlanSettings,
  wallTimeMs: number,
): Layout {
  const collections = new CollectionLanes();
  const decidedAt = new Map<number, RecordOutcome>();
  let planningFailureCount = 0;
  let index = 0;
  for (const { topicPartition, records } of batches) {
    for (const record of records) {
      const planned = plan(record, mapper, settings, wallTimeMs);
      if (planned.kind === 'none' || planned.kind === 'unsettled') decidedAt.set(index, decided(record, planned));
      else {
        // A record without a known document gets a lane of its own.
        const lane = collections.laneOf(planned.namespace, topicPartition, planned.identity ?? `none ${index}`);
        enter(lane, index, record, planned);
        if (planned.kind === 'poison' && planned.failure.code === 'planning_failed') planningFailureCount += 1;
      }
      index += 1;
    }
  }
  return { lanesByNamespace: collections.lanesByNamespace(), decidedAt, planningFailureCount };
}

const decided = ({ position }: SourceRecord, planned: Decided): RecordOutcome =>
  planned.kind === 'none' ? ignored(position, planned.reason) : failed(position, planned.failure);

function enter(lane: Lane, index: number, record: SourceRecord, planned: Poison | Writes): void {
  if (planned.kind === 'poison') {
    lane.enter({ index, record, task: planned, isLast: true });
    return;
  }
  const last = planned.writes.at(-1);
  for (const write of planned.writes) {
    lane.enter({ index, record, task: { kind: 'write', write }, isLast: write === last });
  }
}

/** Namespace of records that are poison before their namespace is known. Nothing is ever sent there. */
const NOWHERE: Namespace = { database: 'unknown', collection: 'unknown' };

interface Collection {
  readonly namespace: Namespace;
  /** Nested by partition and document: a concatenated key would be ambiguous. */
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
    const lane = lanes.get(identity) ?? new Lane({ topicPartition, identity, target });
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

  /** Mappers return the same object for most records. */
  #nameOf(namespace: Namespace): string {
    const name = this.#names.get(namespace) ?? namespaceText(namespace);
    this.#names.set(namespace, name);
    return name;
  }
}
