import { describe, expect, it } from 'vitest';
import type { GivenUp } from '../../../../../local/msk-trigger/machine/commands.ts';
import { type FailureContext, failureLetters } from '../../../../../local/msk-trigger/runtime/destination.ts';
import { buildEvent, type EventRecord, recordSerializer } from '../../../../../local/msk-trigger/runtime/event.ts';
import { CLUSTER_ARN } from '../mappings.ts';

const SOURCE = { eventSourceArn: CLUSTER_ARN, bootstrapServers: '127.0.0.1:9092' };

function record(partition: number, offset: number, key: Buffer | null = Buffer.from('key')): EventRecord {
  const timestampMs = Date.UTC(2026, 10, 22, 0, 38, 4, 835) + offset;
  const serialize = recordSerializer('orders', partition);
  // A name of two bytes: sizes are in bytes.
  const headers = [[Buffer.from('é'), Buffer.from('v')]] as const;
  return serialize({ offset, timestampMs, timestampType: 'CREATE_TIME', key, value: Buffer.from('v'), headers });
}

const FAILURE: GivenUp<EventRecord> = {
  condition: 'RetryAttemptsExhausted',
  invokeCount: 6,
  lastResponse: 'functionError',
  batch: [
    { topicPartition: 'orders-0', partition: 0, records: [record(0, 15), record(0, 99)] },
    { topicPartition: 'orders-1', partition: 1, records: [record(1, 7, null)] },
  ],
};

function context(destination: FailureContext['destination']): FailureContext {
  return {
    destination,
    source: SOURCE,
    functionArn: 'arn:aws:lambda:eu-west-1:111111111111:function:sink',
    mappingId: 'OrdersMapping',
    requestId: 'a-request',
    atMs: Date.UTC(2026, 10, 22, 0, 38, 6, 21),
  };
}

const toBucket = context({ kind: 's3', bucketArn: 'arn:aws:s3:::letters' });
const toTopic = context({ kind: 'kafka', topic: 'orders-dlt' });

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html
describe('the failure record', () => {
  const payload = buildEvent(SOURCE, FAILURE.batch);
  const metadata = {
    requestContext: {
      requestId: 'a-request',
      functionArn: 'arn:aws:lambda:eu-west-1:111111111111:function:sink',
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 6,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: '2026-11-22T00:38:06.021Z',
    KafkaBatchInfo: {
      batchSize: 3,
      eventSourceArn: CLUSTER_ARN,
      bootstrapServers: '127.0.0.1:9092',
      payloadSize: Buffer.byteLength(payload),
      recordsInfo: {
        'orders-0': {
          firstRecordOffset: '15',
          lastRecordOffset: '99',
          firstRecordTimestamp: '2026-11-22T00:38:04.850Z',
          lastRecordTimestamp: '2026-11-22T00:38:04.934Z',
        },
        'orders-1': {
          firstRecordOffset: '7',
          lastRecordOffset: '7',
          firstRecordTimestamp: '2026-11-22T00:38:04.842Z',
          lastRecordTimestamp: '2026-11-22T00:38:04.842Z',
        },
      },
    },
  };

  it('for a bucket holds the metadata, and the whole event as text', () => {
    const [letter] = failureLetters(toBucket, FAILURE);
    expect(JSON.parse(letter?.body ?? '')).toEqual({ ...metadata, payload });
    expect(letter?.name).toBe('aws/lambda/OrdersMapping/2026/11/22/2026-11-22T00.38.06-a-request');
  });

  it('for a queue holds the metadata alone', () => {
    const [letter] = failureLetters(context({ kind: 'sqs', queueArn: 'arn:aws:sqs:eu-west-1:1:q' }), FAILURE);
    expect(JSON.parse(letter?.body ?? '')).toEqual(metadata);
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html
  it('for a Kafka topic is one message a record, with the original key and the event as an object', () => {
    const letters = failureLetters(toTopic, FAILURE);
    expect(letters.map((letter) => letter.name)).toEqual(['a2V5', 'a2V5', undefined]);
    const body = JSON.parse(letters[1]?.body ?? '');
    expect(body.requestContext.condition).toBe('RetriesExhausted');
    expect(body.KafkaBatchInfo.recordInfo).toEqual({ offset: '99', timestamp: '2026-11-22T00:38:04.934Z' });
    expect(body.KafkaBatchInfo).not.toHaveProperty('recordsInfo');
    expect(body.KafkaBatchInfo).toMatchObject({
      batchSize: 1,
      payloadSize: Buffer.byteLength(JSON.stringify(body.payload)),
    });
    expect(body.payload.records['orders-0']).toHaveLength(1);
    expect(body.payload.records['orders-0'][0]).toMatchObject({ offset: 99, key: 'a2V5' });
  });

  it('keeps a time that no date can be', () => {
    const strange = FAILURE.batch.map((part) => ({
      ...part,
      records: part.records.map((record) => ({ ...record, timestampMs: 1_700_000_000_000_000_000 })),
    }));
    const [letter] = failureLetters(toTopic, { ...FAILURE, batch: strange });
    expect(JSON.parse(letter?.body ?? '').KafkaBatchInfo.recordInfo.timestamp).toBe('1700000000000000000');
  });

  it('has no response context where the function was never invoked, and no error where it answered', () => {
    const condition = 'MaximumPayloadSizeExceeded' as const;
    const oversized = { ...FAILURE, condition, invokeCount: 0, lastResponse: undefined };
    expect(JSON.parse(failureLetters(toBucket, oversized)[0]?.body ?? '')).toMatchObject({
      requestContext: { condition, approximateInvokeCount: 0 },
      responseContext: null,
    });
    const answered = JSON.parse(failureLetters(toBucket, { ...FAILURE, lastResponse: 'itemFailures' })[0]?.body ?? '');
    expect(answered.responseContext).toEqual({ statusCode: 200, executedVersion: '$LATEST' });
  });
});
