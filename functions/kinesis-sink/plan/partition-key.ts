import { createHash } from 'node:crypto';
import { poison, type RecordFailure } from '../../../shared/outcome.ts';
import type { Payload, SourceRecord } from '../../../shared/record.ts';
import { PARTITION_KEY_CHARACTERS_MAX } from '../limits.ts';
import { valueAt } from '../settings/json-pointer.ts';
import { utf8Text } from './utf8.ts';

export interface PartitionKeyOptions {
  readonly partitionKey: 'key' | 'partition' | 'random' | 'constant' | 'jsonPointer';
  /** Stands before every partition key, with a dash. */
  readonly partitionKeyPrefix?: string | undefined;
  readonly partitionKeyConstant?: string | undefined;
  readonly partitionKeyPointer?: string | undefined;
  /** A fresh one each time: it spreads over the shards. */
  readonly randomKey: () => string;
}

export type PartitionKey =
  | { readonly kind: 'shared'; readonly text: string }
  /** No other record has it: nothing is ordered with this one. */
  | { readonly kind: 'random'; readonly text: string }
  | { readonly kind: 'poison'; readonly failure: RecordFailure };

/** 1 to 256 characters, the same for the same record always, unless it is random. */
export function partitionKeyOf(record: SourceRecord, options: PartitionKeyOptions): PartitionKey {
  const chosen = choose(record, options);
  if (chosen.kind === 'poison') return chosen;
  return { ...chosen, text: fitted(chosen.text, options.partitionKeyPrefix) };
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

/** Text as it is, other bytes in base64url. */
const keyText = (key: Payload): string => utf8Text(key.bytes()) ?? Buffer.from(key.bytes()).toString('base64url');

/** A text, a number or a boolean that the pointer names, as JavaScript prints it. */
function inValue(value: Payload | null, pointer: string): PartitionKey {
  if (value === null)
    return unusable('the record is a tombstone and has no value (set tombstone: skip to ignore tombstones)');
  const found = valueAt(parsed(value), pointer);
  if (typeof found === 'object' && found !== null) return unusable(`the value has an object or an array at ${pointer}`);
  if (found === undefined || found === null) return unusable(`the value has nothing at ${pointer}, or is not JSON`);
  return found === '' ? unusable(`the value has an empty string at ${pointer}`) : shared(String(found));
}

const unusable = (why: string): PartitionKey => ({
  kind: 'poison',
  failure: poison('payload_invalid', `cannot derive the partition key: ${why}`),
});

function parsed(value: Payload): unknown {
  try {
    return JSON.parse(utf8Text(value.bytes()) ?? '');
  } catch {
    return undefined; // not JSON: the only thing that is thrown for
  }
}

/**
 * One that is too long gives way to its SHA-256, 64 hexadecimal digits. Characters are counted as UTF-16 units: a
 * service that counts code points instead finds fewer, never more.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html
 */
function fitted(text: string, prefix: string | undefined): string {
  const head = prefix === undefined ? '' : `${prefix}-`;
  if (head.length + text.length <= PARTITION_KEY_CHARACTERS_MAX) return head + text;
  return head + createHash('sha256').update(text).digest('hex');
}
