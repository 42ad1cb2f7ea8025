/** Laws of Lambda's Kafka event source mappings. Each constant carries the page it was read from (2026-11-22). */

/** Bytes of serialized event JSON an invocation holds. https://docs.aws.amazon.com/lambda/latest/dg/with-msk-configure.html */
export const PAYLOAD_BYTES_MAX = 6 * 1024 * 1024;

/** Bytes of answer a function may return. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const ANSWER_BYTES_MAX = 6 * 1024 * 1024;

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

/** A function behind a Kafka mapping may run 14 minutes. https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html */
export const FUNCTION_TIMEOUT_SECONDS_MAX = 840;
