import { rm } from 'node:fs/promises';
import { mapperOfConnector } from '../functions/documentdb-sink/connector/transforms/mapper-of-connector.ts';
import { payloadOfBytes, type SourceRecord } from '../shared/record.ts';
import { systemClock } from '../shared/time/clock.ts';
import { expectedOf } from './connector/expected-documents.ts';
import { localStageFile } from './connector/local-stage-file.ts';
import { resourceArns } from './engines/aws/resources.ts';
import { type Endpoints, writeEndpoints } from './engines/endpoints.ts';
import { type Engines, startEngines } from './engines/engines.ts';
import { reachKinesisAt } from './engines/function-environments.ts';
import { type KinesisProxy, startKinesisProxy } from './engines/kinesis-proxy/kinesis-proxy.ts';
import { type LocalStage, readLocalStage } from './local-stage.ts';
import type { PartialFailureRetry } from './msk-trigger/machine/settings.ts';
import { type Check, type ConnectorDocuments, checkAll } from './orders/checks.ts';
import { readDeadLetters } from './orders/dead-letter-reader.ts';
import { createDocumentReader, type DocumentReader } from './orders/document-reader.ts';
import { orderStream } from './orders/order-stream.ts';
import { createOrderProducer, createTopic, type ProducedRecord } from './orders/producer.ts';
import { createStreamReader, type StreamRecord } from './orders/stream-reader.ts';
import { bucketAdministrator, streamAdministrator } from './pipeline/aws-clients.ts';
import { untilDrained } from './pipeline/drain.ts';
import { type Pipeline, type RunningSink, startPipeline } from './pipeline/pipeline.ts';
import { createTargets, type Target, type Targets } from './pipeline/targets.ts';
import type { SinkStatus, Status } from './terminal/table.ts';

export interface SessionOptions {
  /** The folder for data, logs and the package of this run; emptied at the start. */
  readonly folder: string;
  /** The file with the engines' addresses: written when they run, removed when they stop. */
  readonly endpointsFile: string;
  readonly partialFailureRetry: PartialFailureRetry;
  readonly seed: number;
  readonly valueBytes: number;
  /** The connector file of documentdbSink. */
  readonly connector?: string | undefined;
  readonly progress: (line: string) => void;
}

/** The running pipeline: engines, functions and triggers, with a producer of orders. */
export interface Session {
  /** The settings of config/local.yml. */
  readonly stage: LocalStage;
  readonly engines: Engines;
  /** The engines' addresses, with the proxy's address for Kinesis. */
  readonly endpoints: Endpoints;
  /** The fault-injecting proxy between the functions and Kinesis. */
  readonly kinesisProxy: KinesisProxy;
  /** The targets, which can be stopped and started again. */
  readonly targets: Targets;
  readonly pipeline: Pipeline;
  /** Resolves when Kafka has acknowledged `count` more records, or fewer if the signal aborts. */
  produce(count: number, signal?: AbortSignal): Promise<void>;
  status(): Promise<Status>;
  /**
   * Resolves to true when every record is consumed and committed, or to false when the signal aborts.
   * @throws Error when the lag no longer falls
   */
  drained(signal: AbortSignal): Promise<boolean>;
  /** Reads both targets back and compares them with the produced records. */
  check(): Promise<readonly Check[]>;
  /** Stops everything in reverse order of starting. */
  stop(): Promise<void>;
}

const PARTITIONS = 4;
/** The size of a request to Kafka: far below the topic's limit, even with an oversized record. */
const PRODUCE_REQUEST_RECORDS_MAX = 500;
const PRODUCE_REQUEST_BYTES_MAX = 1024 * 1024;

type Stops = (() => Promise<unknown>)[];

export async function startSession(options: SessionOptions): Promise<Session> {
  const stops: Stops = [];
  const stop = async () => {
    const errors: unknown[] = [];
    // Stop the others even if one fails to stop.
    for (const stopOne of stops.splice(0).toReversed()) await stopOne().catch((error) => errors.push(error));
    if (errors.length > 0) throw errors[0];
  };
  try {
    return await assemble(options, stops, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function assemble(options: SessionOptions, stops: Stops, stop: () => Promise<void>): Promise<Session> {
  const stage = await readLocalStage(options.connector);
  const surroundings = await startSurroundings(options, stage, stops);
  const { endpoints, engines, targets } = surroundings;
  const { resources } = engines;

  const topic = { topic: stage.topic, partitions: PARTITIONS, bootstrapServers: endpoints.kafka.bootstrapServers };
  for (const name of topicsOf(stage)) await createTopic({ ...topic, topic: name });
  const producer = createOrderProducer(topic);
  stops.push(producer.close);
  const documents = createDocumentReader(endpoints, stage.database, stage.collection);
  stops.push(documents.close);
  const countDocuments = lastKnownWhileAway(targets.documentdb, documents.count);
  const stream = await createStreamReader(streamAdministrator(endpoints), resources.stream);
  options.progress('Packaging stage local and starting its functions ..');
  const stageFile = await localStageFile(stage, endpoints, options.folder);
  const pipeline = await startPipeline({
    ...options,
    stageFile,
    endpoints,
    log: (message) => options.progress(message),
  });
  stops.push(pipeline.stop);

  const startedAtMs = performance.now();
  const orders = orderStream(options);
  const requestRecords = requestRecordsOf(options);
  const produced: ProducedRecord[] = [];
  const stored: StreamRecord[] = [];
  return {
    ...surroundings,
    stage,
    pipeline,
    stop,
    async produce(count, signal) {
      for (let missing = count; missing > 0 && signal?.aborted !== true; missing -= requestRecords) {
        const records = Array.from({ length: Math.min(missing, requestRecords) }, () => orders.next().value);
        produced.push(...(await producer.produce(records)));
      }
    },
    async status() {
      stored.push(...(await stream.readNew()));
      return {
        elapsedMs: performance.now() - startedAtMs,
        producedCount: produced.length,
        sinks: await Promise.all(pipeline.sinks.map(statusOf)),
        documentCount: await countDocuments(),
        shards: countByShard(stored),
      };
    },
    drained: (signal) =>
      untilDrained({
        lag: async () => (await Promise.all(pipeline.sinks.map(lagOf))).reduce((sum, lag) => sum + lag, 0),
        clock: systemClock,
        signal,
      }),
    async check() {
      stored.push(...(await stream.readNew()));
      const { deadLetters, givenUp } = await readDeadLetters(
        bucketAdministrator(endpoints),
        resources.deadLetterBucket,
      );
      const targets = { stream: stored, documents: await documents.readAll(), deadLetters, givenUp };
      return checkAll(produced, targets, await connectorDocuments(stage, produced, documents));
    },
  };
}

const topicsOf = ({ topic, connector }: LocalStage): readonly string[] => connector?.connector.topics ?? [topic];

function sourceRecordOf(topic: string, { partition, offset, timestampMs, key, value }: ProducedRecord): SourceRecord {
  const payload = (text: string | null) => (text === null ? null : payloadOfBytes(Buffer.from(text)));
  const position = { topicPartition: `${topic}-${partition}`, topic, partition, offset };
  return { position, timestampMs, key: payload(key), value: payload(value), headers: [] };
}

/** The documents that the connector file should produce, and those found in its databases. */
async function connectorDocuments(
  { topic, database, connector }: LocalStage,
  produced: readonly ProducedRecord[],
  documents: DocumentReader,
): Promise<ConnectorDocuments | undefined> {
  if (connector === undefined) return undefined;
  const records = produced.map((record) => sourceRecordOf(topic, record));
  const expected = expectedOf(records, mapperOfConnector(connector.connector, connector.path).mapper);
  const databases = [...expected.documents.keys()].map((namespace) => namespace.split('.')[0] ?? '');
  return { expected, found: await documents.readTexts([...new Set([database, ...databases])]) };
}

/** Starts the engines and the proxy in front of Kinesis, and writes the endpoints file. */
async function startSurroundings(
  { folder, endpointsFile, progress, seed }: SessionOptions,
  { resources }: LocalStage,
  stops: Stops,
) {
  await rm(folder, { recursive: true, force: true });
  progress('Starting Kafka, the local AWS and the DocumentDB stand-in ..');
  const engines = await startEngines({ folder, progress, resources, onDeath: (error) => progress(error.message) });
  stops.push(engines.stop);
  const kinesisProxy = await startKinesisProxy({ upstreamUrl: engines.endpoints.aws.endpointUrl, seed });
  stops.push(kinesisProxy.stop);
  const endpoints = reachKinesisAt(engines.endpoints, kinesisProxy.endpointUrl);
  await writeEndpoints(endpointsFile, endpoints);
  stops.push(() => rm(endpointsFile, { force: true }));
  return { engines, kinesisProxy, endpoints, targets: createTargets(kinesisProxy, engines.documentdb) };
}

const requestRecordsOf = ({ valueBytes }: SessionOptions): number =>
  Math.max(1, Math.min(PRODUCE_REQUEST_RECORDS_MAX, Math.floor(PRODUCE_REQUEST_BYTES_MAX / valueBytes)));

/** Avoids the driver's wait of 30 s for a server that is stopped on purpose. */
function lastKnownWhileAway({ isAway }: Target, count: () => Promise<number>): () => Promise<number> {
  let lastKnown = 0;
  return async () => {
    if (isAway()) return lastKnown;
    try {
      lastKnown = await count();
    } catch (error) {
      if (!isAway()) throw error;
    }
    return lastKnown;
  };
}

const lagOf = async ({ trigger }: RunningSink): Promise<number> =>
  (await trigger.lag()).reduce((sum, { lag }) => sum + lag, 0);

const statusOf = async (sink: RunningSink): Promise<SinkStatus> => ({
  name: sink.name,
  ...sink.batches,
  lag: await lagOf(sink),
  memoryPeakMb: sink.process.memoryPeakMb(),
});

function countByShard(records: readonly StreamRecord[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { shardId } of records) counts.set(shardId, (counts.get(shardId) ?? 0) + 1);
  return counts;
}

/** The addresses of the engines and the log files, one line each. */
export function describeAddresses({ stage, engines, pipeline }: Session, endpointsFile: string): string {
  const { kafka, aws, documentdb } = engines.endpoints;
  return [
    `Kafka        ${kafka.bootstrapServers}   topic ${stage.topic}, ${PARTITIONS} partitions`,
    `AWS          ${aws.endpointUrl}   ${resourceArns(engines.resources).stream}`,
    `DocumentDB   ${documentdb.host}:${documentdb.port}   ${stage.database}.${stage.collection}, TLS under ${documentdb.caFile}`,
    ...pipeline.sinks.map(({ name, logFile }) => `${name.padEnd(15)} logs to ${logFile}`),
    `Addresses and credentials of this run: ${endpointsFile}`,
  ].join('\n');
}
