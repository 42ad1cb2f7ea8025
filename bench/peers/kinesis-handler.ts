// The handler that most people write: client-kinesis as it comes (HTTP/2), or with HTTP1=1 with a NodeHttpHandler; middy;
// chunks of 500 one after another, failed entries again.
import { KinesisClient, PutRecordsCommand, type PutRecordsRequestEntry } from '@aws-sdk/client-kinesis';
import middy from '@middy/core';
import { NodeHttpHandler } from '@smithy/node-http-handler';

const client = new KinesisClient({
  region: 'eu-west-1',
  ...(process.env['HTTP1'] === '1' && { requestHandler: new NodeHttpHandler() }),
});
const STREAM = 'arn:aws:kinesis:eu-west-1:222222222222:stream/orders';
const ATTEMPTS = 5;

async function put(entries: readonly PutRecordsRequestEntry[]): Promise<void> {
  let open = entries;
  for (let attempt = 0; open.length > 0; attempt += 1) {
    if (attempt === ATTEMPTS) throw new Error('entries still fail');
    const output = await client.send(new PutRecordsCommand({ StreamARN: STREAM, Records: [...open] }));
    open = open.filter((_, index) => output.Records?.[index]?.ErrorCode !== undefined);
  }
}

interface KafkaEvent {
  readonly records: Readonly<Record<string, readonly { readonly key: string; readonly value: string }[]>>;
}

export const handler = middy<KafkaEvent>().handler(async (event) => {
  const entries = Object.values(event.records)
    .flat()
    .map(({ key, value }) => ({
      PartitionKey: Buffer.from(key, 'base64').toString(),
      Data: Buffer.from(value, 'base64'),
    }));
  for (let index = 0; index < entries.length; index += 500) await put(entries.slice(index, index + 500));
  return { batchItemFailures: [] };
});
