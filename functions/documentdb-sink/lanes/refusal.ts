import {
  DOUBT_PAUSE_MS,
  HALVINGS_MAX,
  LOST_ANSWERS_MAX,
  NEIGHBOUR_MS,
  REFUSALS_MAX,
  THROTTLE_PAUSE_MS,
} from '../limits.ts';
import type { HeadTrial } from './entry.ts';
import type { Doubt } from './evidence.ts';
import { asFarAsKnown } from './failures.ts';
import type { Moment, WriteResult } from './write-result.ts';

export type Refused = WriteResult & { readonly kind: 'refused' };

/**
 * The command took too long, or its connection ended again and again: its size may be the cause, or one of its documents, which
 * must not hold the others. While nothing shows that the collection takes writes, the parts do not get ever smaller.
 */
export function isTooMuch(
  { attempts }: HeadTrial,
  { isTooSlow, failure }: WriteResult & { readonly kind: 'retry' },
  { evidence, nowMs, target }: Pick<Moment, 'evidence' | 'nowMs'> & Pick<RefusedStep, 'target'>,
): boolean {
  const isLost = failure.code === 'target_unreachable' && failure.mayBeWritten && attempts >= LOST_ANSWERS_MAX;
  const mayHalve = attempts < LOST_ANSWERS_MAX + HALVINGS_MAX || evidence.hasTakenSince(target, nowMs - NEIGHBOUR_MS);
  return isTooSlow === true || (isLost && mayHalve);
}

interface RefusedStep {
  readonly refusal: Refused;
  /** Number of entries in the fold. */
  readonly count: number;
  readonly target: string;
}

/** What is done about a refused write. */
export interface Verdict {
  readonly trial: Partial<HeadTrial>;
  readonly splitsFold: boolean;
  readonly needsProbe: boolean;
  readonly isToBlame: boolean;
}

/**
 * Either the write or the target caused the refusal. While the target accepts other writes, the refused write is sent
 * in ever smaller commands, and a fold in ever smaller parts. A single write that is refused repeatedly is to blame.
 */
export function judgeRefusal(trial: HeadTrial, { refusal, count, target }: RefusedStep, moment: Moment): Verdict {
  const { evidence, nowMs, retryAtMs } = moment;
  const { commandSize } = refusal;
  const doubt = doubtOf(trial.doubt, { refusal, count, target }, nowMs);
  const failure = asFarAsKnown(trial, { ...refusal.failure, retryable: true });
  const readyAtMs = nowMs + (refusal.evidence === 'write' ? THROTTLE_PAUSE_MS : DOUBT_PAUSE_MS);
  const known = { doubt, failure, readyAtMs };
  /** A smaller command is sent without a pause. */
  const halved = { ...known, commandSizeMax: Math.ceil(commandSize / 2), readyAtMs: nowMs };
  const isOfCommand = !refusal.isNamed && commandSize > 1;
  if (isOfCommand && !refusal.failure.mayBeWritten) return verdict(halved);
  if (!evidence.hasTakenSince(target, doubt.sinceMs)) {
    const needsProbe = trial.doubt !== undefined;
    return { ...verdict({ ...known, readyAtMs: Math.max(readyAtMs, retryAtMs) }), needsProbe };
  }
  if (isOfCommand) return verdict(halved);
  if (commandSize > 1) return verdict({ ...known, commandSizeMax: 1 });
  if (count > 1) return { ...verdict({ ...known, readyAtMs: nowMs }), splitsFold: true };
  if (doubt.refusals < REFUSALS_MAX) return verdict(known);
  if (!evidence.hasTakenSince(target, doubt.previousMs)) return { ...verdict(known), needsProbe: true };
  const isRefusedOftenEnough = doubt.refusals > REFUSALS_MAX;
  return { ...verdict(known), isToBlame: isRefusedOftenEnough && evidence.blames(target, doubt, refusal.evidence) };
}

const verdict = (trial: Partial<HeadTrial>): Verdict => ({
  trial,
  splitsFold: false,
  needsProbe: false,
  isToBlame: false,
});

function doubtOf(earlier: Doubt | undefined, { refusal, count }: RefusedStep, nowMs: number): Doubt {
  const { code, isNamed, commandSize } = refusal;
  const known = earlier?.code === code ? earlier : undefined;
  const all = earlier === undefined ? [] : [earlier, ...earlier.others];
  const isOwn = isNamed || commandSize === 1;
  return {
    code,
    sinceMs: known?.sinceMs ?? nowMs,
    previousMs: known?.lastMs ?? nowMs,
    lastMs: nowMs,
    refusals: (known?.refusals ?? 0) + Number(isOwn && count === 1),
    entryCount: isOwn ? count : 0,
    others: all.filter((other) => other.code !== code).map(({ code, entryCount }) => ({ code, entryCount })),
  };
}
