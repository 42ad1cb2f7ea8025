import { cp, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Endpoints } from '../engines/endpoints.ts';
import { type FunctionProcess, startFunction } from '../lambda/function-process.ts';
import type { Mapping } from '../msk-trigger/mapping.ts';
import { readMappings } from '../msk-trigger/read-mappings.ts';
import type { Log } from '../msk-trigger/run.ts';
import type { Reading } from '../msk-trigger/settings.ts';
import { startTrigger, type Trigger } from '../msk-trigger/trigger.ts';
import { addLogLine, type BatchCounters, noBatches } from './batch-counters.ts';
import { failureStore } from './failure-store.ts';
import { type PackagedFunction, PROJECT_ROOT, packageTemplate } from './package-template.ts';

export interface PipelineOptions {
  readonly endpoints: Endpoints;
  readonly endpointsFile: string;
  /** In place of config/local.yml. */
  readonly stageFile?: string | undefined;
  /** Holds the package, the bundles that run, and the functions' logs. */
  readonly folder: string;
  /** How the trigger understands a partial answer: AWS's documents leave it open. */
  readonly reading: Reading;
  readonly log: Log;
}

/** A function of the template with its mapping, both running. */
export interface RunningSink {
  /** `kinesisSink` */
  readonly name: string;
  readonly process: FunctionProcess;
  readonly trigger: Trigger;
  readonly mapping: Mapping;
  readonly batches: Readonly<BatchCounters>;
  readonly logFile: string;
}

export interface Pipeline {
  readonly sinks: readonly RunningSink[];
  /** Ends the triggers, which let open invocations end, then the functions. */
  stop(): Promise<void>;
}

/** Packages stage `local` as a deployment would, and runs what the template says: its functions behind its mappings. */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { template, functions } = await packageTemplate({
    stage: 'local',
    folder: join(options.folder, 'package'),
    endpointsFile: options.endpointsFile,
    stageFile: options.stageFile,
  });
  const mappings = readMappings(template);
  const started = await Promise.allSettled(mappings.map((mapping) => startSink(options, mapping, functions)));
  const sinks = started.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const stop = async () => {
    await Promise.all(sinks.map((sink) => sink.trigger.stop()));
    await Promise.all(sinks.map((sink) => sink.process.stop()));
  };
  for (const outcome of started) {
    if (outcome.status === 'fulfilled') continue;
    await stop();
    throw outcome.reason;
  }
  return { sinks, stop };
}

/** One function of a template with one of its mappings; {@link startPipeline} starts all. */
export async function startSink(
  options: PipelineOptions,
  mapping: Mapping,
  functions: readonly PackagedFunction[],
): Promise<RunningSink> {
  const packaged = functions.find(({ logicalId }) => logicalId === mapping.functionLogicalId);
  if (packaged === undefined) throw new Error(`${mapping.logicalId} names a function that is not in the template`);
  const batches = noBatches();
  const logFile = join(options.folder, 'logs', `${packaged.name}.log`);
  const process = await startFunction({
    name: packaged.name,
    handlerFile: await copyBundle(packaged, options.folder),
    environment: packaged.environment,
    timeoutMs: packaged.timeoutMs,
    memoryMb: packaged.memoryMb,
    logFile,
    onLogLine: (line) => addLogLine(batches, line),
  });
  const trigger = await startTrigger({
    mapping,
    bootstrapServers: options.endpoints.kafka.bootstrapServers,
    invoke: process.invoke,
    reading: options.reading,
    log: options.log,
    putFailure: failureStore(options.endpoints),
  }).catch(async (error: unknown) => {
    await process.stop();
    throw error;
  });
  return { name: packaged.name.split('-').at(-1) ?? packaged.name, process, trigger, mapping, batches, logFile };
}

/** Functions run from a copy: the next build empties dist/ under them. */
async function copyBundle({ handler }: PackagedFunction, folder: string): Promise<string> {
  const source = dirname(handler);
  const target = join(folder, source);
  await mkdir(target, { recursive: true });
  await cp(join(PROJECT_ROOT, source), target, { recursive: true });
  return join(target, 'index.js');
}
