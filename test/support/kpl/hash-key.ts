import { createHash } from 'node:crypto';

/**
 * Where the service puts a partition key, 0 to 2^128 - 1: "An MD5 hash function is used to map partition keys to 128-bit
 * integer values". https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html
 */
export function serviceHashKey(partitionKey: string): bigint {
  const digest = createHash('md5').update(Buffer.from(partitionKey, 'utf8')).digest();
  return (digest.readBigUInt64BE(0) << 64n) | digest.readBigUInt64BE(8);
}
