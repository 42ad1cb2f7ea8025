import { createHash } from 'node:crypto';
import { poison, type RecordFailure } from '../../shared/outcome.ts';
import type { Payload, SourceRecord } from '../../shared/record.ts';
import { PARTITION_KEY_CHARACTERS_MAX } from './limits.ts';

/** One Kinesis record to be. */
export interface Entry {
  readonly record: SourceRecord;
  /** 1 to 256 characters. */
  readonly partitionKey: string;
  /** Standard base64, as Kafka's event had it. */
  readonly dataBase64: string;
  /** Data before base64 plus the partition key in UTF-8: what the service counts. */
  readonly byteLength: number;
}

/** What a record turns out to be, before anything is sent. */
export type Prepared =
  | { readonly kind: 'entry'; readonly lane: string; readonly entry: Entry }
  | { readonly kind: 'poison'; readonly lane: string; readonly record: SourceRecord; readonly failure: RecordFailure }
  | { readonly kind: 'tombstone'; readonly record: SourceRecord };

export interface PrepareOptions {
  readonly tombstone: 'empty' | 'skip';
  readonly recordBytesMax: number;
  /** A fresh partition key for a record without a key: it spreads over the shards. */
  readonly randomKey: () => string;
}

/**
 * A lane is an ordering domain: (topic-partition, partition key). Kafka orders nothing across partitions. A record
 * without a key is ordered with nothing, so it has a lane of its own.
 */
export function prepare(record: SourceRecord, options: PrepareOptions): Prepared {
  if (record.value === null && options.tombstone === 'skip') return { kind: 'tombstone', record };
  const { topicPartition, offset } = record.position;
  const partitionKey = record.key === null ? options.randomKey() : partitionKeyOf(record.key);
  // NUL stands in no topic, and what follows it tells an offset from a key, whatever stands in the key.
  const lane = record.key === null ? `${topicPartition}\0#${offset}` : `${topicPartition}\0=${partitionKey}`;
  const byteLength = (record.value?.byteLength ?? 0) + Buffer.byteLength(partitionKey);
  if (byteLength > options.recordBytesMax) {
    const detail = `${byteLength} bytes of data and partition key, and the stream takes ${options.recordBytesMax} (recordKiBMax)`;
    return { kind: 'poison', lane, record, failure: poison('payload_too_large', detail) };
  }
  return { kind: 'entry', lane, entry: { record, partitionKey, dataBase64: record.value?.base64 ?? '', byteLength } };
}

/** Same key, same partition key, always: text as it is, other bytes in base64url, too long ones as their SHA-256. */
function partitionKeyOf(key: Payload): string {
  const text = utf8Text(key.bytes()) ?? Buffer.from(key.bytes()).toString('base64url');
  if (text.length <= PARTITION_KEY_CHARACTERS_MAX) return text;
  return createHash('sha256').update(key.bytes()).digest('hex');
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined; // not UTF-8: the only thing a fatal decoder throws for
  }
}
