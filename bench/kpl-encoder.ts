// `node bootstrap.mjs bench/kpl-encoder.ts`: measures how many records per second of processor time the sink's encoder aggregates.
import { AggregateSize, encodeAggregate, type UserRecord } from '../functions/kinesis-sink/plan/aggregate.ts';

const AGGREGATE_BYTES_MAX = 50_000;
const RECORDS = 400_000;
const ROUNDS = 5;
const HASH_KEY = '26584559915698317458076141205606891520';

/** Fills aggregates until the next record does not fit, and encodes each as base64. Returns the number of aggregates. */
function encodeAll(record: UserRecord, keys: readonly string[]): number {
  let aggregates = 0;
  let size = new AggregateSize();
  let open: UserRecord[] = [];
  for (let index = 0; index < RECORDS; index += 1) {
    const next = { ...record, partitionKey: keys[index % keys.length] ?? '', dataBytes: record.data.byteLength };
    if (size.bytesWith(next) > AGGREGATE_BYTES_MAX) {
      encodeAggregate(open).toString('base64');
      aggregates += 1;
      open = [];
      size = new AggregateSize();
    }
    size.add(next);
    open.push(next);
  }
  return aggregates;
}

for (const dataBytes of [100, 1_024]) {
  for (const keyCount of [1, 200]) {
    const keys = Array.from({ length: keyCount }, (_, index) => `order-${index}`);
    const record = { partitionKey: '', explicitHashKey: HASH_KEY, data: Buffer.alloc(dataBytes, 0x78) };
    const rates: number[] = [];
    let aggregates = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = process.cpuUsage();
      aggregates = encodeAll(record, keys);
      const { user, system } = process.cpuUsage(before);
      rates.push(Math.round(RECORDS / ((user + system) / 1_000_000)));
    }
    const [slowest = 0, fastest = 0] = [Math.min(...rates), Math.max(...rates)];
    process.stdout.write(
      `${dataBytes} bytes, ${keyCount} keys: ${slowest} to ${fastest} records/s (${aggregates} aggregates, ${ROUNDS} rounds)\n`,
    );
  }
}
