import { buildEvent, recordSerializer } from '../../local/msk-trigger/runtime/event.ts';

export interface EventRecordParts {
  readonly topic?: string;
  readonly partition?: number;
  readonly offset?: number;
  readonly key?: string | null;
  readonly value?: string | null;
}

const SOURCE = {
  eventSourceArn: 'arn:aws:kafka:eu-west-1:111111111111:cluster/test/11111111-2222-3333-4444-555555555555-1',
  bootstrapServers: 'b-1.test.kafka.eu-west-1.amazonaws.com:9098',
};

/** An event of the mapping: `orders-0`, offset 0, key `order-1` and an empty object, by default. */
export function anEvent(records: readonly EventRecordParts[]): unknown {
  const byPartition = Map.groupBy(records, ({ topic = 'orders', partition = 0 }) => `${topic}-${partition}`);
  const batch = [...byPartition.values()].map((own) => {
    const { topic = 'orders', partition = 0 } = own[0] ?? {};
    const serialize = recordSerializer(topic, partition);
    return {
      topicPartition: `${topic}-${partition}`,
      partition,
      records: own.map((record) => serialize(fieldsOf(record))),
    };
  });
  return JSON.parse(buildEvent(SOURCE, batch));
}

const fieldsOf = ({ offset = 0, key = 'order-1', value = '{}' }: EventRecordParts) => ({
  offset,
  timestampMs: Date.now(),
  timestampType: 'CREATE_TIME' as const,
  key: bytesOf(key),
  value: bytesOf(value),
  headers: [],
});

const bytesOf = (text: string | null) => (text === null ? null : Buffer.from(text));
