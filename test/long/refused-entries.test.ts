// Kinesis refuses three entries in ten: every record is stored once, and each key in order. FAULTS_SEED=<seed> plays a run again.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { DEFAULT_RESOURCES } from '../../local/engines/aws/resources.ts';
import { writeEndpoints } from '../../local/engines/endpoints.ts';
import { reachKinesisAt } from '../../local/engines/function-environments.ts';
import { type KinesisProxy, startKinesisProxy } from '../../local/engines/kinesis-proxy/kinesis-proxy.ts';
import { readMappings } from '../../local/msk-trigger/mapping/read-mappings.ts';
import { checkAll } from '../../local/orders/checks.ts';
import { readDeadLetters } from '../../local/orders/dead-letter-reader.ts';
import { createOrderProducer, createTopic } from '../../local/orders/producer.ts';
import { createStreamReader } from '../../local/orders/stream-reader.ts';
import { bucketAdministrator, streamAdministrator } from '../../local/pipeline/aws-clients.ts';
import { untilDrained } from '../../local/pipeline/drain.ts';
import { failureStore } from '../../local/pipeline/failure-store.ts';
import type { PackagedTemplate } from '../../local/pipeline/package-template.ts';
import { startSink } from '../../local/pipeline/pipeline.ts';
import { systemClock } from '../../shared/time/clock.ts';
import { endpointsOf } from '../support/engines-of-run.ts';
import { packageOnce } from '../support/package-once.ts';
import { startUnsignedAws, type UnsignedAws } from '../support/unsigned-aws.ts';

const SEED = Number(process.env['FAULTS_SEED'] ?? 1 + Math.floor(Math.random() * 999_999));
const DRAIN_MS_MAX = 180_000;
/** Out of the reach of a loaded machine: a slow answer would let Lambda deliver, and Kinesis store, records once more. */
const FUNCTION_TIMEOUT_MS = 300_000;
const UNHURRIED = { MSK_SINKS_REQUEST_TIMEOUT_MS: '60000' };

describe(`with three entries in ten refused, seed ${SEED}`, () => {
  const RECORDS = 5_000;
  const KEYS = 200;
  let folder: string;
  let aws: UnsignedAws;
  let proxy: KinesisProxy;
  let packaged: PackagedTemplate;
  const stops: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'msk-sinks-'));
    stops.push(() => rm(folder, { recursive: true, force: true }));
    aws = await startUnsignedAws(await endpointsOf(inject('runFolder')));
    stops.push(aws.stop);
    proxy = await startKinesisProxy({ upstreamUrl: aws.endpoints.aws.endpointUrl, seed: SEED });
    stops.push(proxy.stop);
    proxy.setFaults({ withheld: 0.3 });
    const endpointsFile = join(folder, 'endpoints.json');
    await writeEndpoints(endpointsFile, reachKinesisAt(aws.endpoints, proxy.endpointUrl));
    packaged = await packageOnce(inject('runFolder'))({
      stage: 'local',
      folder: join(folder, 'package'),
      endpointsFile,
    });
  });
  afterAll(async () => {
    for (const stop of stops.toReversed()) await stop();
  });

  it.each(['fromLowest', 'listedOnly'] as const)(
    'Kinesis holds every record, each key in order (%s)',
    async (partialFailureRetry) => {
      const topic = { topic: `faults-${randomUUID()}`, partitions: 4, ...aws.endpoints.kafka };
      await createTopic(topic);
      const mapping = readMappings(packaged.template).find((each) => each.functionLogicalId.startsWith('Kinesis'));
      if (mapping === undefined) throw new Error('no mapping of kinesisSink');
      const failures = failureStore(aws.endpoints);
      stops.push(failures.close);
      const sink = await startSink(
        {
          endpoints: aws.endpoints,
          folder: join(folder, partialFailureRetry),
          partialFailureRetry,
          endpointsFile: '',
          log: () => undefined,
        },
        { ...mapping, topic: topic.topic, consumerGroupId: topic.topic },
        packaged.functions.map((each) => ({
          ...each,
          timeoutMs: FUNCTION_TIMEOUT_MS,
          environment: { ...each.environment, ...UNHURRIED },
        })),
        failures,
      );
      const producer = createOrderProducer(topic);
      const withheldBefore = proxy.counts().entriesWithheld;
      const records = Array.from({ length: RECORDS }, (_, index) => {
        return { key: `${topic.topic}-${index % KEYS}`, value: `{"index":${index}}`, poison: undefined };
      });
      const produced = await producer.produce(records);
      const lag = async () => (await sink.trigger.lag()).reduce((sum, each) => sum + each.lag, 0);
      expect(await untilDrained({ lag, clock: systemClock, signal: AbortSignal.timeout(DRAIN_MS_MAX) })).toBe(true);
      await Promise.all([producer.close(), sink.trigger.stop(), sink.process.stop()]);

      const stored = await createStreamReader(streamAdministrator(aws.endpoints), 'orders').readNew();
      const own = stored.filter(({ partitionKey }) => partitionKey.startsWith(topic.topic));
      const bucket = await readDeadLetters(bucketAdministrator(aws.endpoints), DEFAULT_RESOURCES.deadLetterBucket);
      expect(bucket).toEqual({ deadLetters: [], givenUp: [] });
      const checks = checkAll(produced, { stream: own, documents: new Map(), deadLetters: [], givenUp: [] });
      expect(checks.filter(({ name }) => name.startsWith('Kinesis'))).toMatchObject([
        { passed: true, detail: `${RECORDS} records with ${KEYS} keys, 0 duplicates` },
        { passed: true },
      ]);
      expect(proxy.counts().entriesWithheld - withheldBefore).toBeGreaterThan(RECORDS * 0.3);
    },
  );
});
