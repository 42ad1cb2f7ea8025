import { untilAborted } from '../../../shared/concurrency/until-aborted.ts';
import { fullJitterMs } from '../../../shared/time/backoff.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import type { Deadline } from '../../../shared/time/deadline.ts';
import type { Evidence } from '../lanes/evidence.ts';
import { isDone, type Lane } from '../lanes/lane.ts';
import { nextRound, type Sending } from '../lanes/rounds.ts';
import type { StepResult } from '../lanes/write-result.ts';
import type { WriteResultApplier } from './apply-write-result.ts';
import { type CircuitBreaker, createCircuitBreaker } from './circuit-breaker.ts';
import type { OutcomeCollector } from './outcome-collector.ts';
import type { PoisonHandler } from './poison.ts';
import { type SendParts, sendRound } from './send.ts';
import { sendProbe } from './send-probe.ts';

export interface DeliveryParts extends Omit<SendParts, 'shutAll'> {
  readonly clock: Clock;
  /** 0 <= random() < 1 */
  readonly random: () => number;
  readonly deadline: Deadline;
  readonly outcomes: OutcomeCollector;
  readonly resultApplier: WriteResultApplier;
  readonly evidence: Evidence;
  readonly poison: PoisonHandler;
  /** Shut while the target as a whole refuses everything. */
  readonly breaker: CircuitBreaker;
}

/**
 * Works on the lanes of one collection, wave by wave, until they are settled or `sendUntilMs` has come. Never returns
 * early because of a failure. Resolves by `answerByMs`.
 */
export async function deliver(lanes: readonly Lane[], parts: DeliveryParts): Promise<void> {
  const { clock, deadline, outcomes, namespace, poison, signal, uniqueOrder } = parts;
  const own = createCircuitBreaker();
  let rest = lanes;
  for (let nowMs = clock.nowMs(); nowMs < deadline.sendUntilMs; nowMs = clock.nowMs()) {
    for (const lane of rest) poison.settleHeads(lane);
    rest = rest.filter((lane) => lane.state !== 'stopped' && !isDone(lane));
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

/** Waits until that time, or for a letter. @returns whether anything can come of it */
async function idle(untilMs: number, lanes: readonly Lane[], parts: DeliveryParts): Promise<boolean> {
  const { deadline, outcomes, poison } = parts;
  if (untilMs < Number.POSITIVE_INFINITY || poison.hasOpenDeadLetters()) {
    await pause(Math.min(untilMs, deadline.sendUntilMs), lanes, parts);
    return true;
  }
  // Lanes wait for nothing but each other.
  if (!outcomes.stopWaitingForDeferred()) return false;
  for (const lane of lanes) lane.blockedAtSettledCount = undefined;
  return true;
}

async function runRound(round: Sending, own: CircuitBreaker, parts: DeliveryParts) {
  const { clock, evidence, breaker, resultApplier } = parts;
  const isProbing = [own.enter(clock.nowMs()), breaker.enter(clock.nowMs())].includes(true);
  // What another collection met may have shut the gate since: what is left of this one's wave waits then as well.
  const maySend = () => parts.maySend() && (isProbing || breaker.nextTryAtMs() <= clock.nowMs());
  const shutAll = () => breaker.trip(clock.nowMs());
  const options = { isProbing, leavesSome: round.leavesSome };
  const rounds = round.alone ? round.steps.map((step) => [step]) : [round.steps];
  for (const steps of isProbing ? rounds.slice(0, 1) : rounds) {
    const results = await sendRound(steps, options, { ...parts, maySend, shutAll });
    updateBreakers(results, own, parts);
    const nowMs = clock.nowMs();
    const retryAtMs = retryTimeOf(results, nowMs, parts);
    resultApplier.applyRound(results, { nowMs, retryAtMs });
    if (Math.max(own.nextTryAtMs(), breaker.nextTryAtMs()) > nowMs) return;
    const [step] = steps;
    if (step === undefined || !evidence.takeWish(step.lane.target)) continue;
    const probed = await sendProbe(parts);
    if (probed === true) evidence.noteProbe(step.lane.target, nowMs);
    else if (probed !== false) updateBreakers([{ step, result: { ...probed, commandSize: 1 } }], own, parts);
  }
}

/** One moment for everything of the wave that is tried again. */
function retryTimeOf(results: readonly StepResult[], nowMs: number, { random }: DeliveryParts): number {
  const attempt = 1 + Math.max(...results.map(({ step }) => step.lane.attempts));
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

/** Until that time, or until a letter frees a lane: its own, or one that waits for others because of a unique index. */
async function pause(untilMs: number, lanes: readonly Lane[], parts: DeliveryParts): Promise<void> {
  const { clock, namespace, poison, signal, uniqueOrder } = parts;
  const isAnyStuck =
    uniqueOrder.matters(namespace) || lanes.some(({ blockedAtSettledCount }) => blockedAtSettledCount !== undefined);
  const wake = new AbortController();
  const timer = clock.waitUntil(untilMs, AbortSignal.any([signal, wake.signal]));
  await Promise.race([timer, isAnyStuck ? poison.nextDeadLetter() : poison.nextFreedom()]);
  wake.abort('woken');
}
