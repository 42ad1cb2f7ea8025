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
/** A stream's MaxRecordSizeInKiB: https://docs.aws.amazon.com/streams/latest/dev/large-records.html */
export const RECORD_KIB_DEFAULT = 1024;
/** An event of 6 MB cannot hold a greater record: base64 takes a third of it. */
export const RECORD_KIB_MAX = 4096;

/** While nothing gets through (access denied, no such stream, no credentials) one request is tried so often. */
export const PROBE_INTERVAL_MS = 5_000;

assert(RECORD_KIB_MAX * 1024 <= REQUEST_BYTES_MAX, 'the greatest record must fit into a request');
