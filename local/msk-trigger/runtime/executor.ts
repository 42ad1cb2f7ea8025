import { randomUUID } from 'node:crypto';
import type { Invocation } from '../../lambda/invocation.ts';
import type { Command, GivenUp, PartitionRecords } from '../machine/commands.ts';
import type { TriggerMachine } from '../machine/machine.ts';
import { createCommitter } from './committer.ts';
import { failureLetters } from './destination.ts';
import { buildEvent, type EventRecord } from './event.ts';
import type { BatchPart, Run } from './run.ts';

/** Executes the machine's commands and reports their results to the machine. */
export interface Executor {
  /** Makes a transition and executes its commands. The machine uses wall time, because it compares with the records' timestamps. */
  advance(transition: (machine: TriggerMachine<EventRecord>, nowMs: number) => readonly Command<EventRecord>[]): void;
  /** Resolves at the next transition. */
  nextChange(): Promise<void>;
  /** Resolves when no invocation and no delivery is open. */
  drained(): Promise<void>;
  committed(): Promise<void>;
  dispose(): void;
}

/** After `stopping` no invocation starts; open invocations end, and their offsets are committed. */
export function createExecutor(run: Run, stopping: AbortSignal): Executor {
  const { clock, poller, machine, options } = run;
  const open = new Set<Promise<void>>();
  let change = Promise.withResolvers<void>();
  let wake = new AbortController();
  const committer = createCommitter(clock, (offsets) => run.attempt('commit', () => poller.commit(offsets)));

  const advance: Executor['advance'] = (transition) => {
    for (const command of transition(machine, clock.wallTimeMs())) execute(command);
    wake.abort();
    wake = new AbortController();
    if (!stopping.aborted) void wakeAt(machine.wakeAtMs(), wake.signal);
    change.resolve();
    change = Promise.withResolvers();
  };

  const wakeAt = async (atMs: number, signal: AbortSignal) => {
    if (atMs === Number.POSITIVE_INFINITY) return;
    await clock.waitUntil(clock.nowMs() + atMs - clock.wallTimeMs(), signal);
    if (!signal.aborted && !stopping.aborted) advance((_, nowMs) => machine.timePassed(nowMs));
  };

  const execute = (command: Command<EventRecord>) => {
    switch (command.kind) {
      case 'commit':
        return committer.add(command.partition, command.offset);
      case 'invoke':
        return stopping.aborted ? undefined : track(invoke(command.id, command.batch));
      case 'deliverFailure':
        return stopping.aborted ? undefined : track(deliver(command.id, command.failure));
    }
  };

  const track = (work: Promise<void>) => {
    const tracked = work.catch((error) => run.trouble('trigger_is_broken', error)).finally(() => open.delete(tracked));
    open.add(tracked);
  };

  const invoke = async (id: number, batch: readonly PartitionRecords<EventRecord>[]) => {
    options.observe?.({ kind: 'invocationStarted', id, parts: batch.map(partOf), atMs: clock.wallTimeMs() });
    const result = await options.invoke(buildEvent(run.source, batch)).catch((error: unknown): Invocation => {
      run.trouble('invoke_rejected', error);
      return { kind: 'failed', errorType: 'Invoke.Rejected', errorMessage: '', durationMs: 0 };
    });
    options.observe?.({ kind: 'invocationEnded', id, result, atMs: clock.wallTimeMs() });
    advance((_, nowMs) => machine.invocationEnded(id, result, nowMs));
  };

  const deliver = async (id: number, failure: GivenUp<EventRecord>) => {
    const isDelivered = await run
      .attempt('failure_delivery', () => putAll(run, failure))
      .then(
        () => true,
        () => false,
      );
    advance((_, nowMs) => machine.failureDelivered(id, isDelivered, nowMs));
  };

  return {
    advance,
    nextChange: () => change.promise,
    drained: async () => {
      while (open.size > 0) await Promise.all(open);
    },
    committed: () => committer.settled(),
    dispose: () => {
      wake.abort();
      committer.stop();
    },
  };
}

const partOf = ({ partition, records }: PartitionRecords<EventRecord>): BatchPart => ({
  partition,
  firstOffset: records[0]?.offset ?? 0,
  lastOffset: records.at(-1)?.offset ?? 0,
  recordCount: records.length,
});

async function putAll(run: Run, failure: GivenUp<EventRecord>): Promise<void> {
  const { mapping, putFailure } = run.options;
  const { destination } = mapping;
  if (destination === undefined || putFailure === undefined)
    throw new Error(`${mapping.logicalId} has no on-failure destination`);
  const context = {
    destination,
    source: run.source,
    functionArn: functionArn(mapping.eventSourceArn, mapping.functionLogicalId),
    mappingId: mapping.logicalId,
    requestId: randomUUID(),
    atMs: run.clock.wallTimeMs(),
  };
  const letters = failureLetters(context, failure);
  for (const letter of letters) await putFailure(letter);
  const { condition, invokeCount, batch } = failure;
  const records = batch.reduce((sum, part) => sum + part.records.length, 0);
  run.log('records_given_up', { condition, invokeCount, records, destination: destination.kind });
}

/** The ARN in the cluster's region and account, which are also the function's. */
function functionArn(eventSourceArn: string, functionName: string): string {
  const [, partition, , region, account] = eventSourceArn.split(':');
  return `arn:${partition ?? 'aws'}:lambda:${region ?? ''}:${account ?? ''}:function:${functionName}`;
}
