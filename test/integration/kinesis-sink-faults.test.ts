// The Kinesis sink and its real client against a Kinesis that refuses entries and breaks connections: everything is stored,
// first copies in order, and nothing twice but what may have been stored when its answer was lost. The stream is read back
// as the KCL would read it, shard by shard.
import { ListShardsCommand } from '@aws-sdk/client-kinesis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import type { Aggregation } from '../../functions/kinesis-sink/plan/plan.ts';
import { createKinesisSink } from '../../functions/kinesis-sink/sink.ts';
import { createKinesisClient } from '../../functions/kinesis-sink/target/client.ts';
import type { KinesisPort } from '../../functions/kinesis-sink/target/kinesis-port.ts';
import { createPreflight } from '../../functions/kinesis-sink/target/preflight.ts';
import { resourceArns, DEFAULT_RESOURCES as resources } from '../../local/engines/aws/resources.ts';
import { reachKinesisAt } from '../../local/engines/function-environments.ts';
import { type KinesisProxy, startKinesisProxy } from '../../local/engines/kinesis-proxy/kinesis-proxy.ts';
import { createStreamReader, type StreamReader } from '../../local/orders/stream-reader.ts';
import { streamAdministrator } from '../../local/pipeline/aws-clients.ts';
import { seededRandom } from '../../local/seeded-random.ts';
import type { SourceRecord } from '../../shared/record.ts';
import { systemClock } from '../../shared/time/clock.ts';
import { planOptions } from '../support/a-kinesis-sink.ts';
import { aRecord, batchesOf, deadlineIn } from '../support/builders.ts';
import { endpointsOf } from '../support/engines-of-run.ts';
import { fakeDeadLetters } from '../support/fake-dead-letters.ts';
import { deaggregate, type ShardRange } from '../support/kpl/deaggregate.ts';
import { recordedTelemetry } from '../support/recorded-telemetry.ts';
import { startUnsignedAws, type UnsignedAws } from '../support/unsigned-aws.ts';

const SEED = Number(process.env['FAULTS_SEED'] ?? 1 + Math.floor(Math.random() * 999_999));
const RECORDS = 20_000;
const KEYS = 200;
const PARTITIONS = 4;
const REQUESTS_IN_FLIGHT_MAX = 4;
/** For each batch: what is handed back comes again. */
const INVOCATIONS_MAX = 3;
const TEST_MS_MAX = 120_000;

const arns = resourceArns(resources);
let aws: UnsignedAws;
let proxy: KinesisProxy;
let reader: StreamReader;
let shards: ReadonlyMap<string, ShardRange>;

beforeAll(async () => {
  aws = await startUnsignedAws(await endpointsOf(inject('runFolder')));
  const administrator = streamAdministrator(aws.endpoints);
  reader = createStreamReader(administrator, resources.stream);
  const { Shards = [] } = await administrator.send(new ListShardsCommand({ StreamName: resources.stream }));
  shards = new Map(
    Shards.map(({ ShardId = '', HashKeyRange }) => [
      ShardId,
      { first: BigInt(HashKeyRange?.StartingHashKey ?? 0), last: BigInt(HashKeyRange?.EndingHashKey ?? 0) },
    ]),
  );
});
afterAll(() => aws?.stop());

beforeEach(async () => {
  proxy = await startKinesisProxy({ upstreamUrl: aws.endpoints.aws.endpointUrl, seed: SEED });
  const { environment } = reachKinesisAt(aws.endpoints, proxy.endpointUrl).functions.kinesisSink;
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await proxy.stop();
});

const idOf = ({ position: { topicPartition, offset } }: Pick<SourceRecord, 'position'>): string =>
  `${topicPartition}@${offset}`;

/** Each key in a partition of its own, as Kafka has it; the value begins with the record's name. */
function someRecords(topic: string): readonly SourceRecord[] {
  const random = seededRandom(SEED);
  return Array.from({ length: RECORDS }, (_, offset) => {
    const key = Math.floor(random() * KEYS);
    const partition = key % PARTITIONS;
    const value = `${topic}-${partition}@${offset} `.padEnd(40 + Math.floor(random() * 200), 'x');
    return aRecord({ topic, partition, offset, key: `${topic}-key-${key}`, value });
  });
}

/** What became of requests, seen from the sink's side. */
interface Watch {
  openMax: number;
  /** In a request whose answer was lost: stored or not. */
  readonly ambiguous: Set<string>;
}

function watched(port: KinesisPort, watch: Watch): KinesisPort {
  let open = 0;
  return {
    putRecords: async (entries, signal) => {
      open += 1;
      watch.openMax = Math.max(watch.openMax, open);
      try {
        return await port.putRecords(entries, signal);
      } catch (error) {
        for (const { records } of entries) for (const record of records) watch.ambiguous.add(idOf(record));
        throw error;
      } finally {
        open -= 1;
      }
    },
  };
}

/** Invokes until everything is written, as a mapping would: what is unsettled comes again before anything newer. */
async function writeAll(records: readonly SourceRecord[], { aggregation, batchRecords }: Scenario): Promise<Watch> {
  const watch: Watch = { openMax: 0, ambiguous: new Set() };
  const sink = aSink(watch, aggregation);
  for (let begin = 0; begin < records.length; begin += batchRecords) {
    let pending = records.slice(begin, begin + batchRecords);
    for (let invocation = 1; pending.length > 0; invocation += 1) {
      expect(invocation).toBeLessThanOrEqual(INVOCATIONS_MAX);
      const outcomes = await sink.write(batchesOf(pending), deadlineIn(systemClock.nowMs(), 60_000));
      const written = new Set(outcomes.filter(({ kind }) => kind === 'written').map(idOf));
      pending = pending.filter((record) => !written.has(idOf(record)));
    }
  }
  return watch;
}

function aSink(watch: Watch, aggregation: Aggregation) {
  const telemetry = recordedTelemetry();
  const client = createKinesisClient({
    ...telemetry,
    streamArn: arns.stream,
    roleArn: arns.streamRole,
    externalId: resources.externalId,
    sessionName: 'msk-sinks-test',
    requestsInFlightMax: REQUESTS_IN_FLIGHT_MAX,
    requestTimeoutMs: 5_000,
  });
  const options = { ...planOptions, aggregation };
  const random = seededRandom(SEED);
  // Faults come by chance here, and no sooner for being tried soon: a tenth of the usual waits.
  const time = { clock: systemClock, random: () => random() / 10 };
  return createKinesisSink({
    ...telemetry,
    ...time,
    port: watched(client, watch),
    preflight: createPreflight({ ...telemetry, ...time, port: client, options: { ...options, recordKiBMax: 1_024 } }),
    deadLetters: fakeDeadLetters().queue,
    options: {
      ...options,
      functionName: 'kinesisSink',
      streamArn: arns.stream,
      onPoison: 'deadLetter',
      requestsInFlightMax: REQUESTS_IN_FLIGHT_MAX,
      requestTimeoutMs: 5_000,
    },
  });
}

interface Consumed {
  readonly partitionKey: string;
  readonly id: string;
}

/** Every user record of a topic that a consumer gets, shard by shard. */
async function consume(topic: string) {
  const stored = await reader.readNew();
  const userRecords = stored.flatMap(({ shardId, partitionKey, data }) =>
    deaggregate({ partitionKey, explicitHashKey: undefined, data }, shards.get(shardId)).map(
      (userRecord): Consumed => ({
        partitionKey: userRecord.partitionKey,
        id: Buffer.from(userRecord.data).toString().split(' ', 1)[0] ?? '',
      }),
    ),
  );
  return { storedCount: stored.length, userRecords: userRecords.filter(({ id }) => id.startsWith(`${topic}-`)) };
}

const offsetOf = (id: string): number => Number(id.split('@')[1]);

/** Keys of which a first copy was stored before that of an older record. */
function keysOutOfOrder(userRecords: readonly Consumed[]) {
  const firstCopies = [...new Map(userRecords.toReversed().map((record) => [record.id, record])).values()].toReversed();
  return [...Map.groupBy(firstCopies, ({ partitionKey }) => partitionKey)].flatMap(([key, own]) =>
    own.some(({ id }, index) => offsetOf(id) < offsetOf(own[index - 1]?.id ?? id)) ? [key] : [],
  );
}

/** Records that were never stored, and those that were more than once. */
function countCopies(records: readonly SourceRecord[], userRecords: readonly Consumed[]) {
  const copies = new Map(records.map((record) => [idOf(record), 0]));
  for (const { id } of userRecords) copies.set(id, (copies.get(id) ?? 0) + 1);
  const where = (isWanted: (count: number) => boolean) =>
    [...copies].flatMap(([id, count]) => (isWanted(count) ? [id] : []));
  return { missing: where((count) => count === 0), repeated: where((count) => count > 1) };
}

interface Scenario {
  readonly aggregation: Aggregation;
  readonly batchRecords: number;
  /** Of requests: their answers are lost, once they are stored. */
  readonly cut: number;
  /** Of Kinesis records, copies counted. */
  readonly storedMax: number;
}

/** Aggregates take few requests: enough of them must lose their answers. */
const SCENARIOS: readonly Scenario[] = [
  { aggregation: 'off', batchRecords: 10_000, cut: 0.01, storedMax: 2 * RECORDS },
  { aggregation: 'key', batchRecords: 2_500, cut: 0.25, storedMax: RECORDS / 2 },
  { aggregation: 'bucket', batchRecords: 2_500, cut: 0.25, storedMax: RECORDS / 2 },
];

describe(`${RECORDS} records of ${KEYS} keys, 30 % of the entries refused, seed ${SEED}`, () => {
  it.each(SCENARIOS)(
    'aggregation $aggregation: all are stored in the order of their key, and twice only after a lost answer',
    async (scenario) => {
      const records = someRecords(`faults-${scenario.aggregation}`);
      proxy.setFaults({ withheld: 0.3, cut: scenario.cut });
      const { openMax, ambiguous } = await writeAll(records, scenario);
      const { storedCount, userRecords } = await consume(`faults-${scenario.aggregation}`);
      const { missing, repeated } = countCopies(records, userRecords);
      expect(missing).toEqual([]);
      expect(keysOutOfOrder(userRecords)).toEqual([]);
      expect(repeated.filter((id) => !ambiguous.has(id))).toEqual([]);
      expect(storedCount).toBeLessThan(scenario.storedMax);
      expect(openMax).toBeLessThanOrEqual(REQUESTS_IN_FLIGHT_MAX);
      // None of this would mean much if nothing had gone wrong.
      expect(repeated.length).toBeGreaterThan(0);
      expect(proxy.counts().entriesWithheld).toBeGreaterThan(100);
      if (scenario.aggregation === 'off') expect(openMax).toBeGreaterThan(1);
    },
    TEST_MS_MAX,
  );
});
