// The Kinesis sink with its real client: against the local AWS, which checks signatures, roles and external ids, and
// against a server that answers what that one never does.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { hashKeyOf } from '../../functions/kinesis-sink/plan/hash-key.ts';
import type { PrepareOptions } from '../../functions/kinesis-sink/plan/prepare.ts';
import { createKinesisSink } from '../../functions/kinesis-sink/sink.ts';
import { type ClientOptions, createKinesisClient } from '../../functions/kinesis-sink/target/client.ts';
import { createPreflight } from '../../functions/kinesis-sink/target/preflight.ts';
import { createStreamReader } from '../../local/orders/stream-reader.ts';
import { streamAdministrator } from '../../local/pipeline/aws-clients.ts';
import { createDeadLetterQueue } from '../../shared/dead-letter/dead-letter-queue.ts';
import { createS3Store } from '../../shared/dead-letter/dead-letter-store.ts';
import type { SourceRecord } from '../../shared/record.ts';
import { systemClock } from '../../shared/time/clock.ts';
import { entryOf, preparedOf, prepareOptions } from '../support/a-kinesis-sink.ts';
import { aRecord, batchesOf, deadlineIn } from '../support/builders.ts';
import { deaggregate } from '../support/kpl/deaggregate.ts';
import { recordedTelemetry } from '../support/recorded-telemetry.ts';

const STREAM = 'arn:aws:kinesis:eu-west-1:222222222222:stream/orders';
const ROLE = 'arn:aws:iam::222222222222:role/orders-stream-writer';
const endpoints = inject('endpoints');

function stubEnvironment(changes: Readonly<Record<string, string>> = {}): void {
  const environment = { ...endpoints.functions.kinesisSink.environment, ...changes };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
}

beforeEach(() => stubEnvironment());
afterEach(() => {
  vi.unstubAllEnvs();
});

const aClient = (changes: Partial<ClientOptions> = {}) =>
  createKinesisClient({
    streamArn: STREAM,
    roleArn: ROLE,
    externalId: 'msk-sinks-local',
    sessionName: 'msk-sinks-test',
    requestsInFlightMax: 4,
    requestTimeoutMs: 5_000,
    meter: recordedTelemetry().meter,
    ...changes,
  });

function aSink(port = aClient(), changes: Partial<PrepareOptions> = {}) {
  const { meter, log } = recordedTelemetry();
  const options = { ...prepareOptions, ...changes };
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
  const reader = await createStreamReader(streamAdministrator(endpoints), 'orders');
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

/** Stands for STS and Kinesis: STS always answers, Kinesis as the test says. */
async function aServer(kinesis: (call: number, body: string) => { readonly status: number; readonly body: string }) {
  const seen = { sessions: 0, calls: 0, bodies: [] as string[], keys: [] as string[], sockets: new Set<unknown>() };
  const server: Server = createServer(async (request, response) => {
    const body = await textOf(request);
    seen.sockets.add(request.socket);
    if (request.headers['x-amz-target'] === undefined) {
      seen.sessions += 1;
      response.writeHead(200, { 'content-type': 'text/xml' }).end(assumeRoleAnswer(seen.sessions));
      return;
    }
    seen.calls += 1;
    seen.bodies.push(body);
    seen.keys.push(/Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '');
    const answer = kinesis(seen.calls, body);
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stubEnvironment({ AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  return { seen, close: () => server.closeAllConnections() ?? server.close() };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const assumeRoleAnswer = (
  session: number,
): string => `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleResult><Credentials><AccessKeyId>session-${session}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
<SessionToken>t</SessionToken><Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration></Credentials>
</AssumeRoleResult></AssumeRoleResponse>`;

const acknowledged = (body: string) => ({
  status: 200,
  body: JSON.stringify({
    FailedRecordCount: 0,
    Records: JSON.parse(body).Records.map((_: unknown, index: number) => ({
      SequenceNumber: `${index}`,
      ShardId: 's',
    })),
  }),
});
const refused = (type: string) => ({ status: 400, body: JSON.stringify({ __type: type, message: 'SECRET' }) });

describe('against a server with scripted answers', () => {
  const entriesOf = (records: readonly SourceRecord[]) => records.map((record) => entryOf(preparedOf(record)));
  const signal = new AbortController().signal;

  it('fetches a new session once and sends again when the session is refused', async () => {
    const { seen, close } = await aServer((call, body) =>
      call === 1 ? refused('ExpiredTokenException') : acknowledged(body),
    );
    const replies = await aClient().putRecords(entriesOf([aRecord()]), signal);
    expect(replies).toMatchObject([{ sequenceNumber: '0', errorCode: undefined }]);
    expect(seen.keys).toEqual(['session-1', 'session-2']);
    expect(seen.bodies[0]).toBe(seen.bodies[1]);
    close();
  });

  it('gives up after one new session', async () => {
    const { seen, close } = await aServer(() => refused('ExpiredTokenException'));
    await expect(aClient().putRecords(entriesOf([aRecord()]), signal)).rejects.toMatchObject({
      name: 'ExpiredTokenException',
    });
    expect(seen).toMatchObject({ sessions: 2, calls: 2 });
    close();
  });

  it('does not try again by itself: one call is one request', async () => {
    const { seen, close } = await aServer(() => ({ status: 500, body: '{"__type":"InternalFailure"}' }));
    await expect(aClient().putRecords(entriesOf([aRecord()]), signal)).rejects.toMatchObject({
      $metadata: { httpStatusCode: 500 },
    });
    expect(seen.calls).toBe(1);
    close();
  });

  it('keeps its connections: many requests, few sockets', async () => {
    const { seen, close } = await aServer((_call, body) => acknowledged(body));
    const client = aClient();
    for (let call = 0; call < 10; call += 1) await client.putRecords(entriesOf([aRecord()]), signal);
    expect(seen.calls).toBe(10);
    expect(seen.sockets.size).toBeLessThanOrEqual(2);
    close();
  });

  it('sends the request AWS documents, data as it stood in the event', async () => {
    const { seen, close } = await aServer((_call, body) => acknowledged(body));
    await aClient().putRecords(entriesOf([aRecord({ key: 'k', value: 'ab' })]), signal);
    expect(JSON.parse(seen.bodies[0] ?? '')).toEqual({
      StreamARN: STREAM,
      Records: [{ Data: 'YWI=', PartitionKey: 'k' }],
    });
    close();
  });

  it('sends an aggregate with its explicit hash key', async () => {
    const { seen, close } = await aServer((_call, body) => acknowledged(body));
    const inOrder = { ordering: 'partition', aggregation: 'key' } as const;
    const entry = entryOf(preparedOf(aRecord({ key: 'a' }), inOrder), preparedOf(aRecord({ offset: 1 }), inOrder));
    await aClient().putRecords([entry], signal);
    expect(JSON.parse(seen.bodies[0] ?? '').Records).toEqual([
      { Data: entry.dataBase64, PartitionKey: 'a', ExplicitHashKey: String(hashKeyOf('orders-0')) },
    ]);
    close();
  });

  it('takes the shard out of a refusal, and nothing else', async () => {
    const message =
      'Rate exceeded for shard shardId-000000000017 in stream orders under account 222222222222 for SECRET.';
    const code = 'ProvisionedThroughputExceededException';
    const { close } = await aServer(() => ({
      status: 200,
      body: JSON.stringify({
        FailedRecordCount: 3,
        Records: [
          { ErrorCode: code, ErrorMessage: message },
          { ErrorCode: code, ErrorMessage: 'no shard' },
          { ErrorCode: 'InternalFailure', ErrorMessage: 'Internal Service Failure' },
        ],
      }),
    }));
    const replies = await aClient().putRecords(entriesOf([aRecord(), aRecord(), aRecord()]), signal);
    expect(replies).toEqual([
      { sequenceNumber: undefined, shardId: 'shardId-000000000017', errorCode: code },
      { sequenceNumber: undefined, shardId: undefined, errorCode: code },
      { sequenceNumber: undefined, shardId: undefined, errorCode: 'InternalFailure' },
    ]);
    close();
  });

  it('says how old its session is, in seconds; the own role has none', async () => {
    const { close } = await aServer((_call, body) => acknowledged(body));
    const { meter, metrics } = recordedTelemetry();
    await aClient({ meter }).putRecords(entriesOf([aRecord()]), signal);
    expect(metrics()).toEqual({ CredentialAge: 0 });
    await aClient({ meter, roleArn: undefined }).putRecords(entriesOf([aRecord()]), signal);
    expect(metrics()).toEqual({});
    close();
  });

  it('looks at the stream with the session, and renews one that is refused', async () => {
    const StreamDescriptionSummary = {
      ...{
        StreamStatus: 'ACTIVE',
        MaxRecordSizeInKiB: 2048,
        RecordDistributionStrategy: 'AUTO',
        EncryptionType: 'KMS',
      },
      ...{ StreamName: 'orders', StreamARN: STREAM, RetentionPeriodHours: 24, OpenShardCount: 1 },
    };
    const { seen, close } = await aServer((call) =>
      call === 1
        ? refused('ExpiredTokenException')
        : { status: 200, body: JSON.stringify({ StreamDescriptionSummary }) },
    );
    expect(await aClient().describeStream(signal)).toEqual({
      status: 'ACTIVE',
      recordKiBMax: 2048,
      distribution: 'AUTO',
      encryption: 'KMS',
    });
    expect(seen.keys).toEqual(['session-1', 'session-2']);
    expect(JSON.parse(seen.bodies[1] ?? '')).toEqual({ StreamARN: STREAM });
    close();
  });
});
