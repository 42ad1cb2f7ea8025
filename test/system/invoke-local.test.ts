// `npx serverless invoke local --stage local`: one function in the framework's own process, with engines and without.
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { DEFAULT_RESOURCES } from '../../local/engines/aws/resources.ts';
import { writeEndpoints } from '../../local/engines/endpoints.ts';
import { readDeadLetters } from '../../local/orders/dead-letter-reader.ts';
import { createDocumentReader } from '../../local/orders/document-reader.ts';
import { createStreamReader } from '../../local/orders/stream-reader.ts';
import { bucketAdministrator, streamAdministrator } from '../../local/pipeline/aws-clients.ts';
import { PROJECT_ROOT } from '../../local/pipeline/package-template.ts';
import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import { copyProject } from '../support/deploy/project-copy.ts';
import { endpointsOf } from '../support/engines-of-run.ts';
import { type CommandResult, serverless } from '../support/serverless.ts';

/** The timeout of `invoke local` for a deployed stage. Loading the framework and building take some more. */
const ANSWER_MS_MAX = 10_000;
/** Nothing listens there, and no call leaves the machine. */
const NOWHERE = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
  AWS_EC2_METADATA_DISABLED: 'true',
};
const COMMAND_TIMEOUT_MS = 120_000;
const EVENTS = join(PROJECT_ROOT, 'test', 'fixtures', 'events');
const ORDERS = join(EVENTS, 'orders.json');
const WITH_POISON = join(EVENTS, 'orders-with-poison.json');

const endpoints = await endpointsOf(inject('runFolder'));
let folder: string;
/** A copy: other tests build into dist/ of this project at the same time. */
let project: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'msk-sinks-'));
  await writeEndpoints(join(folder, 'endpoints.json'), endpoints);
  project = join(folder, 'project');
  await mkdir(project);
  await copyProject(project);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function invoke(name: string, event: string, endpointsFile = 'endpoints.json'): Promise<CommandResult> {
  return serverless(['invoke', 'local', '-f', name, '--stage', 'local', '-p', event], {
    home: folder,
    environment: { MSK_SINKS_ENDPOINTS_FILE: join(folder, endpointsFile) },
    cwd: project,
    timeoutMs: COMMAND_TIMEOUT_MS,
  });
}

/** The function's answer, after whatever else it wrote. */
const answerOf = ({ stdout }: CommandResult): unknown => JSON.parse(stdout.slice(stdout.lastIndexOf('\n{\n')));

const logLinesOf = ({ stdout, stderr }: CommandResult) =>
  `${stdout}\n${stderr}`
    .split('\n')
    .filter((line) => line.startsWith('{"level"'))
    .map((line): Readonly<Record<string, unknown>> => JSON.parse(line));

const ok = (answer: CommandResult) => ({ exitCode: answer.exitCode, answer: answerOf(answer) });
const NOTHING_FAILED = { exitCode: 0, answer: { batchItemFailures: [] } };

async function lettersOf(name: string): Promise<readonly DeadLetter[]> {
  const { deadLetters } = await readDeadLetters(bucketAdministrator(endpoints), DEFAULT_RESOURCES.deadLetterBucket);
  return deadLetters.filter(
    (deadLetter) => deadLetter.function === name && deadLetter.topic === 'orders' && deadLetter.partition === 2,
  );
}

async function documents(): Promise<ReadonlyMap<string, object>> {
  const reader = createDocumentReader(endpoints, 'shop', 'orders');
  try {
    return await reader.readAll();
  } finally {
    await reader.close();
  }
}

describe('kinesisSink', () => {
  it('puts the records of an event into the stream of the other account, each key in its order', async () => {
    const stream = createStreamReader(streamAdministrator(endpoints), DEFAULT_RESOURCES.stream);
    await stream.readNew(); // what other tests put there
    expect(ok(await invoke('kinesisSink', ORDERS))).toEqual(NOTHING_FAILED);
    const own = (await stream.readNew()).filter(({ partitionKey }) => /^order-\d+$/.test(partitionKey));
    const stored = Map.groupBy(own, ({ partitionKey }) => partitionKey);
    const statuses = Object.fromEntries(
      [...stored].map(([key, records]) => [
        key,
        records.map(({ data }) => (data.length === 0 ? 'deleted' : JSON.parse(data.toString()).status)),
      ]),
    );
    expect(statuses).toEqual({
      'order-1': ['placed', 'paid'],
      'order-2': ['placed'],
      'order-3': ['placed', 'deleted'],
    });
  });
});

describe('documentdbSink', () => {
  it('writes the documents of an event, and deletes what it deletes', async () => {
    expect(ok(await invoke('documentdbSink', ORDERS))).toEqual(NOTHING_FAILED);
    const stored = await documents();
    expect(stored.get('order-1')).toMatchObject({ _id: 'order-1', status: 'paid', total: 12.5 });
    expect(stored.get('order-2')).toMatchObject({ _id: 'order-2', status: 'placed' });
    expect(stored.has('order-3')).toBe(false);
  });

  it('makes one dead letter of a record that is no document, and writes its neighbours', async () => {
    expect(await lettersOf('documentdbSink')).toEqual([]);
    expect(ok(await invoke('documentdbSink', WITH_POISON))).toEqual(NOTHING_FAILED);
    expect((await documents()).get('order-4')).toMatchObject({ _id: 'order-4', status: 'paid' });
    const deadLetters = await lettersOf('documentdbSink');
    expect(deadLetters).toEqual([
      expect.objectContaining({
        offset: 2,
        keyBase64: Buffer.from('order-5').toString('base64'),
        valueBase64: Buffer.from('not JSON').toString('base64'),
        code: 'payload_invalid',
        target: 'shop.orders',
      }),
    ]);
  });
});

describe.concurrent.each(['kinesisSink', 'documentdbSink'])('%s, when no engine runs', (name) => {
  it('is not invoked: the command says how to start the engines, and ends with 1', async () => {
    const { exitCode, stdout, stderr } = await invoke(name, ORDERS, 'nobody-wrote-it.json');
    expect(exitCode).toBe(1);
    expect(`${stdout}${stderr}`).toContain('No engines run on this machine: start them with `npm start`');
    expect(stdout).not.toContain('batchItemFailures');
  });
});

describe.concurrent.each([
  ['kinesisSink', /STS could not be reached.*ECONNREFUSED/, 'account B lets only'],
  ['documentdbSink', /Secrets Manager did not return the secret.*ECONNREFUSED/, 'only from its VPC'],
])('%s of a deployed stage, from a machine that reaches nothing', (name, reason, explanation) => {
  it('answers within seconds with every record, says why, and ends with 1', async () => {
    const result = await serverless(['invoke', 'local', '-f', name, '--stage', 'dev', '-p', ORDERS], {
      home: folder,
      environment: NOWHERE,
      cwd: project,
      timeoutMs: COMMAND_TIMEOUT_MS,
    });
    const { records }: { records: Record<string, { offset: number }[]> } = JSON.parse(await readFile(ORDERS, 'utf8'));
    const all = Object.entries(records).flatMap(([partition, own]) =>
      own.map(({ offset }) => ({ itemIdentifier: { partition, offset } })),
    );
    expect(answerOf(result)).toEqual({ batchItemFailures: all });
    expect(result.exitCode).toBe(1);
    const lines = logLinesOf(result);
    expect(lines).toEqual([
      expect.objectContaining({ level: 'WARN', message: 'records_unsettled', unsettledCount: 5 }),
    ]);
    expect(lines[0]?.['details']).toEqual([expect.stringMatching(reason)]);
    expect(lines[0]?.['durationMs']).toBeLessThan(ANSWER_MS_MAX);
    expect(result.stderr).toContain(explanation);
  });
});
