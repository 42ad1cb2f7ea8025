// What is promised (docs/guarantees.md), written down apart from the code that has to keep it.

/** Before the function's time is up: nothing new is sent. */
export const SEND_RESERVE_MS = 5_000;
/** Before the function's time is up: the answer goes out. */
export const ANSWER_RESERVE_MS = 1_500;
/** The longest pause between two tries. */
export const RETRY_DELAY_MS_MAX = 5_000;
/** While every request is refused, one is tried so often. */
export const PROBE_INTERVAL_MS = 5_000;
/** Dead letters written at once. */
export const DEAD_LETTERS_IN_FLIGHT_MAX = 32;
/** One try to write a dead letter. */
export const DEAD_LETTER_TIMEOUT_MS = 2_000;
/** One command to DocumentDB. */
export const SOCKET_TIMEOUT_MS = 20_000;
/** One try to get a session. */
export const ASSUME_ROLE_TIMEOUT_MS = 5_000;
