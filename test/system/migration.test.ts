// Both migrations, half-way and back: the real connector in a worker of Kafka Connect, and a loop like doka's.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutRecordCommand } from '@aws-sdk/client-kinesis';
import { Admin, Consumer, Producer } from '@platformatic/kafka';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openGroups } from '../../cli/handover/groups.ts';
import type { HandoverOptions } from '../../cli/handover/options.ts';
import { handOver } from '../../cli/handover/run.ts';
import { connectionTo } from '../../cli/kafka/connection.ts';
import { connectorConfiguration } from '../../functions/documentdb-sink/connector/configuration.ts';
import type { DocumentdbSettings } from '../../functions/documentdb-sink/settings.ts';
import { createDocumentdbSink } from '../../functions/documentdb-sink/sink.ts';
import { createKinesisSink } from '../../functions/kinesis-sink/sink.ts';
import { createPreflight } from '../../functions/kinesis-sink/target/preflight.ts';
import { readStageFile } from '../../infra/stage-file/read-stage-file.ts';
import type { Deployment } from '../../infra/template/deployment.ts';
import { DEFAULT_RESOURCES } from '../../local/engines/aws/resources.ts';
import { type Connect, startConnect } from '../../local/engines/connect/connect.ts';
import { connectorsOf } from '../../local/engines/connect/connectors.ts';
import { INSTALL_ROOT } from '../../local/engines/engines.ts';
import { startTrigger, type Trigger } from '../../local/msk-trigger/runtime/trigger.ts';
import { createStreamReader } from '../../local/orders/stream-reader.ts';
import { streamAdministrator } from '../../local/pipeline/aws-clients.ts';
import { runBatch } from '../../shared/run-batch.ts';
import type { Sink } from '../../shared/sink-contract.ts';
import { systemClock } from '../../shared/time/clock.ts';
import { aConnectorText, aProject, aStageFileWithConnector, CONNECTOR_PATH } from '../support/a-connector.ts';
import { planOptions } from '../support/a-kinesis-sink.ts';
import { aStageFile } from '../support/a-stage-file.ts';
import { deadlineIn } from '../support/builders.ts';
import {
  admin,
  aStore,
  caFile,
  clients,
  database,
  host,
  password,
  port,
  username,
} from '../support/documentdb-on-the-wire.ts';
import { fakeDeadLetters } from '../support/fake-dead-letters.ts';
import { aClient, endpoints, STREAM, stubEnvironment } from '../support/kinesis-clients.ts';
import { recordedTelemetry } from '../support/recorded-telemetry.ts';

const { bootstrapServers } = endpoints.kafka;
const connection = connectionTo({ bootstrapServers, tls: false, login: undefined }, 'eu-west-1');
const kafka = new Admin(connection);
const producer = new Producer({ ...connection, acks: -1, retries: false });
const groups = openGroups(connection);
const PARTITIONS = 2;
const WAIT = { timeout: 60_000, interval: 100 };

let folder: string;
let connect: Connect;
const triggers: Trigger[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'msk-sinks-migration-'));
  const options = { installRoot: INSTALL_ROOT, folder, bootstrapServers, caFile, progress: () => undefined };
  [connect] = await Promise.all([startConnect(options), admin.connect()]);
}, 180_000);
afterEach(async () => {
  await Promise.all(triggers.splice(0).map((trigger) => trigger.stop()));
  vi.unstubAllEnvs();
});
afterAll(async () => {
  await connect?.stop();
  await admin.db(database).dropDatabase();
  await Promise.all([admin.close(), ...clients.map((client) => client.close(true))]);
  await Promise.all([groups.close(), producer.close(), kafka.close()]);
  await rm(folder, { recursive: true, force: true });
});

async function createTopics(topics: readonly string[]): Promise<void> {
  await kafka.createTopics({ topics: [...topics], partitions: PARTITIONS, replicas: 1 });
  // A send before the leaders are there would be repeated, and some of its records be written twice.
  for (const topic of topics) await groups.view(topic, 'nobody', 'nobody');
}

/** Records `from` to `to - 1` of a topic: twenty documents for each hundred numbers, so that later ones leave the earlier alone. */
async function produce(topic: string, from: number, to: number): Promise<void> {
  const messages = Array.from({ length: to - from }, (_, index) => {
    const n = from + index;
    const id = idOf(n);
    const value = Buffer.from(JSON.stringify({ _id: id, n }));
    return { topic, partition: n % PARTITIONS, key: Buffer.from(id), value };
  });
  await producer.send({ messages });
}

const idOf = (n: number): string => `${Math.floor(n / 100)}-${n % 20}`;

/** The last number of each document. */
const expectedOf = (count: number): Readonly<Record<string, number>> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [idOf(n), n]));

async function stored(topic: string): Promise<Readonly<Record<string, number>>> {
  const found = await admin.db(database).collection<{ _id: string; n: number }>(topic).find().toArray();
  return Object.fromEntries(found.map(({ _id, n }) => [_id, Number(n)]));
}

const readAll = (group: string, topics: readonly string[]): Promise<void> =>
  vi.waitFor(async () => {
    for (const topic of topics) {
      const views = await groups.view(topic, group, group);
      expect(views.map(({ source, end }) => end - (source ?? 0))).toEqual(views.map(() => 0));
    }
  }, WAIT);

const isEmpty = (group: string): Promise<void> =>
  vi.waitFor(async () => expect(await groups.memberCount(group)).toBe(0), WAIT);

/** Runs a function's mappings until they have caught up. @returns how many records were delivered */
async function runMappings(deployment: Deployment, name: string, sink: Sink): Promise<number> {
  let count = 0;
  const parts = { sink, triggerMode: 'provisioned', clock: systemClock, ...recordedTelemetry() } as const;
  const mappings = deployment.functions.find((each) => each.name === name)?.mappings ?? [];
  for (const { topic, consumerGroupId, logicalId } of mappings) {
    const trigger = await startTrigger({
      ...{ bootstrapServers, partialFailureRetry: 'listedOnly', log: () => undefined },
      mapping: {
        ...{ logicalId, functionLogicalId: name, isEnabled: true, topic, consumerGroupId },
        eventSourceArn: deployment.file.cluster.arn,
        startingPosition: { kind: 'TRIM_HORIZON' },
        ...{ filters: [], batchRecordsMax: 50, windowMs: 0, pollers: { min: 1, max: 1 }, reportsItemFailures: true },
        ...{ retriesMax: 10, recordAgeMaxMs: Number.POSITIVE_INFINITY, bisects: false, destination: undefined },
      },
      async invoke(text) {
        const event: { readonly records: Readonly<Record<string, readonly unknown[]>> } = JSON.parse(text);
        count += Object.values(event.records).flat().length;
        const answer = await runBatch(event, deadlineIn(systemClock.nowMs(), 30_000), parts);
        return { kind: 'answered', payload: JSON.stringify(answer), durationMs: 0 };
      },
    });
    triggers.push(trigger);
    await vi.waitFor(async () => expect((await trigger.lag()).every(({ lag }) => lag === 0)).toBe(true), WAIT);
    await trigger.stop();
  }
  return count;
}

async function handedOver(deployment: Deployment, options: Omit<HandoverOptions, 'brokers' | 'stage' | 'dryRun'>) {
  const lines: string[] = [];
  await handOver({ ...options, dryRun: false }, deployment, groups, (line) => lines.push(line));
  return lines;
}

describe('the migration from a connector', () => {
  const id = randomUUID().slice(0, 8);
  const topics = [`orders-${id}`, `returns-${id}`];
  const name = `sink-${id}`;
  const group = `connect-${name}`;
  const text = aConnectorText({
    name,
    topics: topics.join(','),
    database,
    'connection.uri': `mongodb://${username}:${encodeURIComponent(password)}@${host}:${port}/?tls=true&directConnection=true&retryWrites=false&authSource=admin&authMechanism=SCRAM-SHA-1`,
    'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'value.converter.schemas.enable': 'false',
    'document.id.strategy': 'com.mongodb.kafka.connect.sink.processor.id.strategy.ProvidedInValueStrategy',
  });
  const settings = {
    'connector.class': 'com.mongodb.kafka.connect.MongoSinkConnector',
    'tasks.max': '1',
    ...Object.fromEntries(
      text.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    ),
  };
  const stageFile = aStageFileWithConnector({ trigger: { topics } });
  const deployment = readStageFile('msk-sinks', `m${id}`, stageFile, aProject({ [CONNECTOR_PATH]: text }));

  async function aDocumentdbSink(): Promise<Sink> {
    const { mapper, sinkSettings } = await connectorConfiguration({ poolSizeMax: 3 } as DocumentdbSettings, 'test', {
      readConnectorFile: () => text,
      readSecret: () => Promise.reject(new Error('no secret is named')),
      readParameter: () => Promise.reject(new Error('no parameter is named')),
      environment: {},
    });
    const parts = { clock: systemClock, random: Math.random, ...recordedTelemetry() };
    const { store } = aStore();
    return createDocumentdbSink({
      ...parts,
      settings: sinkSettings,
      mapper,
      store,
      deadLetters: fakeDeadLetters().queue,
    });
  }

  it('goes on where the connector stopped, and the connector goes on where the function stopped', async () => {
    const connectors = connectorsOf(connect.url);
    await createTopics(topics);
    for (const topic of topics) await produce(topic, 0, 100);

    // The connector writes the first half, and loses its last commits.
    expect(await connectors.create(name, settings)).toBeUndefined();
    await readAll(group, topics);
    await connectors.remove(name);
    await isEmpty(group);
    for (const topic of topics) {
      expect(await stored(topic)).toEqual(expectedOf(100));
      await groups.commit(group, topic, [{ partition: 0, offset: 45 }]);
      await produce(topic, 100, 200);
    }

    const lines = await handedOver(deployment, { sink: 'documentdbSink', otherGroup: group, direction: 'toMappings' });
    expect(lines).toEqual(
      expect.arrayContaining(['  0: goes on at 45, 55 records wait', '  1: goes on at 50, 50 records wait']),
    );
    const sink = await aDocumentdbSink();
    expect(await runMappings(deployment, 'documentdbSink', sink)).toBe(2 * 105);
    for (const topic of topics) expect(await stored(topic)).toEqual(expectedOf(200));

    // And back.
    for (const topic of topics) await produce(topic, 200, 220);
    await handedOver(deployment, { sink: 'documentdbSink', otherGroup: group, direction: 'back' });
    expect(await connectors.create(name, settings)).toBeUndefined();
    await readAll(group, topics);
    await connectors.remove(name);
    for (const topic of topics) expect(await stored(topic)).toEqual(expectedOf(220));
  });
});

describe('the migration from doka', () => {
  const id = randomUUID().slice(0, 8);
  const topic = `doka-${id}`;
  const group = `doka-group-${id}`;
  const prefix = `prefix-${id}`;

  /** Reads one message after the other, puts each alone under a random partition key, and marks it as consumed. */
  async function doka(count: number): Promise<void> {
    const kinesis = streamAdministrator(endpoints);
    const consumer = new Consumer({ ...connection, groupId: group });
    try {
      const from = { mode: 'committed', fallbackMode: 'earliest', autocommit: false } as const;
      const messages = await consumer.consume({ topics: [topic], ...from });
      let done = 0;
      for await (const message of messages) {
        const put = {
          StreamName: DEFAULT_RESOURCES.stream,
          PartitionKey: `${prefix}-${randomUUID()}`,
          Data: message.value,
        };
        await kinesis.send(new PutRecordCommand(put));
        await message.commit();
        done += 1;
        if (done === count) break;
      }
    } finally {
      await consumer.close(true);
      kinesis.destroy();
    }
  }

  function aKinesisSink(): Sink {
    stubEnvironment();
    const parts = { clock: systemClock, random: Math.random, ...recordedTelemetry() };
    const ports = { port: aClient() };
    const behaviour = {
      ordering: 'none',
      partitionKey: 'random',
      partitionKeyPrefix: prefix,
      randomKey: randomUUID,
    } as const;
    const policy = { functionName: 'kinesisSink', streamArn: STREAM, onPoison: 'deadLetter' } as const;
    const bounds = { recordKiBMax: 1024, requestsInFlightMax: 4, requestTimeoutMs: 5_000 };
    const options = { ...planOptions, ...behaviour, ...policy, ...bounds };
    const preflight = createPreflight({ ...parts, ...ports, options });
    return createKinesisSink({ ...parts, ...ports, preflight, deadLetters: fakeDeadLetters().queue, options });
  }

  it('sends each message once, by doka or by the function, under keys of the same form', async () => {
    const stageFile = aStageFile({ kinesisSink: { trigger: { topics: [topic], consumerGroupId: group } } });
    const deployment = readStageFile('msk-sinks', `d${id}`, stageFile);
    const stream = createStreamReader(streamAdministrator(endpoints), DEFAULT_RESOURCES.stream);
    await createTopics([topic]);
    await produce(topic, 0, 60);

    await doka(20);
    await isEmpty(group);
    const [line] = await handedOver(deployment, { sink: 'kinesisSink', otherGroup: group, direction: 'toMappings' });
    expect(line).toContain('there is nothing to copy');
    expect(await runMappings(deployment, 'kinesisSink', aKinesisSink())).toBe(40);
    await produce(topic, 60, 70);
    await isEmpty(group);
    await doka(10);

    const own = (await stream.readNew()).filter(({ partitionKey }) => partitionKey.startsWith(prefix));
    const numbers = own.map(({ data }): number => JSON.parse(data.toString()).n);
    expect(numbers.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 70 }, (_, n) => n));
    for (const { partitionKey } of own) expect(partitionKey).toMatch(new RegExp(`^${prefix}-[0-9a-f-]{36}$`));
  });
});
