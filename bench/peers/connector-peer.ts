import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Admin, Producer } from '@platformatic/kafka';
import { startConnect } from '../../local/engines/connect/connect.ts';
import { type Connectors, connectorsOf } from '../../local/engines/connect/connectors.ts';
import { INSTALL_ROOT } from '../../local/engines/engines.ts';
import type { Progress } from '../../local/engines/install/installation.ts';
import { startKafka } from '../../local/engines/kafka/kafka.ts';
import { type EventShape, eventText } from '../harness/event.ts';
import type { Surroundings } from '../harness/surroundings.ts';
import { cpuMsOf, memoryOf } from '../processes/process-figures.ts';

type ConnectorFile = Readonly<Record<string, string>>;

/** The MongoDB connector in a worker of Kafka Connect, which reads a topic from its start. */
export interface ConnectorPeer {
  /** One connector reads the whole topic. @returns records per second of CPU time, between its first and its last write */
  pass(file: ConnectorFile): Promise<number>;
  residentMb(): Promise<number>;
  /** Of a new worker, from the start of its process. */
  firstDocumentMs(file: ConnectorFile): Promise<number>;
  stop(): Promise<void>;
}

/** Twice the memory that MSK Connect's smallest worker would need, and the compiler that a long-running worker has. */
const JVM_FLAGS = ['-Xms256m', '-Xmx1g', '-XX:+UseSerialGC'];
/** What serves the connector best: large polls, one unordered bulk write for each of them. */
const FASTEST = {
  'connector.class': 'com.mongodb.kafka.connect.MongoSinkConnector',
  'tasks.max': '1',
  'max.batch.size': '0',
  'bulk.write.ordered': 'false',
  'consumer.override.max.poll.records': '10000',
};
const TOPIC = 'orders';
const BATCHES = 50;
const BATCH: EventShape = { records: 4_000, partitions: 4, valueBytes: 1_000, keyFormat: 'json' };
const RECORDS = BATCHES * BATCH.records;
const ASK_EVERY_MS = 20;
const PASS_TIMEOUT_MS = 120_000;

/** Installs Kafka and Kafka Connect on first use. @throws Error that names the tools that are missing */
export async function startConnectorPeer(surroundings: Surroundings, progress: Progress): Promise<ConnectorPeer> {
  await using parts = new AsyncDisposableStack();
  const folder = parts.adopt(await mkdtemp(join(tmpdir(), 'msk-sinks-bench-')), (each) =>
    rm(each, { recursive: true, force: true }),
  );
  const kafka = parts.adopt(
    await startKafka({ installRoot: INSTALL_ROOT, progress, folder: join(folder, 'kafka') }),
    (each) => each.stop(),
  );
  const { bootstrapServers } = kafka;
  progress(`Bench: writing ${RECORDS} records of 1 KB to Kafka (about 10 s) ..`);
  await fillTopic(bootstrapServers);
  const worker = parts.adopt(
    await startConnect({
      installRoot: INSTALL_ROOT,
      progress,
      folder,
      bootstrapServers,
      caFile: surroundings.certificate.ca,
      jvmFlags: JVM_FLAGS,
    }),
    (each) => each.stop(),
  );
  const connectors = connectorsOf(worker.url);
  const writes = async () =>
    ((await surroundings.documentdb.ask({ counts: true })) as { readonly writes: number }).writes;
  const kept = parts.move();
  let passes = 0;

  /** A connector of a new name has a consumer group of its own, which begins at the start of the topic. */
  async function during<T>(file: ConnectorFile, work: (written: () => Promise<number>) => Promise<T>): Promise<T> {
    passes += 1;
    const name = `bench-${passes}`;
    const before = await writes();
    const refusal = await connectors.create(name, { ...file, ...FASTEST });
    if (refusal !== undefined) throw new Error(`Kafka Connect refused the connector: ${refusal}`);
    try {
      return await work(async () => {
        await checkRuns(connectors, name);
        return (await writes()) - before;
      });
    } finally {
      await connectors.remove(name);
    }
  }

  return {
    pass: (file) =>
      during(file, async (written) => {
        const first = { records: await untilWritten(written, 1), cpuMs: await cpuMsOf(worker.pid()) };
        await untilWritten(written, RECORDS);
        return ((RECORDS - first.records) * 1_000) / ((await cpuMsOf(worker.pid())) - first.cpuMs);
      }),
    residentMb: async () => (await memoryOf(worker.pid())).residentMb,
    async firstDocumentMs(file) {
      await worker.stop();
      const begunMs = performance.now();
      await worker.restart();
      return await during(file, async (written) => {
        await untilWritten(written, 1);
        const endedMs = performance.now();
        await untilWritten(written, RECORDS);
        return endedMs - begunMs;
      });
    },
    stop: () => kept.disposeAsync(),
  };
}

async function fillTopic(bootstrapServers: string): Promise<void> {
  const client = { clientId: 'msk-sinks-bench', bootstrapBrokers: [bootstrapServers] };
  const admin = new Admin(client);
  await admin.createTopics({ topics: [TOPIC], partitions: BATCH.partitions, replicas: 1 });
  await admin.close();
  const producer = new Producer(client);
  for (let batch = 0; batch < BATCHES; batch += 1) {
    await producer.send({ messages: messagesOf(eventText(BATCH, batch * BATCH.records)), acks: 1 });
  }
  await producer.close();
}

/** The records of an event, as a producer sends them. */
function messagesOf(event: string) {
  const { records } = JSON.parse(event) as {
    readonly records: Readonly<Record<string, readonly { partition: number; key: string; value: string }[]>>;
  };
  return Object.values(records)
    .flat()
    .map(({ partition, key, value }) => ({
      topic: TOPIC,
      partition,
      key: Buffer.from(key, 'base64'),
      value: Buffer.from(value, 'base64'),
    }));
}

async function checkRuns(connectors: Connectors, name: string): Promise<void> {
  const failure = await connectors.failure(name);
  if (failure !== undefined) throw new Error(`The connector failed: ${failure}`);
}

/** @returns how many are written then */
async function untilWritten(written: () => Promise<number>, count: number): Promise<number> {
  const giveUpAt = performance.now() + PASS_TIMEOUT_MS;
  for (;;) {
    const now = await written();
    if (now >= count) return now;
    if (performance.now() > giveUpAt) {
      throw new Error(`The connector has written ${now} of ${count} records after ${PASS_TIMEOUT_MS / 1_000} s`);
    }
    await pause(ASK_EVERY_MS);
  }
}
