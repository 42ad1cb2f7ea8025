// The Kinesis client against a server that answers what the local AWS never does.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hashKeyOf } from '../../functions/kinesis-sink/plan/hash-key.ts';
import type { SourceRecord } from '../../shared/record.ts';
import { entryOf, preparedOf } from '../support/a-kinesis-sink.ts';
import { aRecord } from '../support/builders.ts';
import { aClient, STREAM, stubEnvironment } from '../support/kinesis-clients.ts';
import { recordedTelemetry } from '../support/recorded-telemetry.ts';

beforeEach(() => stubEnvironment());

afterEach(() => {
  vi.unstubAllEnvs();
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
