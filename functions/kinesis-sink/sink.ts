import type { Sink } from '../../shared/sink-contract.ts';
import { mayAggregate } from './await-aggregates.ts';
import { settlePoison } from './poison.ts';
import { packRequest } from './request.ts';
import { beginRun, type KinesisSinkParts, maySend, type Run } from './run.ts';
import { claimHalf, send } from './send.ts';

export type { KinesisSinkParts } from './run.ts';

/** First copies of one lane arrive in the order of their Kafka partition; see {@link Run.lanes} for the rule. */
export function createKinesisSink(parts: KinesisSinkParts): Sink {
  return {
    name: 'kinesis',
    async write(batches, deadline) {
      const run = beginRun(parts, batches, deadline);
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
  for (const claim of lanes.claimPoison(nowMs)) letters.start(settlePoison(run, claim));
  while (run.gate.mayOpen(nowMs, requests.openCount())) {
    const fresh = lanes.claimRequest(nowMs, shardGates, (ready) => packRequest(ready, packing));
    const claims = fresh.length > 0 ? fresh : claimHalf(run);
    if (claims.length === 0) return;
    requests.start(send(run, claims));
  }
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
