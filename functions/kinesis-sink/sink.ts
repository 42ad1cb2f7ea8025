import type { Sink } from '../../shared/sink-contract.ts';
import { mayAggregate } from './delivery/aggregation-safety.ts';
import { settlePoison } from './delivery/poison.ts';
import { beginRun, type KinesisSinkParts, maySend, type Run } from './delivery/run.ts';
import { claimHalf, endSearch } from './delivery/search.ts';
import { send } from './delivery/send.ts';
import { Evidence } from './lanes/evidence.ts';
import type { Claim, Lane } from './lanes/lane.ts';
import { packRequest } from './lanes/request.ts';

export type { KinesisSinkParts } from './delivery/run.ts';

/** First copies of one lane arrive in the order of their Kafka partition; see {@link Run.lanes} for the rule. */
export function createKinesisSink(parts: KinesisSinkParts): Sink {
  const evidence = new Evidence();
  return {
    name: 'kinesis',
    async write(batches, deadline) {
      const run = beginRun({ parts, evidence, deadline }, batches);
      const inspection = parts.preflight.begin(deadline);
      try {
        if (await mayAggregate(run, inspection)) await drive(run);
      } finally {
        inspection.end();
      }
      run.delivery.report();
      return run.book.close(run.lanes.all);
    },
  };
}

/** Starts whatever may be started, waits for the next thing to happen, until nothing is left or time is up. */
async function drive(run: Run): Promise<void> {
  const { requests, letters, parts } = run;
  const { clock } = parts;
  for (;;) {
    const nowMs = clock.nowMs();
    if (nowMs >= run.deadline.answerByMs) return;
    if (maySend(run)) start(run);
    const wakeAtMs = nextWakeAtMs(run, nowMs, requests.openCount());
    if (requests.openCount() + letters.openCount() === 0 && wakeAtMs === undefined) return;
    const woken = new AbortController();
    const timer = clock.waitUntil(wakeAtMs ?? run.deadline.answerByMs, woken.signal);
    await Promise.race([requests.nextEnd(), letters.nextEnd(), timer]);
    woken.abort('woken');
  }
}

function start(run: Run): void {
  const { requests, letters, lanes, packing, shardGates } = run;
  const nowMs = run.parts.clock.nowMs();
  if (run.gate.triesOneEntry()) endSearch(run, nowMs);
  for (const claim of lanes.claimPoison(nowMs)) letters.start(settlePoison(run, claim));
  while (run.gate.mayOpen(nowMs, requests.openCount())) {
    const claims = lanes.claimRequest(nowMs, shardGates, (ready) =>
      run.gate.triesOneEntry() ? packOneEntry(run, ready) : packRequest(ready, packing),
    );
    const half = claims.length > 0 ? { claims } : claimHalf(run);
    if (half === undefined) return;
    requests.start(send(run, half));
  }
}

/** Of any lane: bad records often come in a row. */
function packOneEntry({ packing, parts }: Run, ready: readonly Lane[]): readonly Claim[] {
  const lane = ready[Math.floor(parts.random() * ready.length)];
  const request = { ...packing.request, recordsMax: 1 };
  return packRequest(lane === undefined ? [] : [lane], { ...packing, request });
}

/** When something can be sent without anything having been answered; `undefined` when nothing can before the deadline. */
function nextWakeAtMs(run: Run, nowMs: number, openCount: number): number | undefined {
  const readyAtMs = run.halves.length > 0 ? nowMs : run.lanes.nextReadyAtMs(nowMs);
  if (readyAtMs === undefined) return undefined;
  const gateAtMs = run.gate.nextChangeAtMs(nowMs);
  if (gateAtMs === undefined && openCount > 0 && readyAtMs <= nowMs) return undefined; // all slots are taken
  const wakeAtMs = Math.max(readyAtMs, gateAtMs ?? nowMs);
  return wakeAtMs < run.deadline.sendUntilMs ? wakeAtMs : undefined;
}
