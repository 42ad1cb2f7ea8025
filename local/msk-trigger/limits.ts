/** Limits of Lambda's Kafka event source mappings that the functions do not use; the others are in shared/limits.ts. Each constant has its source (read on 2026-11-22). */

/** The maximum number of concurrent invocations of a poller. https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html */
export const INVOCATIONS_PER_POLLER_MAX = 5;

/** How often Lambda looks at the offset lag. https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html */
export const SCALING_INTERVAL_MS = 60_000;

/**
 * The number of retries that replaces "no limit" if there is an on-failure destination.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html
 */
export const RETRIES_MAX_WITH_DESTINATION = 10;

/** Applies if MaximumBatchingWindowInSeconds is not set. https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html */
export const WINDOW_DEFAULT_MS = 500;

/** https://docs.aws.amazon.com/lambda/latest/dg/msk-esm-parameters.html */
export const BATCH_RECORDS_DEFAULT = 100;
