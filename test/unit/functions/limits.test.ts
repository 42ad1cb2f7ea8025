import { describe, expect, it } from 'vitest';
import * as ofDocumentdb from '../../../functions/documentdb-sink/limits.ts';
import * as ofKinesis from '../../../functions/kinesis-sink/limits.ts';
import {
  BLOCK_BEFORE_MS,
  RENEW_BEFORE_MS,
  RENEWAL_INTERVAL_MS,
} from '../../../functions/kinesis-sink/target/credentials.ts';
import * as ofBoth from '../../../shared/limits.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** Limits that a service publishes, as their documentation states them, and our own times in its words. */
describe('the limits', () => {
  it('of Lambda, and what both functions keep of the time that it gives', () => {
    expect({ ...ofBoth }).toEqual({
      FUNCTION_TIMEOUT_SECONDS_MAX: 14 * 60,
      BATCH_RECORDS_MAX: 10_000,
      INVOCATION_BYTES_MAX: 6_291_456,
      SEND_RESERVE_MS: 5 * SECOND_MS,
      ANSWER_RESERVE_MS: 1.5 * SECOND_MS,
      RETRY_DELAY_MS_MAX: 5 * SECOND_MS,
      PROBE_INTERVAL_MS: 5 * SECOND_MS,
      DEAD_LETTERS_IN_FLIGHT_MAX: 32,
      DEAD_LETTER_TIMEOUT_MS: 2 * SECOND_MS,
      REMEMBERED_RECORDS_MAX: 1_000,
      PROVEN_POISON_MS_MAX: 30 * MINUTE_MS,
    });
  });

  it('of Kinesis, Firehose and a stream that rejects records', () => {
    expect({ ...ofKinesis }).toEqual({
      REQUEST_RECORDS_MAX: 500,
      REQUEST_BYTES_MAX: 5_242_880,
      LOST_REQUESTS_MAX: 3,
      HALVINGS_MAX: 4,
      PARTITION_KEY_CHARACTERS_MAX: 256,
      PARTITION_KEY_PREFIX_CHARACTERS_MAX: 128,
      RECORD_KIB_DEFAULT: 1_024,
      RECORD_KIB_MAX: 4_096,
      AGGREGATE_BYTES_MAX: 2 * 25_000,
      AGGREGATE_RECORDS_MAX: 500,
      CONNECT_TIMEOUT_MS: 3 * SECOND_MS,
      ASSUME_ROLE_TIMEOUT_MS: 5 * SECOND_MS,
      SESSION_SECONDS: 60 * 60,
      DENIED_SESSION_MS_MIN: MINUTE_MS,
      PREFLIGHT_TIMEOUT_MS: 3 * SECOND_MS,
      PREFLIGHT_INTERVAL_MS: SECOND_MS,
      PREFLIGHT_REFRESH_MS: MINUTE_MS,
      PREFLIGHT_FAILURES_MAX: 3,
      REJECTION_CONFIRM_MS: SECOND_MS,
      SUSPICION_MS_MAX: 15 * MINUTE_MS,
      REJECTIONS_IN_A_ROW_MAX: 40,
    });
  });

  it('of a session in the other account, which lasts an hour', () => {
    expect({ RENEW_BEFORE_MS, BLOCK_BEFORE_MS, RENEWAL_INTERVAL_MS }).toEqual({
      RENEW_BEFORE_MS: 15 * MINUTE_MS,
      BLOCK_BEFORE_MS: MINUTE_MS,
      RENEWAL_INTERVAL_MS: 30 * SECOND_MS,
    });
  });

  it('of DocumentDB, its driver, and the registries of schemas', () => {
    expect({ ...ofDocumentdb }).toEqual({
      DOCUMENT_BYTES_MAX: 16_777_216,
      OPERATIONS_MAX: 100_000,
      NESTING_MAX: 100,
      BSON_BYTES_PER_JSON_BYTE: 8,
      CONFLICT_ROUNDS_MAX: 3,
      MISSES_MAX: 30,
      MISSES_CARRIED: 27,
      DUPLICATE_CONFIRM_MS: SECOND_MS,
      LOST_ANSWERS_MAX: 3,
      HALVINGS_MAX: 4,
      REFUSALS_MAX: 4,
      DOUBT_PAUSE_MS: 0.5 * SECOND_MS,
      THROTTLE_PAUSE_MS: 1.5 * SECOND_MS,
      NEIGHBOUR_MS: 10 * SECOND_MS,
      PARTITION_WAIT_MS: SECOND_MS,
      VERSIONS_READ_MAX: 1_000,
      END_DOCUMENTS: 500,
      INDEX_WAIT_MS_MAX: 2 * SECOND_MS,
      DATABASE_BYTES_MAX: 63,
      NAMESPACE_BYTES_MAX: 120,
      MISSING_KEYS_MAX: 1_000,
      COLLECTIONS_MAX: 2_000,
      INDEX_RETRY_MS: MINUTE_MS,
      SERVER_SELECTION_TIMEOUT_MS: 5 * SECOND_MS,
      CONNECT_TIMEOUT_MS: 5 * SECOND_MS,
      SOCKET_TIMEOUT_MS: 20 * SECOND_MS,
      WAIT_QUEUE_TIMEOUT_MS: 5 * SECOND_MS,
      IDLE_MS_MAX: MINUTE_MS,
      CONNECTING_MAX: 2,
      HEARTBEAT_EVERY_MS: SECOND_MS,
      AWS_READ_TIMEOUT_MS: 3 * SECOND_MS,
      REGISTRY_TIMEOUT_MS: 3 * SECOND_MS,
      REGISTRY_SILENCE_MS: SECOND_MS,
      REGISTRY_RESPONSE_BYTES_MAX: 16_777_216,
      SCHEMAS_IN_FLIGHT_MAX: 8,
      SCHEMAS_MAX: 1_000,
      SCHEMA_EXPANSIONS_MAX: 10_000,
      UNKNOWN_SCHEMA_PAUSE_MS: SECOND_MS,
    });
  });
});
