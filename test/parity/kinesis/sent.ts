import type { UserRecord } from '../../../functions/kinesis-sink/plan/aggregate.ts';
import type { Entry } from '../../../functions/kinesis-sink/plan/entry.ts';
import type { PlanOptions } from '../../../functions/kinesis-sink/plan/plan.ts';
import type { SourceRecord } from '../../../shared/record.ts';
import { aKinesisSink } from '../../support/a-kinesis-sink.ts';
import { aRecord } from '../../support/builders.ts';
import { fakeKinesis } from '../../support/fake-kinesis.ts';
import { bucketMiddle, md5Of } from './ring.ts';

export type Mode = Pick<PlanOptions, 'ordering' | 'aggregation'>;

/** Every way to send that leaves something to take apart, and both that do not. */
export const MODES: readonly Mode[] = [
  { ordering: 'key', aggregation: 'key' },
  { ordering: 'key', aggregation: 'bucket' },
  { ordering: 'partition', aggregation: 'key' },
  { ordering: 'partition', aggregation: 'bucket' },
  { ordering: 'none', aggregation: 'bucket' },
  { ordering: 'key', aggregation: 'off' },
  { ordering: 'partition', aggregation: 'off' },
];

/** One Kinesis record as the sink sent it, and what must come of it. */
export interface Sent {
  readonly name: string;
  readonly mode: Mode;
  readonly stored: UserRecord;
  /** From the Kafka records, by what the documents promise: nothing of it comes out of the sink. */
  readonly contents: readonly UserRecord[];
  /** What decides about the shard when shards are equal: the hash of what is kept in order. */
  readonly hashKey: bigint;
}

/** Sends a batch through the real sink. @throws Error when it is not all sent, each record once, in order in its lane */
export async function sendBatch(mode: Mode, records: readonly SourceRecord[]): Promise<readonly Sent[]> {
  const { port, stored } = fakeKinesis();
  let keyCount = 0;
  const randomKey = () => randomKeyOf(keyCount++);
  const outcomes = await aKinesisSink({ port, ...mode, randomKey }).write(records);
  const unwritten = outcomes.filter(({ kind }) => kind !== 'written').length;
  if (unwritten > 0)
    throw new Error(`${unwritten} of ${records.length} records were not written, though nothing failed`);
  const keys = partitionKeysOf(records);
  expectAllInOrder(stored, records, (record) => laneOf(mode, record, keys));
  return stored.map((entry, index) => sentOf(mode, entry, { index, keys }));
}

const randomKeyOf = (count: number): string => `random-${count}`;

/** Records without a key get a fresh one each, in the order they come. */
function partitionKeysOf(records: readonly SourceRecord[]): ReadonlyMap<SourceRecord, string> {
  let keyCount = 0;
  return new Map(
    records.map((record) => [
      record,
      record.key === null ? randomKeyOf(keyCount++) : Buffer.from(record.key.bytes()).toString('utf8'),
    ]),
  );
}

type Keys = ReadonlyMap<SourceRecord, string>;

const laneOf = ({ ordering }: Mode, record: SourceRecord, keys: Keys): string =>
  ordering === 'none'
    ? `${record.position.topicPartition} ${record.position.offset}`
    : `${record.position.topicPartition} ${ordering === 'key' ? keys.get(record) : ''}`;

function expectAllInOrder(
  entries: readonly Entry[],
  records: readonly SourceRecord[],
  laneOfRecord: (record: SourceRecord) => string,
): void {
  const sent = entries.flatMap((entry) => entry.records);
  if (sent.length !== records.length || new Set(sent).size !== records.length) {
    throw new Error(`${sent.length} records were sent of ${records.length}`);
  }
  const lastOffsets = new Map<string, number>();
  for (const record of sent) {
    const lane = laneOfRecord(record);
    if ((lastOffsets.get(lane) ?? -1) > record.position.offset)
      throw new Error(`a lane was sent out of order: ${lane}`);
    lastOffsets.set(lane, record.position.offset);
  }
}

function sentOf(mode: Mode, entry: Entry, { index, keys }: { readonly index: number; readonly keys: Keys }): Sent {
  const [first] = entry.records;
  if (first === undefined) throw new Error('an entry without records was sent');
  const { topicPartition, offset } = first.position;
  const hashKeyIn = (record: SourceRecord): bigint =>
    md5Of(mode.ordering === 'partition' ? record.position.topicPartition : (keys.get(record) ?? ''));
  return {
    name: `entry ${index} (ordering ${mode.ordering}, aggregation ${mode.aggregation}, ${entry.records.length} records from ${topicPartition} ${offset} on)`,
    mode,
    stored: {
      partitionKey: entry.partitionKey,
      explicitHashKey: entry.explicitHashKey,
      data: Buffer.from(entry.dataBase64, 'base64'),
    },
    contents: entry.records.map((record) => ({
      partitionKey: keys.get(record) ?? '',
      explicitHashKey: explicitHashKeyIn(mode, hashKeyIn(record)),
      data: record.value?.bytes() ?? Buffer.alloc(0),
    })),
    hashKey: hashKeyIn(first),
  };
}

function explicitHashKeyIn({ ordering, aggregation }: Mode, hashKey: bigint): string | undefined {
  if (aggregation === 'bucket') return String(bucketMiddle(hashKey));
  return ordering === 'partition' ? String(hashKey) : undefined;
}

export type Chance = () => number;

/** One batch as Lambda may send it: one to three partitions, keys and sizes of every kind, at most 4 MB. */
export function someBatch(random: Chance): readonly SourceRecord[] {
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value;
  const keyCount = pick([1, 3, 40, 1_000]);
  const keys = Array.from({ length: keyCount }, (_, index) => pick(KEYS)(index, random));
  const nullShare = pick([0, 0, 0.1, 1]);
  const sizeOf = pick(SIZES);
  const partitionCount = pick([1, 1, 3]);
  const recordCount = pick([1, 2, 30, 600, 2_000]);
  const records: SourceRecord[] = [];
  let bytes = 0;
  for (let offset = 0; offset < recordCount && bytes < BATCH_BYTES_MAX; offset += 1) {
    const byteLength = sizeOf(random);
    bytes += byteLength;
    records.push(
      aRecord({
        partition: Math.floor(random() * partitionCount),
        offset,
        key: random() < nullShare ? null : pick(keys),
        value: byteLength === 0 && random() < 0.5 ? null : someBytes(byteLength, random),
      }),
    );
  }
  return records.toSorted((a, b) => a.position.partition - b.position.partition);
}

const BATCH_BYTES_MAX = 4_000_000;

const KEYS: readonly ((index: number, random: Chance) => string)[] = [
  (index) => `order-${index}`,
  (index) => String(index), // JavaScript sorts such names
  (index) => `клавиша-${index}-🔑`,
  (index) => `${'🔑'.repeat(120)}${index}`,
  (index) => `${index}`.padEnd(256, 'x'),
  (_index, random) => `\0"\\\n\t${random()}`,
];

const SIZES: readonly ((random: Chance) => number)[] = [
  () => 0,
  () => 1,
  (random) => Math.floor(random() * 300),
  () => 1_024,
  (random) => Math.floor(random() ** 8 * 200_000),
  (random) => 49_700 + Math.floor(random() * 400), // around what an aggregate holds
];

const MAGIC = [0xf3, 0x89, 0x9a, 0xc2];

/** Some begin as an aggregate does, and are none. */
function someBytes(byteLength: number, random: Chance): Uint8Array {
  const bytes = Buffer.alloc(byteLength, Math.floor(random() * 256));
  for (let at = 0; at < Math.min(8, byteLength); at += 1) bytes[at] = Math.floor(random() * 256);
  if (random() < 0.1) bytes.set(MAGIC.slice(0, byteLength));
  return bytes;
}
