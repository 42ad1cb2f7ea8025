import { type KinesisClient, ResourceNotFoundException } from '@aws-sdk/client-kinesis';
import { describe, expect, it } from 'vitest';
import { createStreamReader } from '../../../../local/orders/stream-reader.ts';

interface Command {
  readonly input: { readonly ShardId?: string; readonly ShardIterator?: string };
  readonly constructor: { readonly name: string };
}

/** A stream whose shards have one record each; what is removed is gone with its records. */
function aStream(...names: readonly string[]) {
  const shards = new Set(names);
  const answers: Readonly<Record<string, (input: Command['input']) => object>> = {
    ListShardsCommand: () => ({ Shards: [...shards].map((ShardId) => ({ ShardId })) }),
    GetShardIteratorCommand: ({ ShardId }) => ({ ShardIterator: `${ShardId} 0` }),
    GetRecordsCommand: ({ ShardIterator = '' }) => {
      const [shard = '', position] = ShardIterator.split(' ');
      if (!shards.has(shard)) throw new ResourceNotFoundException({ message: 'no such shard', $metadata: {} });
      const Records = position === '0' ? [{ PartitionKey: shard, Data: Buffer.from('x'), SequenceNumber: '1' }] : [];
      return { Records, NextShardIterator: `${shard} 1` };
    },
  };
  const client = {
    async send(command: Command) {
      return answers[command.constructor.name]?.(command.input);
    },
  } as unknown as KinesisClient;
  const { readNew } = createStreamReader(client, 'orders');
  return { shards, keys: async () => (await readNew()).map(({ partitionKey }) => partitionKey) };
}

describe('the reader of a stream', () => {
  it('reads each record once', async () => {
    const { keys } = aStream('one', 'two');
    expect(await keys()).toEqual(['one', 'two']);
    expect(await keys()).toEqual([]);
  });

  it('goes on with the shards that a split makes, although the split shard is gone', async () => {
    const { keys, shards } = aStream('parent');
    expect(await keys()).toEqual(['parent']);
    shards.delete('parent');
    shards.add('left').add('right');
    expect(await keys()).toEqual(['left', 'right']);
    expect(await keys()).toEqual([]);
  });
});
