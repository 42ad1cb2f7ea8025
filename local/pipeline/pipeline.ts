import { join } from 'node:path';
import type { Endpoints } from '../engines/endpoints.ts';
import { type FunctionProcess, startFunction } from '../lambda/function-process.ts';
import type { PartialFailureRetry } from '../msk-trigger/machine/settings.ts';
import type { Mapping } from '../msk-trigger/mapping/mapping.ts';
import { readMappings } from '../msk-trigger/mapping/read-mappings.ts';
import type { Log, TriggerEvent } from '../msk-trigger/runtime/run.ts';
import { startTrigger, type Trigger } from '../msk-trigger/runtime/trigger.ts';
import { addLogLine, type BatchCounters, noBatches } from './batch-counters.ts';
import { type FailureStore, failureStore } from './failure-store.ts';
import { type PackagedFunction, packageTemplate } from './package-template.ts';

export interface PipelineOptions {
  readonly endpoints: Endpoints;
  readonly endpointsFile: string;
  /** The stage file to use instead of config/local.yml. */
  readonly stageFile?: string | undefined;
  /** The folder for the package, the running bundles and the functions' logs. */
  readonly folder: string;
  /** What a partial batch response repeats; AWS's documentation does not say. */
  readonly partialFailureRetry: PartialFailureRetry;
  readonly log: Log;
  readonly observer?: PipelineObserver | undefined;
  /** Default: {@link packageTemplate}. */
  readonly packageStage?: typeof packageTemplate | undefined;
}

/** Hears what the functions and their mappings do. Its methods must not throw. */
export interface PipelineObserver {
  triggered(sinkName: string, event: TriggerEvent): void;
  /** A line of a function's standard output, and the process that wrote it. */
  logged(sinkName: string, line: string, pid: number): void;
}

/** A running function with its running mapping. */
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
  /** Stops the triggers, which wait for open invocations, then the functions. */
  stop(): Promise<void>;
}

/** Packages stage `local` as a deployment does, and runs the template's functions and mappings. */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const packageStage = options.packageStage ?? packageTemplate;
  const { template, functions } = await packageStage({
    stage: 'local',
    folder: join(options.folder, 'package'),
    endpointsFile: options.endpointsFile,
    stageFile: options.stageFile,
  });
  const mappings = readMappings(template);
  const failures = failureStore(options.endpoints);
  const started = await Promise.allSettled(mappings.map((mapping) => startSink(options, mapping, functions, failures)));
  const sinks = started.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const stop = async () => {
    await Promise.all(sinks.map((sink) => sink.trigger.stop()));
    await Promise.all(sinks.map((sink) => sink.process.stop()));
    await failures.close();
  };
  for (const outcome of started) {
    if (outcome.status === 'fulfilled') continue;
    await stop();
    throw outcome.reason;
  }
  return { sinks, stop };
}

/** Starts one function of a template with one of its mappings; {@link startPipeline} starts all. */
export async function startSink(
  options: PipelineOptions,
  mapping: Mapping,
  functions: readonly PackagedFunction[],
  failures: FailureStore,
): Promise<RunningSink> {
  const packaged = functions.find(({ logicalId }) => logicalId === mapping.functionLogicalId);
  if (packaged === undefined) throw new Error(`${mapping.logicalId} names a function that the template does not have`);
  const name = packaged.name.split('-').at(-1) ?? packaged.name;
  const { observer } = options;
  const batches = noBatches();
  const logFile = join(options.folder, 'logs', `${packaged.name}.log`);
  const process = await startFunction({
    ...packaged,
    logFile,
    onLogLine: (line, pid) => {
      addLogLine(batches, line);
      observer?.logged(name, line, pid);
    },
  });
  const trigger = await startTrigger({
    mapping,
    bootstrapServers: options.endpoints.kafka.bootstrapServers,
    invoke: process.invoke,
    partialFailureRetry: options.partialFailureRetry,
    log: options.log,
    observe: observer && ((event) => observer.triggered(name, event)),
    putFailure: failures.put,
  }).catch(async (error: unknown) => {
    await process.stop();
    throw error;
  });
  return { name, process, trigger, mapping, batches, logFile };
}
