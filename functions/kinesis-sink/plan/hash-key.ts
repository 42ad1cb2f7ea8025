import { hash } from 'node:crypto';

/**
 * The hash key by which Kinesis chooses the shard of a partition key: the MD5 of its UTF-8 text, from 0 to 2^128 - 1.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html
 */
export function hashKeyOf(text: string): bigint {
  return BigInt(`0x${hash('md5', text, 'hex')}`);
}
