import { syncBuiltinESMExports } from 'node:module';
import v8 from 'node:v8';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Answer, ASSUMED_ACCESS_KEY_ID, putRecords, useAwsServer } from '../../../support/aws-server.ts';
import { loadedHandler } from '../../../support/loaded-handler.ts';
import { standardOutput } from '../../../support/standard-output.ts';

const STREAM = 'arn:aws:kinesis:us-east-2:222222222222:stream/orders';
const ROLE = 'arn:aws:iam::222222222222:role/writer';
const SETTINGS = {
  stage: 'dev',
  serviceName: 'orders-service',
  triggerMode: 'provisioned',
  deadLetterBucket: 'letters',
  streamArn: STREAM,
  roleArn: ROLE,
  externalId: 'external',
};
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const output = standardOutput();
beforeEach(() => output.begin());
afterEach(() => output.end());

/** The function as Lambda loads it, with these settings beside the usual ones, against a server of AWS calls. */
async function aFunction(settings: object = {}, answers: Readonly<Record<string, Answer>> = {}) {
  const aws = await useAwsServer(answers);
  return { aws, ...(await loadedHandler('kinesis-sink', aws, { ...SETTINGS, ...settings })) };
}

const POISON = { partitionKey: 'jsonPointer', partitionKeyPointer: '/id' };

describe('kinesisSink as Lambda loads it', () => {
  it('writes to the stream with a session of the role, whose name the settings make', async () => {
    const { aws, invoke } = await aFunction({ sessionName: 'doka-{stage}-{id}' });
    expect(await invoke([{ value: '{"n":1}' }])).toEqual({ batchItemFailures: [] });
    expect(aws.of('AssumeRole')).toMatchObject([
      {
        body: {
          RoleArn: ROLE,
          ExternalId: 'external',
          RoleSessionName: expect.stringMatching(/^doka-dev-[0-9a-f]{8}$/),
        },
      },
    ]);
    expect(aws.of('PutRecords')).toMatchObject([
      {
        accessKeyId: ASSUMED_ACCESS_KEY_ID,
        region: 'us-east-2',
        body: { StreamARN: STREAM, Records: [{ Data: 'eyJuIjoxfQ==', PartitionKey: 'order-1' }] },
      },
    ]);
  });

  it('has a session of another name in each environment', async () => {
    const names: string[] = [];
    for (const _environment of [1, 2]) {
      const { aws, invoke } = await aFunction();
      await invoke([{}]);
      names.push(aws.of('AssumeRole')[0]?.body.RoleSessionName);
    }
    for (const name of names) expect(name).toMatch(/^msk-sinks-dev-[0-9a-f]{8}$/);
    expect(new Set(names).size).toBe(2);
  });

  it('gives each record without a key a random one, and a tombstone an envelope where records have one', async () => {
    const { aws, invoke } = await aFunction({ envelope: 'json' });
    await invoke([
      { offset: 1, key: null, value: null },
      { offset: 2, key: null, value: '1' },
    ]);
    const entries = aws.of('PutRecords').flatMap(({ body }) => body.Records);
    expect(entries.map(({ PartitionKey }) => UUID.test(PartitionKey))).toEqual([true, true]);
    expect(new Set(entries.map(({ PartitionKey }) => PartitionKey)).size).toBe(2);
    expect(entries.map(({ Data }) => JSON.parse(Buffer.from(Data, 'base64').toString()))).toMatchObject([
      { offset: 1, value: null },
      { offset: 2 },
    ]);
  });

  it('takes records of as many KiB as the settings say, and makes a dead letter of a larger one', async () => {
    const { aws, invoke } = await aFunction(
      { recordKiBMax: 1_024 },
      { DescribeStreamSummary: () => ({ StreamDescriptionSummary: { StreamStatus: 'ACTIVE' } }) },
    );
    const value = 'x'.repeat(1_024 * 1_024 - 1);
    const response = await invoke([
      { offset: 1, key: 'k', value },
      { offset: 2, key: 'kk', value },
    ]);
    expect(response).toEqual({ batchItemFailures: [] });
    expect(
      aws
        .of('PutRecords')
        .flatMap(({ body }) => body.Records)
        .map(({ PartitionKey }) => PartitionKey),
    ).toEqual(['k']);
    // On a busy machine a letter may be written again.
    const letters = new Set(aws.of('PUT').map(({ path }) => path.replace(/-\w+\.json$/, '')));
    expect([...letters]).toEqual(['/letters/dead-letters/kinesisSink/orders/0/00000000000000000002']);
    expect(JSON.parse(aws.of('PUT')[0]?.body)).toMatchObject({ function: 'kinesisSink', topic: 'orders', offset: 2 });
  });

  it('warns at its first batch of a stream that takes smaller records than the settings say', async () => {
    const described = { StreamDescriptionSummary: { StreamStatus: 'ACTIVE', MaxRecordSizeInKiB: 2_048 } };
    const stored: Answer = async (call) => {
      await vi.waitFor(() => expect(output.lines()).not.toEqual([]));
      return putRecords(call);
    };
    const answers = { DescribeStreamSummary: () => described, PutRecords: stored };
    const { invoke } = await aFunction({ recordKiBMax: 4_096 }, answers);
    await invoke([{}]);
    expect(output.lines()[0]).toMatchObject({
      ...{ level: 'WARN', message: 'stream_takes_smaller_records', streamKiBMax: 2_048, recordKiBMax: 4_096 },
    });
  });

  it('waits for the stream as long as the settings say, and asks V8 for what a batch needs', async () => {
    const setFlags = vi.spyOn(v8, 'setFlagsFromString');
    const setTimer = vi.spyOn(globalThis, 'setTimeout');
    syncBuiltinESMExports();
    onTestFinished(() => {
      setFlags.mockRestore();
      setTimer.mockRestore();
      syncBuiltinESMExports();
    });
    const { invoke } = await aFunction({ requestTimeoutMs: 7_777 });
    await invoke([{}]);
    const delaysMs = setTimer.mock.calls.map(([, delayMs = 0]) => delayMs);
    expect(delaysMs).toContain(7_777);
    expect(Math.max(...delaysMs)).toBeLessThanOrEqual(30_000); // of the invocation
    expect(setFlags.mock.calls).toEqual([['--no-allocation-site-pretenuring']]);
  });

  it('does with poison what the settings say', async () => {
    const { aws, invoke } = await aFunction({ ...POISON, onPoison: 'skip' });
    expect(await invoke([{ value: '{}' }])).toEqual({ batchItemFailures: [] });
    expect(aws.of('PUT')).toEqual([]);
  });

  it('throws for an unsettled record where Lambda ignores the answer', async () => {
    const settings = { ...POISON, onPoison: 'block', triggerMode: 'onDemand' };
    const { invoke } = await aFunction(settings);
    await expect(invoke([{ value: '{}' }], 5_050)).rejects.toThrow('1 of 1 records are unsettled');
  });

  it('logs and measures under its name, with the service and the stage of the settings', async () => {
    const { invoke } = await aFunction(POISON);
    await invoke([{ value: '{}' }]);
    expect(output.lines().filter((line) => 'message' in line)).toMatchObject([
      { service: 'orders-service', stage: 'dev' },
    ]);
    const dimensions = { service: 'orders-service', stage: 'dev', function: 'kinesisSink' };
    expect(output.lines().filter((line) => 'RecordsReceived' in line)).toMatchObject([
      { ...dimensions, RecordsReceived: 1, RecordsDeadLettered: 1 },
    ]);
  });

  it.each([
    ['full', true],
    ['essential', false],
  ])('publishes metrics as the settings say: %s', async (metrics, hasRequests) => {
    const { invoke } = await aFunction({ metrics });
    await invoke([{}]);
    expect(output.lines().some((line) => 'Requests' in line)).toBe(hasRequests);
    expect(output.lines().some((line) => 'CredentialAge' in line)).toBe(true);
  });

  it('answers a probe by the session and the stream', async () => {
    const { aws, invokeWith } = await aFunction();
    const answer = await invokeWith({ mskSinks: 'probe' });
    expect(JSON.stringify(answer)).toContain("the role in the stream's account gives a session");
    expect(JSON.stringify(answer)).toContain('ACTIVE, records up to 10240 KiB');
    expect(aws.of('PutRecords')).toEqual([]);
  });

  it('says to a probe that it has no role to take where the settings have none', async () => {
    const { invokeWith } = await aFunction({ roleArn: undefined, externalId: undefined });
    expect(JSON.stringify(await invokeWith({ mskSinks: 'probe' }))).toContain('writes with its own role');
  });
});
