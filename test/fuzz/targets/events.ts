import { MalformedEventError } from '../../../shared/errors.ts';
import { decodeEvent } from '../../../shared/event.ts';
import { below, mutateText, mutateValue, pick, type Random } from '../mutate.ts';
import { CANARY, expectThat, type FuzzTarget } from '../target.ts';

/** An event of the mapping becomes batches, or the whole event is refused with an error that quotes no payload. */
export const events: FuzzTarget = {
  name: 'events',
  generate: (random) => (random() < 0.8 ? mutateValue(random, anEvent(random)) : reparsed(random, anEvent(random))),
  check(event) {
    try {
      for (const { topicPartition, records } of decodeEvent(event)) {
        expectThat(records.length > 0, 'a batch without records');
        for (const [index, { position, timestampMs, key, value }] of records.entries()) {
          const before = records[index - 1]?.position.offset ?? -1;
          expectThat(position.topicPartition === topicPartition, 'a record in the batch of another partition');
          expectThat(Number.isSafeInteger(position.offset) && position.offset > before, 'offsets must ascend');
          expectThat(Number.isInteger(timestampMs), 'a timestamp that is no integer');
          for (const payload of [key, value]) {
            expectThat(payload === null || payload.bytes().length === payload.byteLength, 'a wrong byte length');
          }
        }
      }
    } catch (error) {
      if (!(error instanceof MalformedEventError)) throw error;
      expectThat(!error.message.includes(CANARY), 'the error quotes a payload');
    }
  },
};

function anEvent(random: Random): unknown {
  const partitions = Array.from({ length: 1 + below(random, 3) }, (_, partition) => [
    `orders-${partition}`,
    Array.from({ length: below(random, 4) }, (_, offset) => aRecord(random, partition, offset * 3)),
  ]);
  return {
    eventSource: pick(random, ['aws:kafka', 'SelfManagedKafka']),
    eventSourceArn: 'arn:aws:kafka:eu-west-1:111111111111:cluster/orders/1-1',
    bootstrapServers: 'b-1:9098',
    records: Object.fromEntries(partitions),
  };
}

const aRecord = (random: Random, partition: number, offset: number) => ({
  topic: 'orders',
  partition,
  offset,
  timestamp: pick(random, [1_545_084_650_987, -1, 0, 2 ** 62]),
  timestampType: pick(random, ['CREATE_TIME', 'LOG_APPEND_TIME', undefined]),
  key: pick(random, [Buffer.from(CANARY).toString('base64'), '', null, undefined]),
  value: pick(random, [
    Buffer.from(`{"${CANARY}":1}`).toString('base64'),
    `${CANARY}!`,
    '',
    null,
    'AA',
    'A===',
    '====',
  ]),
  headers: pick(random, [[], [{ [CANARY]: [-128, 127] }], [{ a: [] }, { a: [1.5] }], [{}], [null]]),
});

/** The event after changes of its text, where the text still is JSON. */
function reparsed(random: Random, event: unknown): unknown {
  try {
    return JSON.parse(mutateText(random, JSON.stringify(event)));
  } catch {
    return event;
  }
}
