import { createHash } from 'node:crypto';
import { encodeAggregate, type UserRecord } from '../../../functions/kinesis-sink/plan/aggregate.ts';
import { deaggregate, WHOLE_RING } from '../../support/kpl/deaggregate.ts';
import { someShard } from './ring.ts';
import type { Charge } from './trial.ts';

const PARTITION_KEYS = ['a', 'é', '', '5', 'long'.repeat(40)];
const HASH_KEYS = [undefined, '0', '7', String(WHOLE_RING.last), 'undefined', '-3'];
/** Tags, the ends of groups, numbers that do not end, halves of surrogates: what makes other messages of a message. */
const TELLING_BYTES = [
  0, 1, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x10, 0x12, 0x13, 0x14, 0x1a, 0x22, 0x80, 0xa9, 0xed, 0xff,
];
const MAGIC_BYTES = 4;
const DIGEST_BYTES = 16;

/** Aggregates, most of them broken and signed again, as our own reader reads them: it may be trusted where the KCL agrees. */
export function readerCharges(count: number, random: () => number): readonly Charge[] {
  const below = (bound: number): number => Math.floor(random() * bound);
  return Array.from({ length: count }, (_, index) => {
    const blob = encodeAggregate(Array.from({ length: 1 + below(4) }, () => someRecord(below)));
    const stored = {
      partitionKey: 'outer',
      explicitHashKey: below(2) > 0 ? '7' : undefined,
      data: below(4) > 0 ? broken(blob, below) : blob,
    };
    const shard = below(2) > 0 ? WHOLE_RING : someShard(7n, random);
    return {
      name: `message ${index} (${stored.data.toString('hex')})`,
      stored,
      shard,
      expected: deaggregate(stored, shard),
    };
  });
}

type Below = (bound: number) => number;

const someRecord = (below: Below): UserRecord => ({
  partitionKey: PARTITION_KEYS[below(PARTITION_KEYS.length)] ?? '',
  explicitHashKey: HASH_KEYS[below(HASH_KEYS.length)],
  data: Buffer.alloc(below(5), 0x61),
});

function broken(blob: Buffer, below: Below): Buffer {
  const whole = Buffer.from(blob.subarray(MAGIC_BYTES, -DIGEST_BYTES));
  for (let count = below(3); count >= 0; count -= 1) {
    whole[below(whole.length)] = below(2) > 0 ? below(256) : (TELLING_BYTES[below(TELLING_BYTES.length)] ?? 0);
  }
  const body = below(3) > 0 ? whole : whole.subarray(0, below(whole.length + 1));
  return Buffer.concat([blob.subarray(0, MAGIC_BYTES), body, createHash('md5').update(body).digest()]);
}
