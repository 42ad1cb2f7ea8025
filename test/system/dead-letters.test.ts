// `npm run dead-letters -- redrive` against the built functions and the local engines, killed on its way.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { mapAtMost } from '../../cli/dead-letters/at-most.ts';
import { readReceipt } from '../../cli/dead-letters/bucket/receipt.ts';
import { placeOf } from '../../cli/dead-letters/redrive/plan.ts';
import { SINKS, type SinkName } from '../../infra/sinks.ts';
import { DEFAULT_RESOURCES } from '../../local/engines/aws/resources.ts';
import { writeEndpoints } from '../../local/engines/endpoints.ts';
import { type FunctionProcess, startFunction } from '../../local/lambda/function-process.ts';
import { createDocumentReader, type DocumentReader } from '../../local/orders/document-reader.ts';
import { createStreamReader, type StreamReader } from '../../local/orders/stream-reader.ts';
import { bucketAdministrator, streamAdministrator } from '../../local/pipeline/aws-clients.ts';
import { PROJECT_ROOT } from '../../local/pipeline/package-template.ts';
import type { SourceRecord } from '../../shared/record.ts';
import { batchObject, letterObject } from '../support/a-dead-letter-bucket.ts';
import { aRecord } from '../support/builders.ts';
import { endpointsOf } from '../support/engines-of-run.ts';
import { type LambdaServer, startLambdaServer } from '../support/lambda-server.ts';
import { packageOnce } from '../support/package-once.ts';

const TOPIC = 'redriven';
const PARTITIONS = 2;
/** Of each function: 1,000 in all. */
const RECORDS = 500;
const KEYS = 25;
/** Offsets of the records that mappings gave up; the others are dead letters of the functions. */
const GIVEN_UP = { from: 80, to: 205 };
/** 1,000 records in at least six invocations. */
const RATE = 200;
/** In the batches of kinesisSink, then in those of documentdbSink. */
const KILLED_AT = [2, 4];

const endpoints = await endpointsOf(inject('runFolder'));
const bucketClient = bucketAdministrator(endpoints);
const Bucket = DEFAULT_RESOURCES.deadLetterBucket;

let folder: string;
let lambda: LambdaServer;
let stream: StreamReader;
let documents: DocumentReader;
const functions = new Map<string, FunctionProcess>();
let onAnswer: () => void = () => undefined;

const functionName = (sink: SinkName) => `msk-sinks-local-${sink}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'msk-sinks-'));
  const endpointsFile = join(folder, 'endpoints.json');
  await writeEndpoints(endpointsFile, endpoints);
  const packaged = await packageOnce(inject('runFolder'))({
    stage: 'local',
    folder: join(folder, 'package'),
    endpointsFile,
  });
  for (const { name, ...rest } of packaged.functions) {
    functions.set(name, await startFunction({ name, ...rest, logFile: join(folder, `${name}.log`) }));
  }
  const invokes = new Map([...functions].map(([name, { invoke }]) => [name, invoke]));
  lambda = await startLambdaServer(invokes, () => onAnswer());
  stream = createStreamReader(streamAdministrator(endpoints), DEFAULT_RESOURCES.stream);
  documents = createDocumentReader(endpoints, 'shop', TOPIC);
});
afterAll(async () => {
  await documents.close();
  await lambda.stop();
  await Promise.all([...functions.values()].map((each) => each.stop()));
  await rm(folder, { recursive: true, force: true });
});

/** A newer record of the key is delivered before the redrive. */
const isBehind = (offset: number) => offset % KEYS < 2;
const isPoison = (offset: number) => offset % 50 === 7;
const keyOf = (sink: SinkName, partition: number, offset: number) => `${sink}-${partition}-${offset % KEYS}`;

/** Records of all partitions, each key in one of them. */
const recordsOf = (sink: SinkName): readonly SourceRecord[] =>
  Array.from({ length: RECORDS }, (_, index) => {
    const [partition, offset] = [index % PARTITIONS, Math.floor(index / PARTITIONS)];
    const value = sink === 'documentdbSink' && isPoison(offset) ? 'no JSON' : JSON.stringify({ partition, offset });
    return aRecord({ topic: TOPIC, partition, offset, key: keyOf(sink, partition, offset), value });
  });

const isGivenUp = ({ position: { offset } }: SourceRecord) => offset >= GIVEN_UP.from && offset < GIVEN_UP.to;

async function fillBucket(): Promise<void> {
  const objects = SINKS.flatMap((sink) => {
    const records = recordsOf(sink);
    const givenUp = records.filter(isGivenUp);
    const half = givenUp.length / 2;
    return [
      ...records.filter((record) => !isGivenUp(record)).map((record) => letterObject(sink, record)),
      ...[givenUp.slice(0, half), givenUp.slice(half)].map((own, index) =>
        batchObject(sink, own, { requestId: `${sink}-${index}`, functionName: functionName(sink) }),
      ),
    ];
  });
  await mapAtMost(32, objects, ({ key, body }) =>
    bucketClient.send(new PutObjectCommand({ Bucket, Key: key, Body: body })),
  );
}

/** Newer records of two keys of each partition, delivered as a mapping would. */
async function deliverNewer(): Promise<void> {
  const records = [0, 1].flatMap((partition) =>
    [1_000, 1_001].map((offset) => ({
      ...{ topic: TOPIC, partition, offset, timestamp: 1_700_000_000_000 },
      key: Buffer.from(keyOf('documentdbSink', partition, offset)).toString('base64'),
      value: Buffer.from(JSON.stringify({ partition, offset })).toString('base64'),
    })),
  );
  const byPartition = Object.fromEntries(Map.groupBy(records, ({ partition }) => `${TOPIC}-${partition}`));
  const event = JSON.stringify({ eventSource: 'aws:kafka', records: byPartition });
  const answer = await functions.get(functionName('documentdbSink'))?.invoke(event);
  expect(answer).toMatchObject({ kind: 'answered', payload: '{"batchItemFailures":[]}' });
}

const { accessKeyId, secretAccessKey } = endpoints.aws.administrators.accountA;

interface Ending {
  /** Counted from 1: the process gets the signal when the function has answered, and before it hears the answer. */
  readonly atInvocation: number;
  readonly signal: 'SIGKILL' | 'SIGINT';
}

const CREDENTIALS = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };

/** The command in a process of its own. */
async function command(
  line: string,
  { ending, environment = CREDENTIALS }: { ending?: Ending; environment?: object } = {},
) {
  const child = spawn(process.execPath, ['cli/dead-letters.ts', ...line.split(' '), '--stage', 'local'], {
    cwd: PROJECT_ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL: endpoints.aws.endpointUrl,
      AWS_ENDPOINT_URL_LAMBDA: lambda.url,
      ...environment,
    },
  });
  let invocationCount = 0;
  onAnswer = () => {
    invocationCount += 1;
    if (invocationCount === ending?.atInvocation) child.kill(ending.signal);
  };
  const output: string[] = [];
  for (const pipe of [child.stdout, child.stderr]) pipe.setEncoding('utf8').on('data', (text) => output.push(text));
  const [exitCode, signal] = await once(child, 'close');
  return { exitCode, signal, text: output.join('') };
}

const redrive = (ending?: Ending) =>
  command(`redrive --topic ${TOPIC} --rate ${RATE}`, ending === undefined ? {} : { ending });

/** Every object of this test with the time when it was last written. */
async function objects(): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  let token: string | undefined;
  do {
    const page = await bucketClient.send(new ListObjectsV2Command({ Bucket, ContinuationToken: token }));
    for (const { Key = '', LastModified } of page.Contents ?? []) {
      if (Key.includes(TOPIC) || SINKS.some((sink) => Key.includes(`${sink}-`))) found.set(Key, Number(LastModified));
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return found;
}

const streamed = async () =>
  (await stream.readNew()).filter(({ partitionKey }) => /^kinesisSink-\d+-\d+$/.test(partitionKey));

/** The records that the command left with a code, in the order of its output. */
const leftAs = (text: string, code: string): readonly string[] =>
  text.split('\n').flatMap((line) => (line.includes(` ${code}: `) ? (/left: (\S+)/.exec(line)?.slice(1) ?? []) : []));

const byPosition = ({ position: one }: SourceRecord, { position: other }: SourceRecord) =>
  one.partition - other.partition || one.offset - other.offset;

/** The records of a function that receipts name. */
async function markedPlaces(sink: SinkName): Promise<readonly string[]> {
  const keys = [...(await objects()).keys()].filter((key) => key.startsWith('redriven/') && key.includes(sink));
  const receipts = await mapAtMost(16, keys, async (Key) => {
    const { Body } = await bucketClient.send(new GetObjectCommand({ Bucket, Key }));
    return readReceipt(await Body?.transformToString());
  });
  return receipts.flatMap((receipt) =>
    [...receipt].flatMap(([topicPartition, offsets]) =>
      [...offsets].map((offset) => placeOf({ topicPartition, offset })),
    ),
  );
}

describe('a redrive of 1,000 dead letters of both kinds that is killed twice and stopped once', () => {
  let complete: Awaited<ReturnType<typeof redrive>>;
  let stored: Awaited<ReturnType<typeof streamed>>;

  it('ends when it is started again, and names what it left', async () => {
    await fillBucket();
    await deliverNewer();
    for (const atInvocation of KILLED_AT) {
      expect((await redrive({ atInvocation, signal: 'SIGKILL' })).signal).toBe('SIGKILL');
    }
    const stopped = await redrive({ atInvocation: 1, signal: 'SIGINT' });
    expect(stopped.text).toMatch(/Stopping after the current batch.*\n[\s\S]* stopped/);
    expect(stopped.exitCode).toBe(1);
    complete = await redrive();
    expect(complete.exitCode).toBe(1);
  });

  it('lost no record of Kinesis, and kept the first copies of each key in the order of their offsets', async () => {
    stored = await streamed();
    const offsets = Map.groupBy(stored, ({ partitionKey }) => partitionKey);
    const expected = Map.groupBy(recordsOf('kinesisSink'), ({ key }) => Buffer.from(key?.bytes() ?? []).toString());
    expect(offsets.size).toBe(expected.size);
    for (const [key, own] of expected) {
      const firstCopies = new Set(offsets.get(key)?.map(({ data }): number => JSON.parse(data.toString()).offset));
      expect([...firstCopies]).toEqual(own.map(({ position }) => position.offset));
    }
    // The batch whose answer was lost may be there twice.
    expect(stored.length).toBeLessThanOrEqual(RECORDS + RATE);
  });

  it('left every document at its newest version, and named each older one as superseded', async () => {
    const found = await documents.readAll();
    const all = [...recordsOf('documentdbSink')];
    const good = all.filter(({ position }) => !isPoison(position.offset));
    const newest = new Map(
      good.map(({ position: { partition, offset } }) => [keyOf('documentdbSink', partition, offset), offset]),
    );
    for (const partition of [0, 1]) {
      for (const offset of [1_000, 1_001]) newest.set(keyOf('documentdbSink', partition, offset), offset);
    }
    const versions = [...found].map(([key, document]) => [key, (document as { readonly offset: number }).offset]);
    expect(new Map(versions as [string, number][])).toEqual(newest);
    const placesOf = (records: readonly SourceRecord[]) => records.map(({ position }) => placeOf(position));
    const superseded = leftAs(complete.text, 'superseded');
    expect(superseded).toEqual(
      expect.arrayContaining(placesOf(good.filter(({ position }) => isBehind(position.offset)))),
    );
    const poison = leftAs(complete.text, 'payload_invalid');
    expect(poison).toEqual(placesOf(all.filter(({ position }) => isPoison(position.offset)).sort(byPosition)));
    // A repeated record that a later one of its own batch overwrote counts as superseded too.
    const marked = await markedPlaces('documentdbSink');
    expect([...marked, ...superseded, ...poison].sort()).toEqual(placesOf(all).sort());
  });

  it('changes nothing the next time, and names the superseded ones again', async () => {
    const before = { objects: await objects(), documents: await documents.readAll() };
    const again = await redrive();
    expect(again.exitCode).toBe(1);
    expect(await streamed()).toEqual([]);
    expect(await documents.readAll()).toEqual(before.documents);
    expect(await objects()).toEqual(before.objects);
    for (const code of ['superseded', 'payload_invalid']) {
      expect(leftAs(again.text, code)).toEqual(leftAs(complete.text, code));
    }
  });
});

describe('npm run dead-letters', () => {
  const NOBODY = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };

  it.each([
    ['no credentials', NOBODY, 'this shell has no AWS credentials that can be used: sign in'],
    [
      'another account',
      { ...CREDENTIALS, AWS_ACCESS_KEY_ID: '333333333333' },
      'these credentials lack s3:ListBucket on the bucket msk-sinks-local-111111111111-dead-letters',
    ],
    ['no network', { ...CREDENTIALS, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }, 'AWS cannot be reached in eu-west-1'],
  ])('says what to do with %s, in a line, and exits with 2', async (_what, environment, words) => {
    const { exitCode, text } = await command('list', { environment });
    expect([exitCode, text.trim().split('\n').length]).toEqual([2, 1]);
    expect(text).toContain(words);
  });

  it('says that a function is not deployed, and marks nothing', async () => {
    const nothing = await startLambdaServer(new Map());
    const lonely = letterObject('kinesisSink', aRecord({ topic: 'lonely' }));
    await bucketClient.send(new PutObjectCommand({ Bucket, Key: lonely.key, Body: lonely.body }));
    const environment = { ...CREDENTIALS, AWS_ENDPOINT_URL_LAMBDA: nothing.url };
    const { exitCode, text } = await command('redrive --topic lonely', { environment });
    await nothing.stop();
    expect(exitCode).toBe(2);
    expect(text).toContain('the function msk-sinks-local-kinesisSink does not exist in account 111111111111');
    expect((await command('list --topic lonely')).text).toContain('1 object with 1 open record');
  });
});
