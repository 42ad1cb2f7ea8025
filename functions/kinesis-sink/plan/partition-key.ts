import { createHash } from 'node:crypto';
import { poison, type RecordFailure } from '../../../shared/outcome.ts';
import type { Payload, SourceRecord } from '../../../shared/record.ts';
import { PARTITION_KEY_CHARACTERS_MAX } from '../limits.ts';
import { valueAt } from '../settings/json-pointer.ts';

export interface PartitionKeyOptions {
  readonly partitionKey: 'key' | 'partition' | 'random' | 'constant' | 'jsonPointer';
  /** Precedes every partition key, separated by a dash. */
  readonly partitionKeyPrefix?: string | undefined;
  readonly partitionKeyConstant?: string | undefined;
  readonly partitionKeyPointer?: string | undefined;
  /** Returns a new key for each call, so that records spread over the shards. */
  readonly randomKey: () => string;
}

export type PartitionKey =
  | { readonly kind: 'shared'; readonly text: string }
  /** No other record has this key, so the record is not ordered with any other. */
  | { readonly kind: 'random'; readonly text: string }
  | { readonly kind: 'poison'; readonly failure: RecordFailure };

/** 1 to 256 characters. A record always gets the same key, unless the key is random. */
export function partitionKeyOf(record: SourceRecord, options: PartitionKeyOptions): PartitionKey {
  const chosen = choose(record, options);
  if (chosen.kind === 'poison') return chosen;
  const text = fitted(chosen.text, options.partitionKeyPrefix);
  return text === chosen.text ? chosen : { kind: chosen.kind, text };
}

function choose(record: SourceRecord, options: PartitionKeyOptions): PartitionKey {
  switch (options.partitionKey) {
    case 'key':
      return record.key === null ? random(options) : shared(keyText(record.key));
    case 'partition':
      return shared(record.position.topicPartition);
    case 'random':
      return random(options);
    case 'constant':
      return shared(options.partitionKeyConstant ?? '');
    case 'jsonPointer':
      return inValue(record.value, options.partitionKeyPointer ?? '');
  }
}

const shared = (text: string): PartitionKey => ({ kind: 'shared', text });
const random = ({ randomKey }: PartitionKeyOptions): PartitionKey => ({ kind: 'random', text: randomKey() });

/** Valid UTF-8 as text, other bytes in base64url. */
const keyText = (key: Payload): string => key.text() ?? Buffer.from(key.bytes()).toString('base64url');

/** The text, number or boolean at the pointer, in JavaScript's notation. Kinesis takes no text with half of a surrogate pair. */
function inValue(value: Payload | null, pointer: string): PartitionKey {
  if (value === null)
    return unusable('the record is a tombstone and has no value (set tombstone: skip to ignore tombstones)');
  const found = valueAt(parsed(value), pointer);
  if (typeof found === 'object' && found !== null) return unusable(`the value has an object or an array at ${pointer}`);
  if (found === undefined || found === null) return unusable(`the value has nothing at ${pointer}, or is not JSON`);
  return found === '' ? unusable(`the value has an empty string at ${pointer}`) : shared(String(found).toWellFormed());
}

const unusable = (why: string): PartitionKey => ({
  kind: 'poison',
  failure: poison('payload_invalid', `cannot derive the partition key: ${why}`),
});

const BYTE_ORDER_MARK = /^\uFEFF/;

function parsed(value: Payload): unknown {
  try {
    return JSON.parse((value.text() ?? '').replace(BYTE_ORDER_MARK, ''));
  } catch {
    return undefined; // the value is not JSON
  }
}

/**
 * A key that is too long is replaced by its SHA-256 in 64 hexadecimal digits. The length is counted in UTF-16 units; a
 * service that counts code points finds fewer, never more.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html
 */
function fitted(text: string, prefix: string | undefined): string {
  const head = prefix === undefined ? '' : `${prefix}-`;
  if (head.length + text.length <= PARTITION_KEY_CHARACTERS_MAX) return head + text;
  return head + createHash('sha256').update(text).digest('hex');
}
