/** Laws of Lambda's Kafka event source mappings that the functions need not know; the others are in shared/limits.ts. Each constant carries the page it was read from (2026-11-22). */

/** Invocations one poller has open at once. https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html */
export const INVOCATIONS_PER_POLLER_MAX = 5;

/**
 * What "retry without end" becomes as soon as there is an on-failure destination.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html
 */
export const RETRIES_MAX_WITH_DESTINATION = 10;

/** Applies until MaximumBatchingWindowInSeconds is set. https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html */
export const WINDOW_DEFAULT_MS = 500;

/** https://docs.aws.amazon.com/lambda/latest/dg/msk-esm-parameters.html */
export const BATCH_RECORDS_DEFAULT = 100;
