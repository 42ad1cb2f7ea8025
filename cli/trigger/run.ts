import { join } from 'node:path';
import { aborted } from '../../local/aborted.ts';
import { type FunctionProcess, startFunction } from '../../local/lambda/function-process.ts';
import type { Mapping } from '../../local/msk-trigger/mapping/mapping.ts';
import type { BatchPart, TriggerEvent } from '../../local/msk-trigger/runtime/run.ts';
import { startTrigger, type Trigger } from '../../local/msk-trigger/runtime/trigger.ts';
import { untilDrained } from '../../local/pipeline/drain.ts';
import { logLine } from '../../local/terminal/log-line.ts';
import { assert } from '../../shared/errors.ts';
import { systemClock } from '../../shared/time/clock.ts';
import type { ConnectionOptions } from '../kafka/connection.ts';
import { failureRecords } from './failure-records.ts';
import { givenUpCount, invocationLine, mappingLine, summaryLine } from './lines.ts';
import type { TriggerCommandOptions } from './options.ts';
import type { Plan, RunnableFunction } from './plan.ts';

export interface Surroundings {
  readonly connection: ConnectionOptions;
  /** For logs and failure records. */
  readonly folder: string;
  readonly say: (line: string) => void;
  /** Ends the run. */
  readonly signal: AbortSignal;
}

type RunOptions = Pick<TriggerCommandOptions, 'brokers' | 'exit' | 'partialFailureRetry'>;

interface Running {
  readonly mapping: Mapping;
  readonly trigger: Trigger;
}

/** Runs the mappings until the signal aborts, or with `exit` until every record is consumed. Resolves to whether all is well. */
export async function runTriggers(plan: Plan, options: RunOptions, surroundings: Surroundings): Promise<boolean> {
  const { connection, folder, say, signal } = surroundings;
  const processes = new Map<string, FunctionProcess>();
  const running: Running[] = [];
  const failures = failureRecords(connection, join(folder, 'failures'));
  try {
    for (const each of plan.functions) processes.set(each.logicalId, await startProcess(each, plan, surroundings));
    for (const mapping of plan.mappings) {
      const process = processes.get(mapping.functionLogicalId);
      assert(process !== undefined, 'the plan has the function of each mapping');
      const trigger = await startTrigger({
        ...{ mapping, connection, invoke: process.invoke, putFailure: failures.put },
        bootstrapServers: options.brokers.bootstrapServers,
        partialFailureRetry: options.partialFailureRetry,
        log: (message, fields) => say(logLine(message, fields)),
        observe: describeInvocations(mapping, say),
      });
      running.push({ mapping, trigger });
      say(mappingLine(mapping));
    }
    say(
      `Logs and failure records: ${folder}. ${options.exit ? 'Ends when every record is consumed' : 'Ctrl-C ends it'}`,
    );
    if (options.exit) return (await isConsumed(running, surroundings)) && running.every(hasSettledAll);
    await aborted(signal);
    return true;
  } finally {
    await Promise.all(running.map(({ trigger }) => trigger.stop()));
    for (const { mapping, trigger } of running) say(summaryLine(mapping, trigger.counters()));
    await Promise.all([...processes.values()].map((process) => process.stop()));
    await failures.close();
  }
}

function startProcess(
  each: RunnableFunction,
  { mappings }: Plan,
  { folder, say }: Surroundings,
): Promise<FunctionProcess> {
  const arn = mappings.find(({ functionLogicalId }) => functionLogicalId === each.logicalId)?.eventSourceArn ?? '';
  const [, , , region, account] = arn.split(':');
  return startFunction({
    ...each,
    // Lambda sets the region, which is that of the cluster. A function without credentials must not look for them on the network.
    environment: {
      AWS_EC2_METADATA_DISABLED: 'true',
      ...(region && { AWS_REGION: region, AWS_DEFAULT_REGION: region }),
      ...each.environment,
    },
    ...(account && { account }),
    logFile: join(folder, 'logs', `${each.name}.log`),
    onLogLine: (line) => say(`${each.logicalId} | ${line}`),
  });
}

function describeInvocations(mapping: Mapping, say: (line: string) => void): (event: TriggerEvent) => void {
  const open = new Map<number, readonly BatchPart[]>();
  return (event) => {
    if (event.kind === 'invocationStarted') {
      open.set(event.id, event.parts);
      return;
    }
    say(invocationLine(mapping, open.get(event.id) ?? [], event.result));
    open.delete(event.id);
  };
}

/** Resolves to false when the signal aborts, or when the lag no longer falls. */
async function isConsumed(running: readonly Running[], { say, signal }: Surroundings): Promise<boolean> {
  const lag = async () => {
    const lags = await Promise.all(running.map(({ trigger }) => trigger.lag()));
    return lags.flat().reduce((sum, each) => sum + each.lag, 0);
  };
  return await untilDrained({ lag, clock: systemClock, signal }).catch((error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    return false;
  });
}

const hasSettledAll = ({ trigger }: Running): boolean => givenUpCount(trigger.counters()) === 0;
