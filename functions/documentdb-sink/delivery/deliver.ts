import { untilAborted } from '../../../shared/concurrency/until-aborted.ts';
import type { OutcomeCollector } from '../../../shared/delivery/outcome-collector.ts';
import { fullJitterMs } from '../../../shared/time/backoff.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import type { Deadline } from '../../../shared/time/deadline.ts';
import type { Evidence } from '../lanes/evidence.ts';
import type { Lane } from '../lanes/lane.ts';
import { nextRound, type Sending } from '../lanes/rounds.ts';
import type { StepResult } from '../lanes/step-result.ts';
import type { WriteResultApplier } from './apply-write-result.ts';
import { type CircuitBreaker, createCircuitBreaker } from './circuit-breaker.ts';
import type { Deferrals } from './deferrals.ts';
import type { PoisonHandler } from './poison.ts';
import { type SendParts, sendRound } from './send.ts';
import { sendProbe } from './send-probe.ts';

export interface DeliveryParts extends Omit<SendParts, 'tripForTarget'> {
  readonly clock: Clock;
  /** 0 <= random() < 1 */
  readonly random: () => number;
  readonly deadline: Deadline;
  readonly outcomes: OutcomeCollector;
  readonly deferrals: Deferrals;
  readonly resultApplier: WriteResultApplier;
  readonly evidence: Evidence;
  readonly poison: PoisonHandler;
  /** The breaker of the target, shared by all collections. */
  readonly breaker: CircuitBreaker;
}

/**
 * Sends the lanes of one collection round by round, until they are settled or `sendUntilMs` is reached. Never returns
 * early because of a failure. Resolves by `answerByMs`.
 */
export async function deliver(lanes: readonly Lane[], parts: DeliveryParts): Promise<void> {
  const { clock, deadline, outcomes, namespace, poison, signal, uniqueOrder } = parts;
  const own = createCircuitBreaker();
  let rest = lanes;
  for (let nowMs = clock.nowMs(); nowMs < deadline.sendUntilMs; nowMs = clock.nowMs()) {
    for (const lane of rest) poison.settleHeads(lane);
    rest = rest.filter((lane) => lane.state !== 'stopped' && !lane.isDone);
    if (rest.length === 0) break;
    const round = nextRound(rest, {
      nowMs,
      settledCount: outcomes.settledCount,
      isOrdered: uniqueOrder.matters(namespace),
    });
    const nextTryAtMs = Math.max(own.nextTryAtMs(), parts.breaker.nextTryAtMs());
    if (round.kind === 'send' && nextTryAtMs <= nowMs) await runRound(round, own, parts);
    else if (!(await idle(round.kind === 'send' ? nextTryAtMs : round.untilMs, rest, parts))) return;
  }
  await untilAborted(poison.allDeadLetters(), signal).catch(() => undefined);
}

/** Waits until the given time, or for a dead letter. @returns false if nothing can unblock a lane any more */
async function idle(untilMs: number, lanes: readonly Lane[], parts: DeliveryParts): Promise<boolean> {
  const { deadline, deferrals, poison } = parts;
  if (untilMs < Number.POSITIVE_INFINITY || poison.hasOpenDeadLetters()) {
    await pause(Math.min(untilMs, deadline.sendUntilMs), lanes, parts);
    return true;
  }
  // The remaining lanes wait only for each other.
  if (!deferrals.stopWaiting()) return false;
  for (const lane of lanes) lane.unblock();
  return true;
}

async function runRound(round: Sending, own: CircuitBreaker, parts: DeliveryParts) {
  const { clock, evidence, breaker, resultApplier } = parts;
  const isProbing = [own.enter(clock.nowMs()), breaker.enter(clock.nowMs())].includes(true);
  // Another collection may have tripped the shared breaker in the meantime: the rest of this round then waits too.
  const maySend = () => parts.maySend() && (isProbing || breaker.nextTryAtMs() <= clock.nowMs());
  const tripForTarget = () => breaker.trip(clock.nowMs());
  const options = { isProbing, leavesSome: round.leavesSome };
  const rounds = round.alone ? round.steps.map((step) => [step]) : [round.steps];
  for (const steps of isProbing ? rounds.slice(0, 1) : rounds) {
    const results = await sendRound(steps, options, { ...parts, maySend, tripForTarget });
    updateBreakers(results, own, parts);
    const nowMs = clock.nowMs();
    const retryAtMs = retryTimeOf(results, nowMs, parts);
    resultApplier.applyRound(results, { nowMs, retryAtMs });
    if (Math.max(own.nextTryAtMs(), breaker.nextTryAtMs()) > nowMs) return;
    const [step] = steps;
    if (step === undefined || !evidence.takeProbeRequest(step.lane.target)) continue;
    const probed = await sendProbe(parts);
    if (probed === true) evidence.noteProbe(step.lane.target, nowMs);
    else if (probed !== false) updateBreakers([{ step, result: { ...probed, commandSize: 1 } }], own, parts);
  }
}

/** The retry time of a round, common to all its steps. */
function retryTimeOf(results: readonly StepResult[], nowMs: number, { random }: DeliveryParts): number {
  const attempt = 1 + Math.max(...results.map(({ step }) => step.lane.trial.attempts));
  return nowMs + fullJitterMs(attempt, random());
}

function updateBreakers(results: readonly StepResult[], own: CircuitBreaker, { clock, breaker }: DeliveryParts): void {
  if (results.length === 0) return; // nothing was sent
  const fatal = results.map(({ result }) => result).find(({ kind }) => kind === 'fatal');
  const credentials = results.some(({ result }) => result.kind === 'credentials');
  const nowMs = clock.nowMs();
  if (fatal === undefined && !credentials) {
    own.reset();
    breaker.reset();
  } else if (fatal?.kind === 'fatal' && fatal.scope === 'collection') {
    own.trip(nowMs);
    breaker.reset();
  } else if (fatal !== undefined || !breaker.takeCredentialsRetry()) breaker.trip(nowMs);
}

/**
 * Waits until the given time, or until a dead letter unblocks a lane: the lane itself, or a lane that waits because of
 * a unique index.
 */
async function pause(untilMs: number, lanes: readonly Lane[], parts: DeliveryParts): Promise<void> {
  const { clock, namespace, poison, signal, uniqueOrder } = parts;
  const isAnyStuck =
    uniqueOrder.matters(namespace) || lanes.some(({ trial }) => trial.blockedAtSettledCount !== undefined);
  const wake = new AbortController();
  const timer = clock.waitUntil(untilMs, AbortSignal.any([signal, wake.signal]));
  await Promise.race([timer, isAnyStuck ? poison.nextDeadLetter() : poison.nextFreedLane()]);
  wake.abort('woken');
}
