import { untilAborted } from '../../../shared/concurrency/until-aborted.ts';
import { fullJitterMs } from '../../../shared/time/backoff.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import type { Deadline } from '../../../shared/time/deadline.ts';
import type { Evidence } from '../lanes/evidence.ts';
import { isDone, type Lane } from '../lanes/lane.ts';
import { nextTurn, type Sending } from '../lanes/rounds.ts';
import type { Judged } from '../lanes/write-result.ts';
import type { Judge } from './apply-write-result.ts';
import { createGate, type Gate } from './circuit-breaker.ts';
import type { Ledger } from './outcome-collector.ts';
import type { PoisonHandler } from './poison.ts';
import { type SendParts, sendWave } from './send.ts';
import { sendProbe } from './send-probe.ts';

export interface DeliveryParts extends Omit<SendParts, 'shutAll'> {
  readonly clock: Clock;
  /** 0 <= random() < 1 */
  readonly random: () => number;
  readonly deadline: Deadline;
  readonly ledger: Ledger;
  readonly judge: Judge;
  readonly evidence: Evidence;
  readonly poison: PoisonHandler;
  /** Shut while the target as a whole refuses everything. */
  readonly gate: Gate;
}

/**
 * Works on the lanes of one collection, wave by wave, until they are settled or `sendUntilMs` has come. Never returns
 * early because of a failure. Resolves by `answerByMs`.
 */
export async function deliver(lanes: readonly Lane[], parts: DeliveryParts): Promise<void> {
  const { clock, deadline, ledger, namespace, poison, signal, uniqueOrder } = parts;
  const own = createGate();
  let rest = lanes;
  for (let nowMs = clock.nowMs(); nowMs < deadline.sendUntilMs; nowMs = clock.nowMs()) {
    for (const lane of rest) poison.settleHeads(lane);
    rest = rest.filter((lane) => lane.state !== 'stopped' && !isDone(lane));
    if (rest.length === 0) break;
    const turn = nextTurn(rest, {
      nowMs,
      settledCount: ledger.settledCount,
      isOrdered: uniqueOrder.matters(namespace),
    });
    const openAtMs = Math.max(own.openAtMs(), parts.gate.openAtMs());
    if (turn.kind === 'send' && openAtMs <= nowMs) await takeTurn(turn, own, parts);
    else if (!(await idle(turn.kind === 'send' ? openAtMs : turn.untilMs, rest, parts))) return;
  }
  await untilAborted(poison.allLetters(), signal).catch(() => undefined);
}

/** Waits until that time, or for a letter. @returns whether anything can come of it */
async function idle(untilMs: number, lanes: readonly Lane[], parts: DeliveryParts): Promise<boolean> {
  const { deadline, ledger, poison } = parts;
  if (untilMs < Number.POSITIVE_INFINITY || poison.hasLetters()) {
    await pause(Math.min(untilMs, deadline.sendUntilMs), lanes, parts);
    return true;
  }
  // Lanes wait for nothing but each other.
  if (!ledger.forgetCarried()) return false;
  for (const lane of lanes) lane.stuckAt = undefined;
  return true;
}

async function takeTurn(turn: Sending, own: Gate, parts: DeliveryParts) {
  const { clock, evidence, gate, judge } = parts;
  const isProbing = [own.enter(clock.nowMs()), gate.enter(clock.nowMs())].includes(true);
  // What another collection met may have shut the gate since: what is left of this one's wave waits then as well.
  const maySend = () => parts.maySend() && (isProbing || gate.openAtMs() <= clock.nowMs());
  const shutAll = () => gate.shut(clock.nowMs());
  const options = { isProbing, leavesSome: turn.leavesSome };
  const waves = turn.alone ? turn.steps.map((step) => [step]) : [turn.steps];
  for (const steps of isProbing ? waves.slice(0, 1) : waves) {
    const judged = await sendWave(steps, options, { ...parts, maySend, shutAll });
    turnGates(judged, own, parts);
    const nowMs = clock.nowMs();
    const retryAtMs = retryTimeOf(judged, nowMs, parts);
    judge.recordWave(judged, { nowMs, retryAtMs });
    if (Math.max(own.openAtMs(), gate.openAtMs()) > nowMs) return;
    const [step] = steps;
    if (step === undefined || !evidence.takeWish(step.lane.target)) continue;
    const probed = await sendProbe(parts);
    if (probed === true) evidence.noteProbe(step.lane.target, nowMs);
    else if (probed !== false) turnGates([{ step, verdict: { ...probed, companyCount: 1 } }], own, parts);
  }
}

/** One moment for everything of the wave that is tried again. */
function retryTimeOf(judged: readonly Judged[], nowMs: number, { random }: DeliveryParts): number {
  const attempt = 1 + Math.max(...judged.map(({ step }) => step.lane.attempts));
  return nowMs + fullJitterMs(attempt, random());
}

function turnGates(judged: readonly Judged[], own: Gate, { clock, gate }: DeliveryParts): void {
  if (judged.length === 0) return; // nothing was sent
  const fatal = judged.map(({ verdict }) => verdict).find(({ kind }) => kind === 'fatal');
  const credentials = judged.some(({ verdict }) => verdict.kind === 'credentials');
  const nowMs = clock.nowMs();
  if (fatal === undefined && !credentials) {
    own.open();
    gate.open();
  } else if (fatal?.kind === 'fatal' && !fatal.everywhere) {
    own.shut(nowMs);
    gate.open();
  } else if (fatal !== undefined || !gate.takeSecondChance()) gate.shut(nowMs);
}

/** Until that time, or until a letter frees a lane: its own, or one that waits for others because of a unique index. */
async function pause(untilMs: number, lanes: readonly Lane[], parts: DeliveryParts): Promise<void> {
  const { clock, namespace, poison, signal, uniqueOrder } = parts;
  const isAnyStuck = uniqueOrder.matters(namespace) || lanes.some(({ stuckAt }) => stuckAt !== undefined);
  const wake = new AbortController();
  const timer = clock.waitUntil(untilMs, AbortSignal.any([signal, wake.signal]));
  await Promise.race([timer, isAnyStuck ? poison.nextLetter() : poison.nextFreedom()]);
  wake.abort('woken');
}
