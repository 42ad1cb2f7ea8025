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
import { type PackedRequest, pack } from './lanes/pack.ts';

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
      nextWakeAtMs: (nowMs) => nextWakeAtMs(run, nowMs, run.requests.openCount()),
    },
    { clock: run.parts.clock, deadline: run.deadline, tasks: [run.requests, run.deadLetterTasks] },
  );

function start(run: Run, nowMs: number): void {
  const { requests, lanes, packing, requestSize, shardBackoff } = run;
  if (run.gate.triesOneEntry) endSearch(run, nowMs);
  buryPoisoned(run);
  while (run.gate.mayOpen(nowMs, requests.openCount())) {
    const ready = lanes.ready(nowMs, shardBackoff);
    const request = requestSize.limits;
    const packed = run.gate.triesOneEntry ? packOneEntry(run, ready) : pack(ready, { ...packing, request });
    lanes.claim(packed.lanes);
    const { packedEntries } = packed;
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

/** The lane is chosen at random, because bad records are often in neighbouring lanes. */
function packOneEntry({ packing, parts, requestSize }: Run, ready: readonly Lane[]): PackedRequest {
  const lane = ready[Math.floor(parts.random() * ready.length)];
  const request = { ...requestSize.limits, recordsMax: 1 };
  return pack(lane === undefined ? [] : [lane], { ...packing, request });
}

/** When something can be sent even if no open request is answered; undefined if that is not possible. */
function nextWakeAtMs(run: Run, nowMs: number, openCount: number): number | undefined {
  const readyAtMs = run.halves.length > 0 ? nowMs : run.lanes.nextReadyAtMs(nowMs);
  if (readyAtMs === undefined) return undefined;
  const gateAtMs = run.gate.nextChangeAtMs(nowMs);
  if (gateAtMs === undefined && openCount > 0 && readyAtMs <= nowMs) return undefined; // all slots are in use
  return Math.max(readyAtMs, gateAtMs ?? nowMs);
}
