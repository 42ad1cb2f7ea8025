import type { LaneItem } from '../../../shared/delivery/lane.ts';
import { failed, ignored, type RecordOutcome } from '../../../shared/outcome.ts';
import type { PartitionBatch, SourceRecord } from '../../../shared/record.ts';
import { type Decided, type PlanSettings, type Poison, plan, type RecordPlan, type Writes } from '../guard/plan.ts';
import { type Namespace, namespaceText } from '../plan/namespace.ts';
import type { RecordMapper } from '../plan/record-mapper.ts';
import { Lane } from './lane.ts';

export type LanesByNamespace = ReadonlyMap<Namespace, readonly Lane[]>;

/** A batch, divided into lanes. */
export interface Layout {
  /** Each is delivered by itself. */
  readonly parts: readonly Part[];
  /** The outcomes of records that write nothing in this batch, by index. */
  readonly decidedAt: ReadonlyMap<number, RecordOutcome>;
  /** The number of records whose planning threw an error. */
  readonly planningFailureCount: number;
}

/** Partitions without a record whose document is not known, together; or one partition that has such a record. */
export interface Part {
  readonly lanes: LanesByNamespace;
  readonly behind?: Behind;
}

/** Records behind one whose document is not known: any of them may write its document. */
export interface Behind {
  readonly lanes: LanesByNamespace;
  /** Those whose documents are not known, and all in front of the first of these. */
  readonly waitsFor: readonly LaneItem[];
}

/** Plans each record and groups the records by collection, partition and document. */
export function layLanes(
  batches: readonly PartitionBatch[],
  mapper: RecordMapper,
  settings: PlanSettings,
  wallTimeMs: number,
): Layout {
  const together = new CollectionLanes();
  const apart: Part[] = [];
  const decidedAt = new Map<number, RecordOutcome>();
  let planningFailureCount = 0;
  let index = 0;
  for (const batch of batches) {
    const partition = new PartitionLayout(batch, index, together);
    for (const record of batch.records) {
      const planned = plan(record, mapper, settings, wallTimeMs);
      if (isDocumentUnknown(planned)) partition.setApart({ index, record });
      if (planned.kind === 'none' || planned.kind === 'unsettled') decidedAt.set(index, decided(record, planned));
      else partition.enter({ index, record }, planned);
      if (planned.kind === 'poison' && planned.failure.code === 'planning_failed') planningFailureCount += 1;
      index += 1;
    }
    apart.push(...partition.parts());
  }
  return { parts: [{ lanes: together.lanesByNamespace() }, ...apart], decidedAt, planningFailureCount };
}

/** @returns all lanes of a batch */
export const lanesOf = ({ parts }: Layout): readonly Lane[] =>
  parts.flatMap(({ lanes, behind }) => [...lanes.values(), ...(behind?.lanes.values() ?? [])].flat());

/** Once the record is mended, it may write the document of any record behind it. */
const isDocumentUnknown = (planned: RecordPlan): boolean =>
  planned.kind === 'unsettled' || (planned.kind === 'poison' && planned.identity === undefined);

const decided = ({ position }: SourceRecord, planned: Decided): RecordOutcome =>
  planned.kind === 'none' ? ignored(position, planned.reason) : failed(position, planned.failure);

/** The lanes of one partition, among those of others until the document of a record is not known. */
class PartitionLayout {
  readonly #batch: PartitionBatch;
  readonly #from: number;
  #lanes: CollectionLanes;
  /** Once a document is not known. */
  #behind: CollectionLanes | undefined;
  #waitsFor: LaneItem[] = [];

  /** @param from index of the first record */
  constructor(batch: PartitionBatch, from: number, together: CollectionLanes) {
    this.#batch = batch;
    this.#from = from;
    this.#lanes = together;
  }

  /** The document of the record is not known. Call before the record enters. */
  setApart(item: LaneItem): void {
    if (this.#behind === undefined) {
      const { topicPartition, records } = this.#batch;
      this.#lanes = this.#lanes.take(topicPartition);
      this.#behind = new CollectionLanes();
      const inFront = records.slice(0, item.index - this.#from);
      this.#waitsFor = inFront.map((record, place) => ({ index: this.#from + place, record }));
    }
    this.#waitsFor.push(item);
  }

  enter(item: LaneItem, planned: Poison | Writes): void {
    const { namespace, identity } = planned;
    const lanes = identity === undefined ? this.#lanes : (this.#behind ?? this.#lanes);
    // A record without a known document gets a lane of its own.
    const lane = lanes.laneOf(namespace, this.#batch.topicPartition, identity ?? `none ${item.index}`);
    enter(lane, item, planned);
  }

  /** What is delivered apart from other partitions. */
  parts(): readonly Part[] {
    if (this.#behind === undefined) return [];
    const behind = { lanes: this.#behind.lanesByNamespace(), waitsFor: this.#waitsFor };
    return [{ lanes: this.#lanes.lanesByNamespace(), behind }];
  }
}

function enter(lane: Lane, item: LaneItem, planned: Poison | Writes): void {
  if (planned.kind === 'poison') {
    lane.enter({ ...item, task: planned, isLast: true });
    return;
  }
  const last = planned.writes.at(-1);
  for (const write of planned.writes) lane.enter({ ...item, task: { kind: 'write', write }, isLast: write === last });
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

  /** Moves the lanes of a partition. */
  take(topicPartition: string): CollectionLanes {
    const taken = new CollectionLanes();
    for (const [target, { namespace, partitions }] of this.#collections) {
      const lanes = partitions.get(topicPartition);
      if (lanes === undefined) continue;
      partitions.delete(topicPartition);
      taken.#collections.set(target, { namespace, partitions: new Map([[topicPartition, lanes]]) });
    }
    return taken;
  }

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

  lanesByNamespace(): LanesByNamespace {
    const used = [...this.#collections.values()].filter(({ partitions }) => partitions.size > 0);
    return new Map(
      used.map(({ namespace, partitions }) => [
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
