// The floor: each value parsed with JSON.parse, one bulk write by the bare driver. It keeps no guarantee.
import { type AnyBulkWriteOperation, MongoClient } from 'mongodb';

const client = new MongoClient(process.env['FLOOR_URI'] ?? '', { retryWrites: false, maxPoolSize: 3 });
const collection = client.db('shop').collection<{ _id: string }>('orders');

interface KafkaEvent {
  readonly records: Readonly<Record<string, readonly { readonly key: string; readonly value: string }[]>>;
}

const text = (base64: string): string => Buffer.from(base64, 'base64').toString();

export async function handler(event: KafkaEvent) {
  const operations = Object.values(event.records)
    .flat()
    .map(({ key, value }): AnyBulkWriteOperation<{ _id: string }> => {
      const keyText = text(key);
      const _id: string = keyText.startsWith('{') ? JSON.parse(keyText)._id : keyText;
      return { replaceOne: { filter: { _id }, replacement: { _id, ...JSON.parse(text(value)) }, upsert: true } };
    });
  await collection.bulkWrite(operations, { ordered: false, writeConcern: { w: 'majority' } });
  return { batchItemFailures: [] };
}
