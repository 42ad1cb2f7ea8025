import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
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

/** Reads all shards of a stream from the beginning. */
export async function createStreamReader(client: KinesisClient, streamName: string): Promise<StreamReader> {
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: streamName }));
  const iterators = new Map<string, string | undefined>();
  for (const { ShardId = '' } of Shards) {
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamName: streamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
    );
    iterators.set(ShardId, ShardIterator);
  }

  async function readShard(shardId: string): Promise<readonly StreamRecord[]> {
    const records: StreamRecord[] = [];
    for (;;) {
      const iterator = iterators.get(shardId);
      if (iterator === undefined) return records;
      const { Records = [], NextShardIterator } = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
      iterators.set(shardId, NextShardIterator);
      if (Records.length === 0) return records;
      for (const { PartitionKey = '', Data = new Uint8Array(0), SequenceNumber = '' } of Records) {
        records.push({ shardId, partitionKey: PartitionKey, data: Buffer.from(Data), sequenceNumber: SequenceNumber });
      }
    }
  }

  return {
    readNew: oneAtATime(async () => (await Promise.all([...iterators.keys()].map(readShard))).flat()),
  };
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
