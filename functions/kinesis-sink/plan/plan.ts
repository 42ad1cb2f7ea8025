import { planningFailed, poison, type RecordFailure } from '../../../shared/outcome.ts';
import { type Payload, payloadOf, type SourceRecord } from '../../../shared/record.ts';
import { bucketHashKey } from './bucket.ts';
import { envelopeOf } from './envelope.ts';
import { hashKeyOf } from './hash-key.ts';
import { type PartitionKey, type PartitionKeyOptions, partitionKeyOf } from './partition-key.ts';

/** One Kafka record in the form in which it is sent, alone or in an aggregate. */
export interface PlannedRecord {
  readonly record: SourceRecord;
  /** 1 to 256 characters. */
  readonly partitionKey: string;
  /** Replaces the hash of the partition key. */
  readonly explicitHashKey: string | undefined;
  readonly data: Payload;
  /** Data before base64 plus the partition key in UTF-8, as the service counts a record that is sent alone. */
  readonly byteLength: number;
}

/** Records of one topic-partition with the same name belong to one lane; undefined: the record has a lane of its own. */
export type LaneName = string | undefined;

/** The result of planning a record. */
export type RecordPlan =
  | { readonly kind: 'record'; readonly lane: LaneName; readonly planned: PlannedRecord }
  | { readonly kind: 'poison'; readonly lane: LaneName; readonly record: SourceRecord; readonly failure: RecordFailure }
  | { readonly kind: 'tombstone'; readonly record: SourceRecord };

export type Ordering = 'key' | 'partition' | 'none';
export type Aggregation = 'off' | 'key' | 'bucket';

export interface PlanOptions extends PartitionKeyOptions {
  readonly ordering: Ordering;
  readonly aggregation: Aggregation;
  readonly envelope: 'none' | 'json';
  readonly tombstone: 'empty' | 'skip' | 'envelope';
  readonly recordBytesMax: number;
}

/**
 * Never throws. An error while planning makes the record poison (`planning_failed`), because it would occur again in
 * every delivery.
 */
export function plan(record: SourceRecord, options: PlanOptions): RecordPlan {
  try {
    return planOrThrow(record, options);
  } catch (error) {
    return { kind: 'poison', lane: laneOfUnplanned(record, options), record, failure: planningFailed(error) };
  }
}

/**
 * The lane of the record's partition key, if the key can be computed: records behind it in the lane must not overtake
 * its dead letter.
 */
function laneOfUnplanned(record: SourceRecord, options: PlanOptions): LaneName {
  try {
    return laneOf(partitionKeyOf(record, options), options.ordering);
  } catch {
    return laneOf(undefined, options.ordering);
  }
}

function planOrThrow(record: SourceRecord, options: PlanOptions): RecordPlan {
  if (record.value === null && options.tombstone === 'skip') return { kind: 'tombstone', record };
  const key = partitionKeyOf(record, options);
  const lane = laneOf(key, options.ordering);
  if (key.kind === 'poison') return { kind: 'poison', lane, record, failure: key.failure };
  const data = dataOf(record, options);
  const byteLength = data.byteLength + Buffer.byteLength(key.text);
  if (byteLength > options.recordBytesMax) {
    const detail = `data and partition key have ${byteLength} bytes, more than the ${options.recordBytesMax} bytes of recordKiBMax`;
    return { kind: 'poison', lane, record, failure: poison('payload_too_large', detail) };
  }
  const explicitHashKey = explicitHashKeyOf(record, key.text, options);
  return { kind: 'record', lane, planned: { record, partitionKey: key.text, explicitHashKey, data, byteLength } };
}

/**
 * A lane is a topic-partition and a partition key, or a topic-partition. Kafka gives no order across partitions. A
 * record without order has a lane of its own.
 */
function laneOf(key: PartitionKey | undefined, ordering: Ordering): LaneName {
  if (ordering === 'partition') return '';
  return ordering === 'none' || key?.kind !== 'shared' ? undefined : key.text;
}

const NO_DATA = payloadOf('');

function dataOf(record: SourceRecord, { envelope, tombstone }: PlanOptions): Payload {
  const isWrapped = record.value === null ? tombstone === 'envelope' : envelope === 'json';
  return isWrapped ? envelopeOf(record) : (record.value ?? NO_DATA);
}

/** All records of a lane have one hash key, so they go to the same shard, aggregated or not. */
function explicitHashKeyOf(
  { position: { topicPartition } }: SourceRecord,
  partitionKey: string,
  { ordering, aggregation }: PlanOptions,
): string | undefined {
  const hashed = ordering === 'partition' ? topicPartition : partitionKey;
  if (aggregation === 'bucket') return bucketHashKey(hashKeyOf(hashed));
  return ordering === 'partition' ? String(hashKeyOf(hashed)) : undefined;
}
