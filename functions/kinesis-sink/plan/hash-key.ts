import { hash } from 'node:crypto';

/**
 * Where Kinesis puts a partition key on its ring: the MD5 of its UTF-8 text, 0 to 2^128 - 1.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html
 */
export function hashKeyOf(text: string): bigint {
  return BigInt(`0x${hash('md5', text, 'hex')}`);
}
