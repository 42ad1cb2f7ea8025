import { rm } from 'node:fs/promises';
import { systemClock } from '../shared/time/clock.ts';
import { localStageFile } from './connector/local-stage-file.ts';
import { resourceArns } from './engines/aws/resources.ts';
import { type Endpoints, writeEndpoints } from './engines/endpoints.ts';
import { type Engines, startEngines } from './engines/engines.ts';
import { reachKinesisAt } from './engines/function-environments.ts';
import { type KinesisProxy, startKinesisProxy } from './engines/kinesis-proxy/kinesis-proxy.ts';
import type { Engine } from './engines/process/engine.ts';
import { type LocalStage, readLocalStage } from './local-stage.ts';
import type { PartialFailureRetry } from './msk-trigger/machine/settings.ts';
import type { PartitionLag } from './msk-trigger/runtime/trigger.ts';
import { createChecker } from './orders/checker.ts';
import type { Check } from './orders/checks.ts';
import { createDocumentReader, type DocumentReader } from './orders/document-reader.ts';
import { createFeed, type Feed } from './orders/feed.ts';
import { createOrderProducer, createTopic } from './orders/producer.ts';
import { archiveOf, createStreamReader, type StreamRecord } from './orders/stream-reader.ts';
import { bucketAdministrator, streamAdministrator } from './pipeline/aws-clients.ts';
import { untilDrained } from './pipeline/drain.ts';
import {
  type Pipeline,
  type PipelineObserver,
  type PipelineOptions,
  type RunningSink,
  startPipeline,
} from './pipeline/pipeline.ts';
import { awayAndBack, createTargets, type Stoppable, type Targets } from './pipeline/targets.ts';
import { logLine } from './terminal/log-line.ts';
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
  /** False: the local AWS checks no signatures and no permissions, so that the proxy may change requests. */
  readonly authorization?: boolean;
  readonly observer?: PipelineObserver | undefined;
  readonly progress: (line: string) => void;
  readonly packageStage?: PipelineOptions['packageStage'];
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
  /** While Kafka is away, nothing is produced: `produce` waits. */
  readonly kafka: Stoppable;
  readonly pipeline: Pipeline;
  readonly feed: Feed;
  readonly documents: DocumentReader;
  /** Every record that was read from the stream so far. */
  readonly stored: readonly StreamRecord[];
  /** Resolves when Kafka has acknowledged `count` more records, or fewer if the signal aborts. */
  produce(count: number, signal?: AbortSignal): Promise<void>;
  /** Figures of an engine that is away are those from before. */
  status(): Promise<Status>;
  /**
   * Resolves to true when every record is consumed and committed, or to false when the signal aborts.
   * @throws Error when the lag no longer falls
   */
  drained(signal: AbortSignal): Promise<boolean>;
  /** Reads both targets back and compares them with the produced records. */
  check(): Promise<readonly Check[]>;
  /** Compares what the functions have settled. */
  checkSettled(): Promise<readonly Check[]>;
  /** Stops everything in reverse order of starting. */
  stop(): Promise<void>;
}

const PARTITIONS = 4;

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
  const archive = archiveOf(createStreamReader(streamAdministrator(endpoints), resources.stream));
  options.progress('Packaging stage local and starting its functions ..');
  const stageFile = await localStageFile(stage, endpoints, options.folder);
  const pipeline = await startPipeline({
    ...options,
    stageFile,
    endpoints,
    log: (message, fields) => options.progress(logLine(message, fields)),
  });
  stops.push(pipeline.stop);

  const feed = createFeed(options, producer.produce);
  const kafka = stoppableKafka(engines.kafka, feed);
  const lags = pipeline.sinks.map((sink) => lastKnownWhileAway(kafka, [], sink.trigger.lag));
  const checker = createChecker({
    stage,
    bucket: bucketAdministrator(endpoints),
    documents,
    readStream: archive.read,
    readProduced: feed.settled,
    isDocumentDbAway: targets.documentdb.isAway,
  });
  return {
    ...surroundings,
    ...{ stage, kafka, pipeline, feed, documents, stop },
    stored: archive.records,
    produce: feed.produce,
    status: statusReader({
      ...{ pipeline, feed, lags, readStream: archive.read },
      countDocuments: lastKnownWhileAway(targets.documentdb, 0, documents.count),
    }),
    drained: (signal) => untilDrained({ lag: async () => sumOf((await all(lags)).flat()), clock: systemClock, signal }),
    check: checker.checkAll,
    checkSettled() {
      // A connector file may have mappings of other topics, too.
      const own = pipeline.sinks.filter(({ mapping }) => mapping.topic === stage.topic);
      const settled = new Map(own.map(({ name, trigger }) => [name, trigger.settledOffsets()]));
      return checker.checkDue((name, { partition, offset }) => offset < (settled.get(name)?.get(partition) ?? 0));
    },
  };
}

/** Nobody produces to a stopped Kafka, so that every record of its log is known. */
const stoppableKafka = ({ kill, restart }: Engine, feed: Feed): Stoppable =>
  awayAndBack(
    async () => {
      await feed.pause();
      await kill();
    },
    async () => {
      await restart();
      feed.resume();
    },
  );

type Read<Value> = () => Promise<Value>;

const all = <Value>(reads: readonly Read<Value>[]): Promise<readonly Value[]> =>
  Promise.all(reads.map(async (read) => await read()));

interface StatusSources extends Pick<Session, 'pipeline' | 'feed'> {
  /** By sink, in the order of the pipeline. */
  readonly lags: readonly Read<readonly PartitionLag[]>[];
  readonly readStream: Read<readonly StreamRecord[]>;
  readonly countDocuments: Read<number>;
}

function statusReader({ pipeline, feed, lags, readStream, countDocuments }: StatusSources): Session['status'] {
  const startedAtMs = performance.now();
  return async () => {
    const partitions = await all(lags);
    return {
      elapsedMs: performance.now() - startedAtMs,
      producedCount: feed.produced.length,
      sinks: pipeline.sinks.map((sink, index) => statusOf(sink, partitions[index] ?? [])),
      documentCount: await countDocuments(),
      shards: countByShard(await readStream()),
    };
  };
}

const topicsOf = ({ topic, connector, failureTopics }: LocalStage): readonly string[] => [
  ...(connector?.connector.topics ?? [topic]),
  ...failureTopics,
];

/** Starts the engines and the proxy in front of Kinesis, and writes the endpoints file. */
async function startSurroundings(
  { folder, endpointsFile, progress, seed, authorization = true }: SessionOptions,
  { resources }: LocalStage,
  stops: Stops,
) {
  await rm(folder, { recursive: true, force: true });
  progress('Starting Kafka, the local AWS and the DocumentDB stand-in ..');
  const onDeath = (error: Error) => progress(error.message);
  const engines = await startEngines({ folder, progress, resources, authorization, onDeath });
  stops.push(engines.stop);
  const kinesisProxy = await startKinesisProxy({ upstreamUrl: engines.endpoints.aws.endpointUrl, seed });
  stops.push(kinesisProxy.stop);
  const endpoints = reachKinesisAt(engines.endpoints, kinesisProxy.endpointUrl);
  await writeEndpoints(endpointsFile, endpoints);
  stops.push(() => rm(endpointsFile, { force: true }));
  return { engines, kinesisProxy, endpoints, targets: createTargets(kinesisProxy, engines.documentdb) };
}

/** Avoids the client's wait for a server that is stopped on purpose. */
function lastKnownWhileAway<Known>(
  { isAway }: Stoppable,
  first: Known,
  read: () => Promise<Known>,
): () => Promise<Known> {
  let lastKnown = first;
  return async () => {
    if (isAway()) return lastKnown;
    try {
      lastKnown = await read();
    } catch (error) {
      if (!isAway()) throw error;
    }
    return lastKnown;
  };
}

const sumOf = (partitions: readonly PartitionLag[]): number => partitions.reduce((sum, { lag }) => sum + lag, 0);

const statusOf = (sink: RunningSink, partitions: readonly PartitionLag[]): SinkStatus => ({
  name: sink.name,
  ...sink.batches,
  lag: sumOf(partitions),
  partitions,
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
