import type { GivenUp } from '../machine/commands.ts';
import type { Destination } from '../mapping/mapping.ts';
import { buildEvent, type EventRecord, type EventSource } from './event.ts';

/** An object or message for an on-failure destination. */
export interface FailureLetter {
  readonly destination: Destination;
  /** The object key for a bucket; for a topic the record's key in base64, undefined without a key. */
  readonly name: string | undefined;
  /** JSON text. */
  readonly body: string;
}

/** The metadata of a failure record. */
export interface FailureContext {
  readonly destination: Destination;
  readonly source: EventSource;
  readonly functionArn: string;
  /** The mapping's name in an object key, where AWS uses the mapping's UUID. */
  readonly mappingId: string;
  readonly requestId: string;
  readonly atMs: number;
}

/**
 * The failure records for records that will not be retried. SQS and SNS get metadata; a bucket also gets the invocation's whole
 * event as text in `payload`; a Kafka topic gets one message per record.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html,
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html
 */
export function failureLetters(context: FailureContext, failure: GivenUp<EventRecord>): readonly FailureLetter[] {
  const { destination, source } = context;
  if (destination.kind === 'kafka') return kafkaLetters(context, failure);
  const payload = buildEvent(source, failure.batch);
  const body = {
    ...metadata(context, failure, failure.condition),
    KafkaBatchInfo: batchInfo(source, failure, Buffer.byteLength(payload)),
  };
  if (destination.kind !== 's3') return [{ destination, name: undefined, body: JSON.stringify(body) }];
  return [{ destination, name: objectKey(context), body: JSON.stringify({ ...body, payload }) }];
}

function metadata(context: FailureContext, failure: GivenUp<EventRecord>, condition: string): object {
  const { requestId, functionArn, atMs } = context;
  const functionError = failure.lastResponse === 'functionError' ? { functionError: 'Unhandled' } : {};
  const responseContext = { statusCode: 200, executedVersion: '$LATEST', ...functionError };
  return {
    requestContext: {
      requestId,
      functionArn,
      condition,
      approximateInvokeCount: failure.invokeCount,
    },
    responseContext: failure.lastResponse === undefined ? null : responseContext,
    version: '1.0',
    timestamp: new Date(atMs).toISOString(),
  };
}

function batchInfo(source: EventSource, failure: GivenUp<EventRecord>, payloadSize: number): object {
  const recordsInfo = failure.batch.map(({ topicPartition, records }) => {
    const [first, last] = [records[0], records.at(-1)];
    const info = {
      firstRecordOffset: String(first?.offset),
      lastRecordOffset: String(last?.offset),
      firstRecordTimestamp: timeText(first?.timestampMs),
      lastRecordTimestamp: timeText(last?.timestampMs),
    };
    return [topicPartition, info] as const;
  });
  return {
    batchSize: failure.batch.reduce((sum, { records }) => sum + records.length, 0),
    eventSourceArn: source.eventSourceArn,
    bootstrapServers: source.bootstrapServers,
    payloadSize,
    recordsInfo: Object.fromEntries(recordsInfo),
  };
}

/** A producer sets times as it likes, and a Date does not hold all of them: what AWS writes then is not known. */
function timeText(timestampMs = 0): string {
  const date = new Date(timestampMs);
  return Number.isNaN(date.getTime()) ? String(timestampMs) : date.toISOString();
}

/** The key layout that AWS documents for streams; Kafka's page has none. https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html */
function objectKey({ mappingId, atMs, requestId }: FailureContext): string {
  const [day = '', time = ''] = new Date(atMs).toISOString().split('T');
  return `aws/lambda/${mappingId}/${day.replaceAll('-', '/')}/${day}T${time.slice(0, 8).replaceAll(':', '.')}-${requestId}`;
}

function kafkaLetters(context: FailureContext, failure: GivenUp<EventRecord>): readonly FailureLetter[] {
  const { destination, source } = context;
  const condition = failure.condition === 'RetryAttemptsExhausted' ? 'RetriesExhausted' : failure.condition;
  const head = metadata(context, failure, condition);
  return failure.batch.flatMap(({ topicPartition, partition, records }) =>
    records.map((record) => {
      const text = buildEvent(source, [{ topicPartition, partition, records: [record] }]);
      const payload: unknown = JSON.parse(text);
      const info = batchInfo(
        source,
        { ...failure, batch: [{ topicPartition, partition, records: [record] }] },
        Buffer.byteLength(text),
      );
      const recordInfo = { offset: String(record.offset), timestamp: timeText(record.timestampMs) };
      const body = { ...head, KafkaBatchInfo: { ...info, recordsInfo: undefined, recordInfo }, payload };
      return { destination, name: keyOf(record), body: JSON.stringify(body) };
    }),
  );
}

function keyOf(record: EventRecord): string | undefined {
  const { key }: { key?: string | null } = JSON.parse(record.json);
  return key ?? undefined;
}
