/** The part of a record that the machine needs; callers add other fields. */
export interface LogRecord {
  readonly offset: number;
  readonly timestampMs: number;
  /** The size of the record in the event's JSON, without commas. */
  readonly bytes: number;
  /** Why the record is given up without an invocation. */
  readonly refusal?: SchemaRefusal;
}

/** Non-empty, offsets strictly ascending. */
export interface PartitionRecords<R extends LogRecord> {
  /** The key of `event.records`. */
  readonly topicPartition: string;
  readonly partition: number;
  readonly records: readonly R[];
}

/**
 * Why a schema registry does not pass a record. Both words are to be compared with AWS's page before anyone relies on them: its last part,
 * on errors, was not at hand. https://docs.aws.amazon.com/lambda/latest/dg/services-consume-kafka-events.html#services-consume-kafka-events-troubleshooting
 */
export type SchemaRefusal = 'SCHEMA_NOT_FOUND' | 'DESERIALIZATION_ERROR';

/**
 * Why records were sent to the destination or dropped. AWS documents the first two for Kafka, and the third for stream sources
 * (Kafka's page names none).
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html
 */
export type GivenUpCondition =
  | 'RetryAttemptsExhausted'
  | 'MaximumPayloadSizeExceeded'
  | 'RecordAgeExceeded'
  | SchemaRefusal;

/** How the last invocation of these records ended; undefined if there was none. */
export type LastResponse = 'functionError' | 'itemFailures' | undefined;

/** Records on their way to the on-failure destination. */
export interface GivenUp<R extends LogRecord> {
  readonly condition: GivenUpCondition;
  readonly invokeCount: number;
  readonly lastResponse: LastResponse;
  readonly batch: readonly PartitionRecords<R>[];
}

/** An action that the machine requests. */
export type Command<R extends LogRecord> =
  /** Answer with `invocationEnded(id, ...)`. */
  | { readonly kind: 'invoke'; readonly id: number; readonly batch: readonly PartitionRecords<R>[] }
  /** Only the latest commit of a partition counts, and commits never decrease. */
  | { readonly kind: 'commit'; readonly partition: number; readonly topicPartition: string; readonly offset: number }
  /** Answer with `failureDelivered(id, ...)`. */
  | { readonly kind: 'deliverFailure'; readonly id: number; readonly failure: GivenUp<R> };

/** The result of an invocation, as in {@link import('../../lambda/invocation.ts').Invocation} says it. */
export type InvocationResult =
  | { readonly kind: 'answered'; readonly payload: string }
  | { readonly kind: 'failed'; readonly errorType: string };
