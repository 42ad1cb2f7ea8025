// doka's loop in Node: one awaited PutRecord for each record of a partition, partitions side by side.
import { KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';

const client = new KinesisClient({ region: 'eu-west-1', requestHandler: new NodeHttpHandler() });
const STREAM = 'arn:aws:kinesis:eu-west-1:222222222222:stream/orders';

interface KafkaEvent {
  readonly records: Readonly<Record<string, readonly { readonly offset: number; readonly value: string }[]>>;
}

export async function handler(event: KafkaEvent) {
  const consume = async (records: KafkaEvent['records'][string]) => {
    for (const { offset, value } of records) {
      const Data = Buffer.from(value, 'base64');
      await client.send(new PutRecordCommand({ StreamARN: STREAM, PartitionKey: `orders-${offset}`, Data }));
    }
  };
  await Promise.all(Object.values(event.records).map(consume));
  return { batchItemFailures: [] };
}
