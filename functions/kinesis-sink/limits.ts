import { assert } from '../../shared/errors.ts';

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
export const REQUEST_RECORDS_MAX = 500;
/**
 * The size of one request: data and partition keys. The service accepts 10 MiB since 2025-10. Its documentation does
 * not say whether that applies to a stream with 1 MiB records, so this value stays at the older limit.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
 */
export const REQUEST_BYTES_MAX = 5 * 1024 * 1024;
/** After so many large requests in a row without an answer, requests are halved. */
export const LOST_REQUESTS_MAX = 3;
/** So often they are halved while none is answered: an outage must not multiply the requests. */
export const HALVINGS_MAX = 4;
/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html */
export const PARTITION_KEY_CHARACTERS_MAX = 256;
/** The prefix of a partition key. Prefix, dash and a SHA-256 of 64 digits fit into one key. */
export const PARTITION_KEY_PREFIX_CHARACTERS_MAX = 128;
/** A stream's MaxRecordSizeInKiB: https://docs.aws.amazon.com/streams/latest/dev/large-records.html */
export const RECORD_KIB_DEFAULT = 1024;
/** An event of 6 MB cannot contain a larger record, because base64 adds a third. */
export const RECORD_KIB_MAX = 4096;

/**
 * The size of one aggregate: two PUT payload units of 25 KB, whether KB means 1,000 or 1,024 bytes.
 * https://aws.amazon.com/kinesis/data-streams/pricing/
 */
export const AGGREGATE_BYTES_MAX = 50_000;
/**
 * Firehose deaggregates at most 500 records:
 * https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecord.html
 */
export const AGGREGATE_RECORDS_MAX = 500;

/** The time that a connection to Kinesis or STS may take. */
export const CONNECT_TIMEOUT_MS = 3_000;
/** The time that one call of AssumeRole may take. */
export const ASSUME_ROLE_TIMEOUT_MS = 5_000;
/**
 * AWS limits a session of a role that assumes another role to one hour:
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export const SESSION_SECONDS = 3_600;
/**
 * A session of this age that is denied access may have been revoked, and a new one is requested:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
 * A policy that denies access to every session costs one AssumeRole call in this time.
 */
export const DENIED_SESSION_MS_MIN = 60_000;

/**
 * The timeout of one DescribeStreamSummary call. A batch may wait for the call, and the call needs a network address of
 * its own.
 */
export const PREFLIGHT_TIMEOUT_MS = 3_000;
/** The pause between two calls that a batch waits for. */
export const PREFLIGHT_INTERVAL_MS = 1_000;
/**
 * The pause between two calls once the batches no longer wait for an answer: somebody may switch the stream to AUTO while the
 * environment lives. An account may call 20 times a second:
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html
 */
export const PREFLIGHT_REFRESH_MS = 60_000;
/** After this many failed calls before the first answer, the batches no longer wait for a description of the stream. */
export const PREFLIGHT_FAILURES_MAX = 3;

/**
 * The pause before a record that was rejected alone is sent again. If the record is rejected again, it may become
 * poison.
 */
export const REJECTION_CONFIRM_MS = 1_000;
/** How long an unproven rejection is remembered beyond its batch. */
export const SUSPICION_MS_MAX = 15 * 60_000;
/**
 * After this many rejected requests in a row, the stream counts as rejecting everything. A search for one bad record
 * among 500 has at most 10 rejections in a row, and 3 more for each bad record next to it.
 */
export const REJECTIONS_IN_A_ROW_MAX = 40;

assert(PARTITION_KEY_PREFIX_CHARACTERS_MAX + 1 + 64 <= PARTITION_KEY_CHARACTERS_MAX, 'a prefix must leave room');
assert(AGGREGATE_BYTES_MAX <= RECORD_KIB_DEFAULT * 1024, 'every stream must take an aggregate');
assert(RECORD_KIB_MAX * 1024 <= REQUEST_BYTES_MAX, 'the greatest record must fit into a request');
