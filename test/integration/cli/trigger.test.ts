// `npm run trigger` as a process, with functions that know nothing of this project, on the local Kafka.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Consumer } from '@platformatic/kafka';
import { afterAll, beforeEach, describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { endpointsOf } from '../../support/engines-of-run.ts';
import { aMapping, aTopic, client, committedOffsets, disconnect, produce } from '../msk-trigger-harness.ts';

const { bootstrapServers } = (await endpointsOf(inject('runFolder'))).kafka;
const CLUSTER = 'arn:aws:kafka:us-west-2:333333333333:cluster/shop/11111111-2222-3333-4444-555555555555-1';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foreign-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});
afterAll(disconnect);

/** A CommonJS function with a callback that refuses the value 3, and prints the others. */
const FOREIGN = `
const { name } = require('./lib/name.js');
exports.consume = function (event, context, callback) {
  const failures = [];
  for (const [partition, records] of Object.entries(event.records))
    for (const { offset, value } of records) {
      const text = Buffer.from(value, 'base64').toString();
      if (text === '3') failures.push({ itemIdentifier: { partition, offset } });
      else process.stdout.write([name, process.env.TABLE, process.env.AWS_REGION, text].join(' ') + '\\n');
    }
  callback(null, { batchItemFailures: failures });
};`;

interface Ran {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exitCode: Promise<number>;
}

function run(...args: readonly string[]): Ran {
  const child = spawn(process.execPath, ['cli/trigger.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (output += text));
  return { child, output: () => output, exitCode: once(child, 'close').then(([code]) => Number(code)) };
}

/** The template of a project that has nothing of ours, in YAML, beside its code. */
async function aForeignProject(topic: string, properties: object = {}): Promise<string> {
  await mkdir(join(folder, 'src', 'lib'), { recursive: true });
  await writeFile(join(folder, 'src', 'orders.js'), FOREIGN);
  await writeFile(join(folder, 'src', 'lib', 'name.js'), "exports.name = 'foreign';");
  const mapping = {
    FunctionName: { Ref: 'Consumer' },
    EventSourceArn: { Ref: 'Cluster' },
    Topics: [topic],
    StartingPosition: 'TRIM_HORIZON',
    AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: `group-of-${topic}` },
    ProvisionedPollerConfig: { MinimumPollers: 1 },
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    MaximumRetryAttempts: 1,
    MaximumBatchingWindowInSeconds: 0,
    ...properties,
  };
  const template = `
Parameters:
  Cluster: { Type: String }
Resources:
  Consumer:
    Type: AWS::Lambda::Function
    Properties:
      Handler: src/orders.consume
      Runtime: nodejs22.x
      Environment: { Variables: { TABLE: !Ref Table } }
  Table: { Type: AWS::DynamoDB::Table }
  Mapping: { Type: AWS::Lambda::EventSourceMapping, Properties: ${JSON.stringify(mapping)} }
`;
  const file = join(folder, 'template.yml');
  await writeFile(file, template);
  return file;
}

const on = (template: string, ...args: readonly string[]) =>
  run(
    ...['--bootstrap', bootstrapServers, '--template', template, '--folder', join(folder, 'out')],
    ...['--parameter', `Cluster=${CLUSTER}`, '--env', 'TABLE=orders', ...args],
  );

describe('the trigger of another project', () => {
  it('invokes its function with every record, and keeps the failure record of what it refuses', async () => {
    const topic = await aTopic(2);
    await produce(topic, 0, 6);
    await produce(topic, 10, 14, 1);
    const destination = { OnFailure: { Destination: 'arn:aws:sqs:us-west-2:333333333333:letters' } };
    const { output, exitCode } = on(
      await aForeignProject(topic, { DestinationConfig: destination }),
      '--exit',
      '--partial-failure-retry',
      'listedOnly',
    );
    expect(await exitCode, output()).toBe(1);
    for (const value of [0, 1, 2, 4, 5, 10, 11, 12, 13])
      expect(output()).toMatch(new RegExp(`^Consumer \\| foreign orders us-west-2 ${value}$`, 'm'));
    expect(output()).toMatch(/^Mapping: 9 records settled .* 1 records to the destination, 0 dropped$/m);
    expect(await committedOffsets(aMapping(topic))).toEqual({ 0: 6, 1: 4 });
    const letters = await readdir(join(folder, 'out', 'failures', 'sqs', 'letters'));
    expect(letters).toHaveLength(1);
    const letter = JSON.parse(
      await readFile(join(folder, 'out', 'failures', 'sqs', 'letters', letters[0] ?? ''), 'utf8'),
    );
    expect(letter.KafkaBatchInfo.recordsInfo).toMatchObject({
      [`${topic}-0`]: { firstRecordOffset: '3', lastRecordOffset: '3' },
    });
  });

  it('sends failure records to a topic of the same Kafka', async () => {
    const [topic, letters] = [await aTopic(), await aTopic()];
    await produce(topic, 3, 4);
    const destination = { OnFailure: { Destination: `kafka://${letters}` } };
    const { exitCode, output } = on(
      await aForeignProject(topic, { DestinationConfig: destination }),
      '--exit',
      '--partial-failure-retry',
      'listedOnly',
    );
    expect(await exitCode, output()).toBe(1);
    const consumer = new Consumer({ ...client, groupId: `reads-${letters}` });
    onTestFinished(() => consumer.close(true));
    const stream = await consumer.consume({ topics: [letters], mode: 'earliest' });
    const [message] = await once(stream, 'data');
    expect(JSON.parse(String(message.value))).toMatchObject({
      requestContext: { condition: 'RetriesExhausted' },
      payload: { records: { [`${topic}-0`]: [{ offset: 0 }] } },
    });
    await stream.close();
  });

  it('runs a bundle in place of the code until Ctrl-C, and commits what is settled', async () => {
    const topic = await aTopic();
    const bundle = "export const consume = async () => { console.log('bundled', process.env.FIRST); };";
    await writeFile(join(folder, 'bundle.mjs'), bundle);
    const variables = join(folder, 'variables.env');
    await writeFile(variables, '\ufeffFIRST=one\r\nNODE_OPTIONS=--no-such-option\r\n');
    const template = await aForeignProject(topic, { FunctionResponseTypes: [] });
    const { child, output, exitCode } = on(
      template,
      ...['--function', `Consumer=${join(folder, 'bundle.mjs')}`, '--env-from', variables, '--env', 'NODE_OPTIONS='],
    );
    await vi.waitFor(() => expect(output()).toContain('Ctrl-C ends it'), { timeout: 20_000 });
    await produce(topic, 0, 5);
    await vi.waitFor(() => expect(output()).toMatch(/bundled one[\s\S]*of \S+-0@\d+\.\.4 answered/), {
      timeout: 20_000,
    });
    child.kill('SIGINT');
    expect(await exitCode, output()).toBe(0);
    expect(await committedOffsets(aMapping(topic))).toEqual({ 0: 5 });
    expect(output()).toMatch(/^Mapping: 5 records settled/m);
  });
});

describe('the command does not start', () => {
  const refusal = async ({ output, exitCode }: Ran) => {
    expect(await exitCode, output()).toBe(2);
    return output();
  };

  it('without a topic of the mapping', async () => {
    const template = await aForeignProject('no-such-topic');
    expect(await refusal(on(template))).toContain('Mapping.Topics: the topic no-such-topic does not exist');
  });

  it('without a broker', async () => {
    const template = await aForeignProject('orders');
    expect(await refusal(on(template, '--bootstrap', '127.0.0.1:9'))).toMatch(
      /no broker of 127\.0\.0\.1:9 .*: start Kafka/,
    );
  });

  it('without the file of its variables', async () => {
    const ran = on(await aForeignProject('orders'), '--env-from', join(folder, 'none.env'));
    expect(await refusal(ran)).toMatch(/none\.env cannot be read \(ENOENT\): name another file with --env-from/);
  });

  it('without a template', async () => {
    expect(await refusal(on(join(folder, 'none.json')))).toMatch(/none\.json cannot be read \(ENOENT\)/);
  });
});
