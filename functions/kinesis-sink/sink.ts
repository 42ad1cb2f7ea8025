import { drive } from '../../shared/delivery/drive.ts';
import type { Sink } from '../../shared/sink-contract.ts';
import { holdUnsettled } from '../../shared/time/hold-unsettled.ts';
import { waitUntilAggregationIsSafe } from './delivery/aggregation-safety.ts';
import { buryHead } from './delivery/poison.ts';
import { beginRun, type KinesisSinkParts, type Run } from './delivery/run.ts';
import { claimHalf, endSearch } from './delivery/search.ts';
import { send } from './delivery/send.ts';
import { Evidence } from './lanes/evidence.ts';
import type { Lane } from './lanes/lane.ts';
import { pack } from './lanes/pack.ts';

export type { KinesisSinkParts } from './delivery/run.ts';

/**
 * The first copies of the records of one lane reach the stream in the order of their Kafka partition; {@link Lanes} has
 * the rule.
 */
export function createKinesisSink(parts: KinesisSinkParts): Sink {
  const evidence = new Evidence();
  return {
    async write(batches, deadline, redriven) {
      const run = beginRun({ parts, evidence, deadline, redriven }, batches);
      const inspection = parts.preflight.begin(deadline);
      try {
        if (await waitUntilAggregationIsSafe(run, inspection)) await deliver(run);
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

const deliver = (run: Run): Promise<void> =>
  drive(
    {
      start: (nowMs) => start(run, nowMs),
      nextWakeAtMs: (nowMs) => nextWakeAtMs(run, nowMs),
    },
    { clock: run.parts.clock, deadline: run.deadline, tasks: [run.requests, run.deadLetterTasks] },
  );

function start(run: Run, nowMs: number): void {
  const { requests, lanes, packing, requestSize, shardBackoff } = run;
  if (run.gate.triesOneEntry) endSearch(run, nowMs);
  buryPoisoned(run);
  while (run.gate.mayOpen(nowMs, requests.openCount())) {
    const ready = lanes.ready(nowMs, shardBackoff);
    const offered = run.gate.triesOneEntry ? anyOf(ready, run.parts.random()) : ready;
    const { packedEntries, lanes: taken } = pack(offered, { ...packing, request: requestSize.limits });
    lanes.claim(taken);
    const half = packedEntries.length > 0 ? { packedEntries } : claimHalf(run);
    if (half === undefined) return;
    requests.start(send(run, half));
  }
}

/** A policy that settles poison at once may bring the next poison of a lane to its head. */
function buryPoisoned(run: Run): void {
  for (let lanes = run.lanes.claimPoisoned(); lanes.length > 0; lanes = run.lanes.claimPoisoned()) {
    for (const lane of lanes) {
      const item = lane.head;
      if (item?.task.kind === 'poison') buryHead(run, { lane, item, failure: item.task.failure, stage: 'converting' });
    }
  }
}

/** One lane, which makes one entry. Bad records are often in neighbouring lanes, so the lane is chosen at random. */
function anyOf(lanes: readonly Lane[], random: number): readonly Lane[] {
  const index = Math.floor(random * lanes.length);
  return lanes.slice(index, index + 1);
}

/** When something can be sent even if no open request is answered; undefined if that is not possible. */
function nextWakeAtMs(run: Run, nowMs: number): number | undefined {
  const readyAtMs = run.halves.length > 0 ? nowMs : run.lanes.nextReadyAtMs(nowMs);
  if (readyAtMs === undefined) return undefined;
  const gateAtMs = run.gate.nextChangeAtMs(nowMs);
  if (gateAtMs === undefined && readyAtMs <= nowMs) return undefined; // all slots are in use
  return Math.max(readyAtMs, gateAtMs ?? nowMs);
}
