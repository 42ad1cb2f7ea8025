import { assert } from './errors.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/services-consume-kafka-events.html: longest timeout behind a Kafka mapping. */
export const FUNCTION_TIMEOUT_SECONDS_MAX = 840;
/** https://docs.aws.amazon.com/lambda/latest/dg/msk-esm-parameters.html */
export const BATCH_RECORDS_MAX = 10_000;
/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: request and response of an invocation. */
export const INVOCATION_BYTES_MAX = 6 * 1024 * 1024;

/** Before the function's time is up: nothing new is sent. */
export const SEND_RESERVE_MS = 5_000;
/** Before the function's time is up: the answer goes out. */
export const ANSWER_RESERVE_MS = 1_500;
/** The longest pause between two tries: so long a target that came back waits for us. */
export const RETRY_DELAY_MS_MAX = 5_000;

/** Dead letters written at once. */
export const DEAD_LETTERS_IN_FLIGHT_MAX = 32;
/** One try to write a dead letter. */
export const DEAD_LETTER_TIMEOUT_MS = 2_000;

assert(ANSWER_RESERVE_MS < SEND_RESERVE_MS, 'sending must end before the answer is due');
assert(
  DEAD_LETTER_TIMEOUT_MS < SEND_RESERVE_MS - ANSWER_RESERVE_MS,
  'a dead letter begun in time must end before the answer is due',
);
