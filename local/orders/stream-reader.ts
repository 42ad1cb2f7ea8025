import {
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-kinesis';
import { oneAtATime } from './one-at-a-time.ts';

/** A Kinesis record, as a consumer receives it. */
export interface StreamRecord {
  readonly shardId: string;
  readonly partitionKey: string;
  readonly data: Buffer;
  readonly sequenceNumber: string;
}

export interface StreamReader {
  /** The records since the last call, in the order of each shard. Calls wait for each other. */
  readNew(): Promise<readonly StreamRecord[]>;
}

/** Reads all shards of a stream from the beginning, and those that a split or merge adds. */
export function createStreamReader(client: KinesisClient, streamName: string): StreamReader {
  /** By shard; undefined: nothing more comes from it. */
  const iterators = new Map<string, string | undefined>();

  async function followNewShards(): Promise<void> {
    const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: streamName }));
    for (const { ShardId = '' } of Shards) {
      if (iterators.has(ShardId)) continue;
      const { ShardIterator } = await client.send(
        new GetShardIteratorCommand({ StreamName: streamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
      );
      iterators.set(ShardId, ShardIterator);
    }
  }

  async function readShard(shardId: string): Promise<readonly StreamRecord[]> {
    const records: StreamRecord[] = [];
    for (;;) {
      const iterator = iterators.get(shardId);
      if (iterator === undefined) return records;
      const { Records = [], NextShardIterator } = await client
        .send(new GetRecordsCommand({ ShardIterator: iterator }))
        .catch(withoutRemovedShard);
      iterators.set(shardId, NextShardIterator);
      if (Records.length === 0) return records;
      for (const { PartitionKey = '', Data = new Uint8Array(0), SequenceNumber = '' } of Records) {
        records.push({ shardId, partitionKey: PartitionKey, data: Buffer.from(Data), sequenceNumber: SequenceNumber });
      }
    }
  }

  return {
    readNew: oneAtATime(async () => {
      await followNewShards();
      return (await Promise.all([...iterators.keys()].map(readShard))).flat();
    }),
  };
}

/** The local AWS removes a shard that is split or merged; Kinesis keeps it until its records are too old. */
function withoutRemovedShard(error: unknown): Pick<GetRecordsCommandOutput, 'Records' | 'NextShardIterator'> {
  if (error instanceof ResourceNotFoundException) return { Records: [] };
  throw error;
}

/** A stream's records since the beginning. */
export interface StreamArchive {
  /** Those that were read so far; the list grows. */
  readonly records: readonly StreamRecord[];
  /** Reads the new ones, and returns all. */
  read(): Promise<readonly StreamRecord[]>;
}

export function archiveOf({ readNew }: StreamReader): StreamArchive {
  const records: StreamRecord[] = [];
  return {
    records,
    async read() {
      records.push(...(await readNew()));
      return records;
    },
  };
}
