// The proxy in front of Kinesis, with the function's own client before it. Behind it the local AWS as it is, which checks
// signatures; and one that does not, for what changes a request.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { createKinesisClient } from '../../functions/kinesis-sink/target/client.ts';
import { resourceArns, DEFAULT_RESOURCES as resources } from '../../local/engines/aws/resources.ts';
import type { Endpoints } from '../../local/engines/endpoints.ts';
import { reachKinesisAt } from '../../local/engines/function-environments.ts';
import { type KinesisProxy, startKinesisProxy } from '../../local/engines/kinesis-proxy/kinesis-proxy.ts';
import { createStreamReader } from '../../local/orders/stream-reader.ts';
import { streamAdministrator } from '../../local/pipeline/aws-clients.ts';
import { entryOf, preparedOf } from '../support/a-kinesis-sink.ts';
import { aRecord } from '../support/builders.ts';
import { endpointsOf } from '../support/engines-of-run.ts';
import { recordedTelemetry } from '../support/recorded-telemetry.ts';
import { startUnsignedAws, type UnsignedAws } from '../support/unsigned-aws.ts';

const DELAY_MS = 400;
const SEED = 20_261_122;

const arns = resourceArns(resources);

/** What a test needs of one local AWS behind a proxy. */
function aSite(site: () => Endpoints) {
  const client = () =>
    createKinesisClient({
      streamArn: arns.stream,
      roleArn: arns.streamRole,
      externalId: resources.externalId,
      sessionName: 'msk-sinks-test',
      requestsInFlightMax: 4,
      requestTimeoutMs: 5_000,
      meter: recordedTelemetry().meter,
    });
  return {
    client,
    put: (keys: readonly string[], port = client()) =>
      port.putRecords(
        keys.map((key) => entryOf(preparedOf(aRecord({ key })))),
        AbortSignal.timeout(10_000),
      ),
    stored: async (prefix: string) => {
      const reader = createStreamReader(streamAdministrator(site()), resources.stream);
      const keys = (await reader.readNew()).map(({ partitionKey }) => partitionKey);
      return keys.filter((key) => key.startsWith(prefix));
    },
  };
}

/** As Lambda would set the environment of kinesisSink. */
function stubEnvironment({ functions }: Endpoints): void {
  for (const [name, value] of Object.entries(functions.kinesisSink.environment)) vi.stubEnv(name, value);
}

const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
  await work.then(
    () => 'answered',
    (error: unknown) => error,
  );

const endpoints = await endpointsOf(inject('runFolder'));
let proxy: KinesisProxy;

afterEach(async () => {
  vi.unstubAllEnvs();
  await proxy.stop();
});

describe('in front of a Kinesis that checks signatures', () => {
  const { client, put, stored } = aSite(() => endpoints);

  const start = async (delayMs: number) => {
    proxy = await startKinesisProxy({ upstreamUrl: endpoints.aws.endpointUrl, seed: SEED, delayMs });
    stubEnvironment(reachKinesisAt(endpoints, proxy.endpointUrl));
  };
  beforeEach(() => start(DELAY_MS));

  it('lets a signed request through, and sees nothing but requests for Kinesis', async () => {
    const key = randomUUID();
    expect(await put([key])).toMatchObject([{ errorCode: undefined, sequenceNumber: expect.any(String) }]);
    expect(await stored(key)).toHaveLength(1);
    // The role was assumed beforehand, by the other address.
    expect(proxy.counts()).toMatchObject({ requests: 1 });
  });

  it.each([
    { fault: 'reset', error: { code: 'ECONNRESET' }, storedCount: 0 },
    { fault: 'throttled', error: { name: 'ProvisionedThroughputExceededException' }, storedCount: 0 },
    { fault: 'failed', error: { name: 'InternalFailure', $metadata: { httpStatusCode: 500 } }, storedCount: 0 },
    { fault: 'cut', error: { code: 'ECONNRESET' }, storedCount: 1 },
  ] as const)('$fault: the caller sees a failure, and $storedCount records are stored', async (scenario) => {
    const key = randomUUID();
    proxy.setFaults({ [scenario.fault]: 1 });
    expect(await failureOf(put([key]))).toMatchObject(scenario.error);
    expect(await stored(key)).toHaveLength(scenario.storedCount);
    expect(proxy.counts()).toMatchObject({ requests: 1, [scenario.fault]: 1 });
  });

  it('delays an answer, not the storing', async () => {
    const key = randomUUID();
    proxy.setFaults({ delayed: 1 });
    const startMs = performance.now();
    const answer = put([key]);
    await vi.waitUntil(async () => (await stored(key)).length === 1, { timeout: 5_000, interval: 10 });
    expect(await answer).toMatchObject([{ errorCode: undefined }]);
    // A timer may fire a millisecond early.
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(DELAY_MS - 1);
  });

  it('draws faults by their chances, until there are none', async () => {
    const port = client();
    const key = randomUUID();
    proxy.setFaults({ throttled: 0.5 });
    for (let call = 0; call < 40; call += 1) await failureOf(put([key], port));
    const { throttled } = proxy.counts();
    expect(throttled).toBeGreaterThan(8);
    expect(throttled).toBeLessThan(32);
    proxy.setFaults({});
    for (let call = 0; call < 10; call += 1) await put([key], port);
    expect(proxy.counts()).toMatchObject({ requests: 50, throttled });
    expect(await stored(key)).toHaveLength(50 - throttled);
  });

  it('takes no chances that are none', () => {
    expect(() => proxy.setFaults({ cut: 2 })).toThrow('The probability of a fault must be a number from 0 to 1');
  });

  it('refuses connections, breaks open ones, and accepts again at the same address', async () => {
    await proxy.stop();
    // Longer than the test takes: the request is still open when it is broken.
    await start(60_000);
    const port = client();
    const [before, lost, after] = [randomUUID(), randomUUID(), randomUUID()];
    await put([before], port);
    proxy.setFaults({ delayed: 1 });
    const open = failureOf(put([lost], port));
    await vi.waitUntil(async () => (await stored(lost)).length === 1, { timeout: 5_000, interval: 10 });
    await proxy.refuse();
    expect(await open).toMatchObject({ code: 'ECONNRESET' });
    expect(await failureOf(put([after], port))).toMatchObject({ code: 'ECONNREFUSED' });
    proxy.setFaults({});
    await proxy.accept();
    expect(await put([after], port)).toMatchObject([{ errorCode: undefined }]);
    expect(await stored(after)).toHaveLength(1);
  });

  it('calls sessions expired that it has seen, not the one that follows', async () => {
    const port = client();
    const key = randomUUID();
    await put([key], port);
    proxy.expireSessions();
    expect(await put([key], port)).toMatchObject([{ errorCode: undefined }]);
    await put([key], port);
    expect(proxy.counts()).toMatchObject({ requests: 4, expired: 1 });
    expect(await stored(key)).toHaveLength(3);
  });

  it('breaks the connection when Kinesis itself cannot be reached', async () => {
    const nobody = await startKinesisProxy({ upstreamUrl: 'http://127.0.0.1:9', seed: SEED });
    stubEnvironment(reachKinesisAt(endpoints, nobody.endpointUrl));
    expect(await failureOf(put([randomUUID()]))).toMatchObject({ code: 'ECONNRESET' });
    await nobody.stop();
  });
});

describe('in front of a Kinesis that checks no signatures', () => {
  let aws: UnsignedAws;
  const { put, stored } = aSite(() => aws.endpoints);

  beforeAll(async () => {
    aws = await startUnsignedAws(endpoints);
  });
  afterAll(() => aws.stop());
  beforeEach(async () => {
    proxy = await startKinesisProxy({ upstreamUrl: aws.endpoints.aws.endpointUrl, seed: SEED });
    stubEnvironment(reachKinesisAt(aws.endpoints, proxy.endpointUrl));
  });

  it('keeps entries back: those and no others are refused, and not stored', async () => {
    const prefix = randomUUID();
    const keys = Array.from({ length: 200 }, (_, index) => `${prefix}-${index}`);
    proxy.setFaults({ withheld: 0.3 });
    const replies = await put(keys);
    const refused = keys.filter((_, index) => replies[index]?.errorCode !== undefined);
    expect(replies).toHaveLength(200);
    expect(refused.length).toBeGreaterThan(30);
    expect(refused.length).toBeLessThan(90);
    expect(new Set(replies.map(({ errorCode }) => errorCode))).toEqual(
      new Set([undefined, 'ProvisionedThroughputExceededException', 'InternalFailure']),
    );
    expect((await stored(prefix)).toSorted()).toEqual(keys.filter((key) => !refused.includes(key)).toSorted());
    expect(proxy.counts()).toMatchObject({ requests: 1, entriesWithheld: refused.length });
  });
});
