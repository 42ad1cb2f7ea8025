// The Kinesis sink with its real client against the local AWS, which checks signatures, roles and external ids.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PlanOptions } from '../../functions/kinesis-sink/plan/plan.ts';
import { createKinesisSink } from '../../functions/kinesis-sink/sink.ts';
import { createPreflight } from '../../functions/kinesis-sink/target/preflight.ts';
import { createStreamReader } from '../../local/orders/stream-reader.ts';
import { streamAdministrator } from '../../local/pipeline/aws-clients.ts';
import { createDeadLetterQueue } from '../../shared/dead-letter/dead-letter-queue.ts';
import { createS3Store } from '../../shared/dead-letter/dead-letter-store.ts';
import type { SourceRecord } from '../../shared/record.ts';
import { systemClock } from '../../shared/time/clock.ts';
import { planOptions } from '../support/a-kinesis-sink.ts';
import { aRecord, batchesOf, deadlineIn } from '../support/builders.ts';
import { aClient, endpoints, STREAM, stubEnvironment } from '../support/kinesis-clients.ts';
import { deaggregate } from '../support/kpl/deaggregate.ts';
import { recordedTelemetry } from '../support/recorded-telemetry.ts';

beforeEach(() => stubEnvironment());

afterEach(() => {
  vi.unstubAllEnvs();
});

function aSink(port = aClient(), changes: Partial<PlanOptions> = {}) {
  const { meter, log } = recordedTelemetry();
  const options = { ...planOptions, ...changes };
  const time = { clock: systemClock, random: Math.random };
  const store = createS3Store({ bucket: 'msk-sinks-local-111111111111-dead-letters', pathStyle: true });
  const sink = createKinesisSink({
    ...time,
    port,
    meter,
    log,
    preflight: createPreflight({ ...time, log, meter, port, options: { ...options, recordKiBMax: 1024 } }),
    deadLetters: createDeadLetterQueue({ ...time, store, meter }),
    options: {
      ...options,
      functionName: 'kinesisSink',
      streamArn: STREAM,
      onPoison: 'deadLetter',
      requestsInFlightMax: 4,
      requestTimeoutMs: 5_000,
    },
  });
  return (records: readonly SourceRecord[], remainingMs = 30_000) =>
    sink.write(batchesOf(records), deadlineIn(systemClock.nowMs(), remainingMs));
}

/** Records no other test has written: keys begin with the name of the topic. */
async function readBack(prefix: string) {
  const reader = createStreamReader(streamAdministrator(endpoints), 'orders');
  const records = await reader.readNew();
  return records.filter(({ partitionKey }) => partitionKey.startsWith(prefix));
}

describe('against the local AWS', () => {
  it('writes into the other account through the assumed role, key order kept', async () => {
    const records = Array.from({ length: 600 }, (_, offset) =>
      aRecord({ offset, key: `order-a-${offset % 50}`, value: `${offset}` }),
    );
    const outcomes = await aSink()(records);
    expect(outcomes.every(({ kind }) => kind === 'written')).toBe(true);
    const stored = await readBack('order-a-');
    expect(stored).toHaveLength(600);
    for (const own of Map.groupBy(stored, ({ partitionKey }) => partitionKey).values()) {
      const offsets = own.map(({ data }) => Number(data.toString()));
      expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
    }
  });

  it('carries every byte of values, and keys that JSON has to escape', async () => {
    const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const key = 'b "quoted" \\ back\u0007 ünïcode 🚀';
    await aSink()([aRecord({ key, value: everyByte }), aRecord({ offset: 1, key, value: null })]);
    const stored = await readBack('b "quoted"');
    expect(stored.map(({ partitionKey }) => partitionKey)).toEqual([key, key]);
    expect([...(stored[0]?.data ?? [])]).toEqual([...everyByte]);
    expect(stored[1]?.data).toHaveLength(0);
  });

  it.each(['key', 'bucket'] as const)('writes aggregates that a consumer can take apart: %s', async (aggregation) => {
    const records = Array.from({ length: 600 }, (_, offset) =>
      aRecord({ offset, key: `f-${aggregation}-${offset % 7}`, value: `${offset}` }),
    );
    const outcomes = await aSink(aClient(), { aggregation })(records);
    expect(outcomes.every(({ kind }) => kind === 'written')).toBe(true);
    const prefix = aggregation === 'key' ? 'f-key-' : 'a';
    const stored = (await readBack(prefix)).flatMap(({ partitionKey, data }) =>
      deaggregate({ partitionKey, explicitHashKey: undefined, data }),
    );
    const own = stored.filter(({ partitionKey }) => partitionKey.startsWith(`f-${aggregation}-`));
    expect(own).toHaveLength(600);
    for (const ofKey of Map.groupBy(own, ({ partitionKey }) => partitionKey).values()) {
      const offsets = ofKey.map(({ data }) => Number(Buffer.from(data).toString()));
      expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
    }
  });

  it('sends all of a partition to one shard with ordering: partition', async () => {
    const records = Array.from({ length: 40 }, (_, offset) => aRecord({ offset, key: `g-${offset}`, value: 'x' }));
    await aSink(aClient(), { ordering: 'partition' })(records);
    const stored = await readBack('g-');
    expect(new Set(stored.map(({ shardId }) => shardId)).size).toBe(1);
    expect(stored.map(({ partitionKey }) => partitionKey)).toEqual(records.map((_, offset) => `g-${offset}`));
  });

  it('says that the external id is wrong, dead-letters nothing, and keeps trying until the deadline', async () => {
    const outcomes = await aSink(aClient({ externalId: 'wrong' }))([aRecord({ key: 'c' })], 12_000);
    expect(outcomes).toMatchObject([{ kind: 'failed', failure: { code: 'credentials_unavailable', retryable: true } }]);
    expect(JSON.stringify(outcomes)).toContain('externalId');
  });

  it('says that access is denied without the role', async () => {
    const outcomes = await aSink(aClient({ roleArn: undefined }))([aRecord({ key: 'd' })], 7_000);
    expect(outcomes).toMatchObject([{ kind: 'failed', failure: { code: 'access_denied' } }]);
  });

  it('puts a record that is too large into the bucket, with its own role', async () => {
    const records = [
      aRecord({ offset: 0, key: 'e', value: 'before' }),
      aRecord({ offset: 1, key: 'e', value: new Uint8Array(1024 * 1024 + 1) }),
      aRecord({ offset: 2, key: 'e', value: 'after' }),
    ];
    const outcomes = await aSink()(records);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['written', 'deadLettered', 'written']);
  });
});
