/** What the machine needs to know of a record; callers add the rest. */
export interface LogRecord {
  readonly offset: number;
  readonly timestampMs: number;
  /** Bytes of the record as it stands in the event's JSON, without commas. */
  readonly bytes: number;
}

/** Non-empty, offsets strictly ascending. */
export interface PartitionRecords<R extends LogRecord> {
  /** The key of `event.records`. */
  readonly topicPartition: string;
  readonly partition: number;
  readonly records: readonly R[];
}

/**
 * Why records went to the destination or were dropped. The first two are documented for Kafka; the third is what Lambda writes for
 * its stream sources (Kafka's page names none).
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html
 */
export type GivenUpCondition = 'RetryAttemptsExhausted' | 'MaximumPayloadSizeExceeded' | 'RecordAgeExceeded';

/** How the last invocation of given-up records ended; undefined where there was none. */
export type LastResponse = 'functionError' | 'itemFailures' | undefined;

/** Records on their way to the on-failure destination. */
export interface GivenUp<R extends LogRecord> {
  readonly condition: GivenUpCondition;
  readonly invokeCount: number;
  readonly lastResponse: LastResponse;
  readonly batch: readonly PartitionRecords<R>[];
}

/** What the machine wants done. */
export type Command<R extends LogRecord> =
  /** Answer with `invocationEnded(id, ...)`. */
  | { readonly kind: 'invoke'; readonly id: number; readonly batch: readonly PartitionRecords<R>[] }
  /** Of one partition only the latest counts, and a later one is never lower. */
  | { readonly kind: 'commit'; readonly partition: number; readonly topicPartition: string; readonly offset: number }
  /** Answer with `failureDelivered(id, ...)`. */
  | { readonly kind: 'deliverFailure'; readonly id: number; readonly failure: GivenUp<R> };

/** How an invocation ended, as {@link import('../lambda/invocation.ts').Invocation} says it. */
export type InvocationResult =
  | { readonly kind: 'answered'; readonly payload: string }
  | { readonly kind: 'failed'; readonly errorType: string };
