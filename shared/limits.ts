import { assert } from './errors.ts';

/**
 * The longest timeout of a function behind a Kafka mapping:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-consume-kafka-events.html
 */
export const FUNCTION_TIMEOUT_SECONDS_MAX = 840;
/** https://docs.aws.amazon.com/lambda/latest/dg/msk-esm-parameters.html */
export const BATCH_RECORDS_MAX = 10_000;
/** Request and response of an invocation: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const INVOCATION_BYTES_MAX = 6 * 1024 * 1024;

/** Nothing new is sent in the last 5 s before the function's timeout. */
export const SEND_RESERVE_MS = 5_000;
/** The response is sent this long before the function's timeout. */
export const ANSWER_RESERVE_MS = 1_500;
/** The longest delay between two attempts. A target that has recovered waits at most this long for the next request. */
export const RETRY_DELAY_MS_MAX = 5_000;

/** The pause between probes after an answer that every request would get (access denied, no such target, no credentials). */
export const PROBE_INTERVAL_MS = 5_000;

/** The number of records of one kind that an environment remembers beyond their batch (record-memory.ts). */
export const REMEMBERED_RECORDS_MAX = 1_000;
/** How long it remembers that a record is poison since the last refusal: a batch may come again after the longest invocation. */
export const PROVEN_POISON_MS_MAX = 30 * 60_000;

/** The number of dead letters that are written at once. */
export const DEAD_LETTERS_IN_FLIGHT_MAX = 32;
/** The timeout of one attempt to write a dead letter. */
export const DEAD_LETTER_TIMEOUT_MS = 2_000;

assert(
  PROVEN_POISON_MS_MAX > 2 * 1_000 * FUNCTION_TIMEOUT_SECONDS_MAX,
  'what is known of a record must outlast an invocation, whenever in it the record is refused',
);
assert(ANSWER_RESERVE_MS < SEND_RESERVE_MS, 'sending must end before the answer is due');
assert(
  DEAD_LETTER_TIMEOUT_MS < SEND_RESERVE_MS - ANSWER_RESERVE_MS,
  'a dead letter begun in time must end before the answer is due',
);
