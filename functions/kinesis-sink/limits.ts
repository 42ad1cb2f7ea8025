import { assert } from '../../shared/errors.ts';

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
export const REQUEST_RECORDS_MAX = 500;
/**
 * Data and partition keys of one request. The service takes 10 MiB since 2025-10; whether it does so for a stream of
 * 1 MiB records is not documented, so this stays at the older limit.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
 */
export const REQUEST_BYTES_MAX = 5 * 1024 * 1024;
/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html */
export const PARTITION_KEY_CHARACTERS_MAX = 256;
/** Of what stands before a key: with its dash and a SHA-256 of 64 digits it fits into a partition key. */
export const PARTITION_KEY_PREFIX_CHARACTERS_MAX = 128;
/** A stream's MaxRecordSizeInKiB: https://docs.aws.amazon.com/streams/latest/dev/large-records.html */
export const RECORD_KIB_DEFAULT = 1024;
/** An event of 6 MB cannot hold a greater record: base64 takes a third of it. */
export const RECORD_KIB_MAX = 4096;

/**
 * Of one aggregate. 25 KB are a PUT payload unit, so this is two of them in either reading of KB.
 * https://aws.amazon.com/kinesis/data-streams/pricing/
 */
export const AGGREGATE_BYTES_MAX = 50_000;
/** Firehose takes no more out of one: https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecord.html */
export const AGGREGATE_RECORDS_MAX = 500;

/** One look at the stream. It must not hold up a batch for long that waits for it, and needs an address of its own. */
export const PREFLIGHT_TIMEOUT_MS = 3_000;
/** Between two looks that a batch waits for. */
export const PREFLIGHT_INTERVAL_MS = 1_000;
/**
 * Between two looks at a stream that is known: somebody may switch it to AUTO under a warm environment. An account may ask
 * 20 times a second: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html
 */
export const PREFLIGHT_REFRESH_MS = 60_000;
/** Looks that failed, in one environment; then it goes without. */
export const PREFLIGHT_FAILURES_MAX = 3;

/** While nothing gets through (access denied, no such stream, no credentials) one request is tried so often. */
export const PROBE_INTERVAL_MS = 5_000;

/** A record that was rejected alone is sent again after so long: it becomes poison if it is rejected again. */
export const REJECTION_CONFIRM_MS = 1_000;
/** Records whose rejection is remembered beyond their batch, and for how long after the last one while they are in doubt. */
export const SUSPICIONS_MAX = 1_000;
export const SUSPICION_MS_MAX = 15 * 60_000;
/**
 * Requests rejected one after another without one that is accepted; then the stream is taken to reject everything. A search
 * for one record among 500 meets 10 at most, and 3 for each further one that stands beside it.
 */
export const REJECTIONS_IN_A_ROW_MAX = 40;

assert(PARTITION_KEY_PREFIX_CHARACTERS_MAX + 1 + 64 <= PARTITION_KEY_CHARACTERS_MAX, 'a prefix must leave room');
assert(AGGREGATE_BYTES_MAX <= RECORD_KIB_DEFAULT * 1024, 'every stream must take an aggregate');
assert(RECORD_KIB_MAX * 1024 <= REQUEST_BYTES_MAX, 'the greatest record must fit into a request');
