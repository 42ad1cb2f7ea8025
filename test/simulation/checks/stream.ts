import type { ProducedRecord } from '../worlds/kafka-log.ts';
import type { StoredEntry } from '../worlds/stream.ts';
import type { Violation } from './violation.ts';

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html */
export const PARTITION_KEY_CHARACTERS_MAX = 256;

/** What is wrong with what a stream holds in the end. `givenUp`: later records of their keys did not wait for them. */
export const streamViolations = (
  stored: readonly StoredEntry[],
  givenUp: ReadonlySet<ProducedRecord>,
): readonly Violation[] => [...wrongContent(stored), ...wrongKeys(stored), ...outOfOrder(stored, givenUp)];

/** G1: what is stored is what was produced, byte for byte. */
const wrongContent = (stored: readonly StoredEntry[]): readonly Violation[] =>
  stored.flatMap(({ record, position, dataBase64 }) => {
    if (record === undefined) return [{ guarantee: 'G1', message: `${position} is stored and was never produced` }];
    if (dataBase64 === (record.value?.toString('base64') ?? '')) return [];
    return [{ guarantee: 'G1', message: `${position} is stored with other data` }];
  });

/** G2: records of one key have one partition key, which no other key has: their key, where that is allowed. */
function wrongKeys(stored: readonly StoredEntry[]): readonly Violation[] {
  const partitionKeys = new Map<string, string>();
  const owners = new Map<string, string>();
  return stored.flatMap(({ record, position, partitionKey }) => {
    if (record === undefined || record.key === null) return [];
    const key = record.key.toString();
    const expected = key.length > PARTITION_KEY_CHARACTERS_MAX ? (partitionKeys.get(key) ?? partitionKey) : key;
    const owner = owners.get(partitionKey) ?? key;
    partitionKeys.set(key, expected);
    owners.set(partitionKey, owner);
    if (partitionKey === expected && owner === key) return [];
    return [{ guarantee: 'G2', message: `${position} is stored under a partition key that is not its own` }];
  });
}

/** G2: first copies of one key, in the order of their partition. */
function outOfOrder(stored: readonly StoredEntry[], givenUp: ReadonlySet<ProducedRecord>): readonly Violation[] {
  const seen = new Set<ProducedRecord>();
  const last = new Map<string, number>();
  return stored.flatMap(({ position, record }) => {
    if (record === undefined || record.key === null || seen.has(record) || givenUp.has(record)) return [];
    seen.add(record);
    const lane = `${record.incarnation} ${record.topicPartition} ${record.key}`;
    const before = last.get(lane) ?? -1;
    last.set(lane, Math.max(before, record.offset));
    if (record.offset > before) return [];
    return [{ guarantee: 'G2', message: `${position} is behind offset ${before} of its key` }];
  });
}
