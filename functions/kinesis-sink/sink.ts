import type { DeadLetterQueue } from '../../shared/dead-letter/dead-letter-queue.ts';
import type { Sink } from '../../shared/sink-contract.ts';
import { holdUnsettled } from '../../shared/time/hold-unsettled.ts';
import { waitUntilAggregationIsSafe } from './delivery/aggregation-safety.ts';
import { settlePoison } from './delivery/poison.ts';
import { beginRun, type KinesisSinkParts, maySend, type Run } from './delivery/run.ts';
import { claimHalf, endSearch } from './delivery/search.ts';
import { send } from './delivery/send.ts';
import { Evidence } from './lanes/evidence.ts';
import type { Lane, PlannedEntry } from './lanes/lane.ts';
import { packRequest } from './lanes/request.ts';

export type { KinesisSinkParts } from './delivery/run.ts';

/**
 * The first copies of the records of one lane reach the stream in the order of their Kafka partition; {@link Lanes} has
 * the rule.
 */
export function createKinesisSink(parts: KinesisSinkParts): Sink {
  const evidence = new Evidence();
  return {
    name: 'kinesis',
    async write(batches, deadline, redriven) {
      const run = beginRun({ parts: partsFor(parts, redriven), evidence, deadline }, batches);
      const inspection = parts.preflight.begin(deadline);
      try {
        if (await waitUntilAggregationIsSafe(run, inspection)) await drive(run);
      } finally {
        inspection.end();
      }
      run.batchMetrics.report();
      const outcomes = run.outcomes.close(run.lanes.all);
      await holdUnsettled(outcomes, parts.clock, deadline);
      return outcomes;
    },
  };
}

/** In a redrive, poison leaves its lane free whatever the policy says: the record's dead letter is in the bucket already. */
const partsFor = (parts: KinesisSinkParts, redriven: DeadLetterQueue | undefined): KinesisSinkParts =>
  redriven === undefined
    ? parts
    : { ...parts, deadLetters: redriven, options: { ...parts.options, onPoison: 'deadLetter' } };

/**
 * Starts all work that may be started, then waits for the next event, until nothing is left or the deadline is reached.
 */
async function drive(run: Run): Promise<void> {
  const { requests, deadLetterTasks, parts } = run;
  const { clock } = parts;
  for (;;) {
    const nowMs = clock.nowMs();
    if (nowMs >= run.deadline.answerByMs) return;
    if (maySend(run)) start(run);
    const wakeAtMs = nextWakeAtMs(run, nowMs, requests.openCount());
    if (requests.openCount() + deadLetterTasks.openCount() === 0 && wakeAtMs === undefined) return;
    const woken = new AbortController();
    const timer = clock.waitUntil(wakeAtMs ?? run.deadline.answerByMs, woken.signal);
    await Promise.race([requests.nextEnd(), deadLetterTasks.nextEnd(), timer]);
    woken.abort('woken');
  }
}

function start(run: Run): void {
  const { requests, deadLetterTasks, lanes, packing, shardBackoff } = run;
  const nowMs = run.parts.clock.nowMs();
  if (run.breaker.triesOneEntry()) endSearch(run, nowMs);
  for (const plannedEntry of lanes.claimPoison(nowMs)) deadLetterTasks.start(settlePoison(run, plannedEntry));
  while (run.breaker.mayOpen(nowMs, requests.openCount())) {
    const plannedEntries = lanes.claimRequest(nowMs, shardBackoff, (ready) =>
      run.breaker.triesOneEntry() ? packOneEntry(run, ready) : packRequest(ready, packing),
    );
    const half = plannedEntries.length > 0 ? { plannedEntries } : claimHalf(run);
    if (half === undefined) return;
    requests.start(send(run, half));
  }
}

/** The lane is chosen at random, because bad records are often in neighbouring lanes. */
function packOneEntry({ packing, parts }: Run, ready: readonly Lane[]): readonly PlannedEntry[] {
  const lane = ready[Math.floor(parts.random() * ready.length)];
  const request = { ...packing.request, recordsMax: 1 };
  return packRequest(lane === undefined ? [] : [lane], { ...packing, request });
}

/**
 * When something can be sent even if no open request is answered; undefined if that is not possible before the
 * deadline.
 */
function nextWakeAtMs(run: Run, nowMs: number, openCount: number): number | undefined {
  const readyAtMs = run.halves.length > 0 ? nowMs : run.lanes.nextReadyAtMs(nowMs);
  if (readyAtMs === undefined) return undefined;
  const breakerAtMs = run.breaker.nextChangeAtMs(nowMs);
  if (breakerAtMs === undefined && openCount > 0 && readyAtMs <= nowMs) return undefined; // all slots are in use
  const wakeAtMs = Math.max(readyAtMs, breakerAtMs ?? nowMs);
  return wakeAtMs < run.deadline.sendUntilMs ? wakeAtMs : undefined;
}
