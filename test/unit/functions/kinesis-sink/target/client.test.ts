import { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Entry } from '../../../../../functions/kinesis-sink/plan/entry.ts';
import { type ClientOptions, createKinesisClient } from '../../../../../functions/kinesis-sink/target/client.ts';
import {
  type Answer,
  ASSUMED_ACCESS_KEY_ID,
  ErrorAnswer,
  putRecords,
  useAwsServer,
} from '../../../../support/aws-server.ts';
import { recordedTelemetry } from '../../../../support/recorded-telemetry.ts';

const STREAM = 'arn:aws:kinesis:eu-west-1:222222222222:stream/orders';
const ROLE = 'arn:aws:iam::222222222222:role/writer';
/** Nobody is called there: calls of this port are held. */
const SILENT_PORT = 9_473;
const { signal } = new AbortController();
const anEntry = (fields: object): Entry => ({ dataBase64: 'e30=', partitionKey: 'order-1', ...fields }) as Entry;

/** The real client against a server that answers as told; other calls succeed. */
async function aClient(options: Partial<ClientOptions> = {}, answers: Readonly<Record<string, Answer>> = {}) {
  const aws = await useAwsServer(answers);
  const { meter } = recordedTelemetry();
  const client = createKinesisClient({
    streamArn: STREAM,
    sessionName: 'orders-dev',
    requestsInFlightMax: 2,
    requestTimeoutMs: 2_000,
    meter,
    ...options,
  });
  return { client, aws, measured: () => meter.take() };
}

type Client = Awaited<ReturnType<typeof aClient>>['client'];

const SESSION = { AccessKeyId: 'a', SecretAccessKey: 's', SessionToken: 't', Expiration: '2050-01-01T00:00:00Z' };

function sessionAnswer(credentials: Readonly<Record<string, string>>): string {
  const fields = Object.entries(credentials).map(([name, value]) => `<${name}>${value}</${name}>`);
  return `<AssumeRoleResponse><AssumeRoleResult><Credentials>${fields.join('')}</Credentials></AssumeRoleResult></AssumeRoleResponse>`;
}

describe('putRecords', () => {
  it('gives the reply of each entry in order, and of a message nothing but the name of the shard', async () => {
    const Records = [
      { SequenceNumber: '49', ShardId: 'shardId-000000000003' },
      {
        ErrorCode: 'ProvisionedThroughputExceededException',
        ErrorMessage: 'Rate exceeded for shard shardId-000000000007 in stream orders, secret',
      },
      { ErrorCode: 'InternalFailure', ErrorMessage: 'Internal secret' },
    ];
    const { client } = await aClient({}, { PutRecords: () => ({ FailedRecordCount: 2, Records }) });
    expect(await client.putRecords([anEntry({}), anEntry({}), anEntry({})], signal)).toEqual([
      { sequenceNumber: '49', shardId: 'shardId-000000000003', errorCode: undefined },
      {
        sequenceNumber: undefined,
        shardId: 'shardId-000000000007',
        errorCode: 'ProvisionedThroughputExceededException',
      },
      { sequenceNumber: undefined, shardId: undefined, errorCode: 'InternalFailure' },
    ]);
  });

  it('sends the stream and each entry, with the data as the event has it', async () => {
    const { client, aws } = await aClient();
    await client.putRecords([anEntry({ dataBase64: 'YQ==' }), anEntry({ explicitHashKey: '17' })], signal);
    expect(aws.of('PutRecords').map(({ body }) => body)).toEqual([
      {
        StreamARN: STREAM,
        Records: [
          { Data: 'YQ==', PartitionKey: 'order-1' },
          { Data: 'e30=', PartitionKey: 'order-1', ExplicitHashKey: '17' },
        ],
      },
    ]);
  });

  it("is sent to the stream's region with the credentials of the function where no role is named", async () => {
    const { client, aws, measured } = await aClient({ streamArn: STREAM.replace('eu-west-1', 'us-east-2') });
    await client.putRecords([anEntry({})], signal);
    await client.ready();
    expect(aws.of('AssumeRole')).toEqual([]);
    expect(aws.of('PutRecords')).toMatchObject([{ accessKeyId: 'OWN', region: 'us-east-2' }]);
    expect(measured()).toEqual([]);
  });

  it('uses a connection again', async () => {
    const { client, aws } = await aClient();
    await client.putRecords([anEntry({})], signal);
    await client.putRecords([anEntry({})], signal);
    expect(aws.connectionCount()).toBe(1);
  });

  it('gives a silent stream up after the timeout of a request', async () => {
    const { client } = await aClient({}, { PutRecords: () => vi.advanceTimersByTime(2_000) });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    await expect(client.putRecords([anEntry({})], signal)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it.each([
    [400, 'ResourceNotFoundException'],
    [500, 'InternalFailure'],
  ])('that fails with status %i is sent once, and rejects with the name of the error', async (status, name) => {
    const refused = new ErrorAnswer(status, JSON.stringify({ __type: name, message: 'refused' }));
    const { client, aws } = await aClient({}, { PutRecords: () => refused });
    await expect(client.putRecords([anEntry({})], signal)).rejects.toMatchObject({
      name,
      $metadata: { httpStatusCode: status },
    });
    expect(aws.of('PutRecords')).toHaveLength(1);
  });

  it('ends when it is aborted', async () => {
    const { client } = await aClient({}, { PutRecords: () => new Promise(() => undefined) });
    await expect(client.putRecords([anEntry({})], AbortSignal.timeout(50))).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describe('the connections of a client', () => {
  it('are as many as requests may be in flight', async () => {
    const both = Promise.withResolvers<void>();
    let openCount = 0;
    const together: Answer = async (call) => {
      openCount += 1;
      if (openCount === 2) setTimeout(both.resolve, 30); // time for a third one, which must not come
      await both.promise;
      return putRecords(call);
    };
    const { client, aws } = await aClient({ requestsInFlightMax: 2 }, { PutRecords: together });
    await Promise.all([1, 2, 3].map(() => client.putRecords([anEntry({})], signal)));
    expect(aws.openMax('PutRecords')).toBe(2);
  });

  it.each(['http', 'https'])(
    'over %s are given up after 3 s if they do not come about, and bounded too',
    async (scheme) => {
      const { client } = await aClient({ requestsInFlightMax: 2, requestTimeoutMs: 60_000 });
      vi.stubEnv('AWS_ENDPOINT_URL', `${scheme}://127.0.0.1:${SILENT_PORT}`);
      const original = Socket.prototype.connect;
      let connectCount = 0;
      const connect = vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...options) {
        // Clients of other tests in this process go on.
        if (!inspect(options).includes(String(SILENT_PORT))) return Reflect.apply(original, this, options);
        connectCount += 1;
        return Object.assign(this, { connecting: true });
      });
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      onTestFinished(() => {
        vi.useRealTimers();
        connect.mockRestore();
      });
      const calls = Promise.allSettled([1, 2, 3].map(() => client.putRecords([anEntry({})], signal)));
      while (connectCount < 2) await setImmediate();
      await vi.advanceTimersByTimeAsync(2_999);
      expect(connectCount).toBe(2);
      await vi.advanceTimersByTimeAsync(1);
      while (connectCount < 3) await setImmediate();
      await vi.advanceTimersByTimeAsync(3_000);
      const results = await calls;
      expect(results).toMatchObject([1, 2, 3].map(() => ({ reason: { name: 'TimeoutError' } })));
    },
  );
});

describe('a client with a role', () => {
  it.each<[string, (client: Client) => Promise<unknown>]>([
    ['PutRecords', (client) => client.putRecords([anEntry({})], signal)],
    ['DescribeStreamSummary', (client) => client.describeStream(signal)],
  ])('signs %s with a new session once the first is refused', async (action, call) => {
    let sessionCount = 0;
    let callCount = 0;
    const { client, aws } = await aClient(
      { roleArn: ROLE },
      {
        AssumeRole: () => {
          sessionCount += 1;
          return sessionAnswer({ ...SESSION, AccessKeyId: `session${sessionCount}` });
        },
        [action]: () => {
          callCount += 1;
          return callCount === 1 ? new ErrorAnswer(400, '{"__type":"ExpiredTokenException"}') : {};
        },
      },
    );
    await call(client);
    expect(aws.of(action).map(({ accessKeyId, sessionToken }) => [accessKeyId, sessionToken])).toEqual([
      ['session1', 't'],
      ['session2', 't'],
    ]);
  });

  it('assumes the role once for an hour, and signs with its session, whose age it measures', async () => {
    const { client, aws, measured } = await aClient({ roleArn: ROLE, externalId: 'external' });
    await client.putRecords([anEntry({})], signal);
    await client.putRecords([anEntry({})], signal);
    expect(aws.of('AssumeRole').map(({ body }) => body)).toMatchObject([
      { RoleArn: ROLE, RoleSessionName: 'orders-dev', ExternalId: 'external', DurationSeconds: '3600' },
    ]);
    expect(aws.of('PutRecords').map(({ accessKeyId }) => accessKeyId)).toEqual([
      ASSUMED_ACCESS_KEY_ID,
      ASSUMED_ACCESS_KEY_ID,
    ]);
    expect(measured()).toEqual([{ name: 'CredentialAge', unit: 'Seconds', value: 0 }]);
  });

  it('gives a silent STS up after 5 s, and tries once more', async () => {
    const { client, aws } = await aClient({ roleArn: ROLE }, { AssumeRole: () => new Promise(() => undefined) });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    let passedMs = 0;
    let isOver = false;
    const ready = client.ready().finally(() => (isOver = true));
    ready.catch(() => undefined);
    for (; !isOver; passedMs += 100) await vi.advanceTimersByTimeAsync(100);
    await expect(ready).rejects.toThrow(/STS could not be reached/);
    expect(aws.of('AssumeRole').length).toBeLessThanOrEqual(2);
    expect(passedMs).toBeLessThan(12_000);
  });

  it('tells a refusal of STS, which the trust policy explains, from an STS that cannot be reached', async () => {
    const refusal = new ErrorAnswer(403, '<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>');
    const refused = await aClient({ roleArn: ROLE }, { AssumeRole: () => refusal });
    await expect(refused.client.putRecords([anEntry({})], signal)).rejects.toThrow(/STS refused .*trust policy/);
    const unreachable = await aClient({ roleArn: ROLE }, { AssumeRole: () => undefined });
    await expect(unreachable.client.ready()).rejects.toThrow(/STS could not be reached/);
    expect(unreachable.aws.of('AssumeRole')).toHaveLength(2);
  });

  it.each(['AccessKeyId', 'SecretAccessKey', 'SessionToken', 'Expiration', 'all'])(
    'does without credentials that lack a part: %s',
    async (missing) => {
      const given = Object.entries(SESSION).filter(([name]) => missing !== 'all' && missing !== name);
      const { client } = await aClient(
        { roleArn: ROLE },
        { AssumeRole: () => sessionAnswer(Object.fromEntries(given)) },
      );
      await expect(client.ready()).rejects.toThrow('answered without credentials');
    },
  );
});

describe('describeStream', () => {
  it('says what the service says', async () => {
    const { client, aws } = await aClient();
    expect(await client.describeStream(signal)).toEqual({
      status: 'ACTIVE',
      recordKiBMax: 10_240,
      distribution: 'PARTITION_KEY',
      encryption: 'NONE',
    });
    expect(aws.of('DescribeStreamSummary')).toMatchObject([{ body: { StreamARN: STREAM } }]);
  });

  it('says of an answer without a description that nothing is known', async () => {
    const { client } = await aClient({}, { DescribeStreamSummary: () => ({}) });
    expect(await client.describeStream(signal)).toEqual({ status: 'unknown' });
  });

  it('ends when it is aborted', async () => {
    const { client } = await aClient({}, { DescribeStreamSummary: () => new Promise(() => undefined) });
    await expect(client.describeStream(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});
