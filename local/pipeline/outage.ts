import type { Clock } from '../../shared/time/clock.ts';
import type { RunningSink } from './pipeline.ts';
import type { Target } from './targets.ts';

/** A target with the counts of its function. */
export interface Affected {
  readonly target: Target;
  /** The number of settled records. */
  readonly settledCount: () => number;
  /** The number of records handed back and of failed invocations: an increase shows that the function noticed the outage. */
  readonly troubleCount: () => number;
}

/** @throws Error if the target's function does not run */
export function affectedBy(target: Target, sinks: readonly RunningSink[]): Affected {
  const sink = sinks.find(({ name }) => name === target.sinkName);
  if (sink === undefined) throw new Error(`The function ${target.sinkName} does not run`);
  return {
    target,
    settledCount: () => sink.trigger.counters().recordsSucceeded,
    troubleCount: () => sink.batches.unsettled + sink.trigger.counters().invocationsEnded.failed,
  };
}

export interface OutageOptions {
  readonly recordCount: number;
  readonly affected: readonly Affected[];
  readonly produce: (count: number) => Promise<void>;
  readonly say: (line: string) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const POLL_MS = 50;
/** Longer than a function of this pipeline takes to hand records back. */
const STALL_MS_MAX = 120_000;
/** Produced during the outage, so that there are records to hand back even if all others were fast. */
const HELD_BACK_SHARE = 0.1;

/**
 * Produces the records. Stops each target when half of the records are settled there, and starts it when its function has
 * handed records back. Ends early if the signal aborts.
 * @throws Error if no record is settled, or no function hands a record back, for two minutes
 */
export async function produceThroughOutage(options: OutageOptions): Promise<void> {
  const { recordCount, affected, produce } = options;
  const heldBackCount = Math.max(1, Math.floor(recordCount * HELD_BACK_SHARE));
  await produce(recordCount - heldBackCount);
  const outages = affected.map((each) => beginHalfWay(each, options));
  const endings = outages.map(async (outage) => await (await outage)?.());
  await Promise.all([Promise.all(outages).then(() => produce(heldBackCount)), ...endings]);
}

type EndOutage = () => Promise<void>;

/** @returns a function that waits until the outage is noticed, and then ends it; undefined if the outage did not begin */
async function beginHalfWay(affected: Affected, options: OutageOptions): Promise<EndOutage | undefined> {
  const { target, settledCount, troubleCount } = affected;
  const half = Math.floor(options.recordCount / 2);
  if (!(await reaches(settledCount, half, `${target.sinkName} settled no record`, options))) return undefined;
  const troubleBefore = troubleCount();
  await target.takeAway();
  const settled = `${target.sinkName} had settled ${settledCount()} records`;
  options.say(`Outage: ${target.title} ${target.takenAwayBy}; ${settled}`);
  return async () => await endWhenNoticed(affected, troubleBefore, options);
}

async function endWhenNoticed(
  { target, troubleCount }: Affected,
  troubleBefore: number,
  options: OutageOptions,
): Promise<void> {
  const { clock, say } = options;
  const startMs = clock.nowMs();
  const seconds = () => `${((clock.nowMs() - startMs) / 1_000).toFixed(1)} s`;
  if (!(await reaches(troubleCount, troubleBefore + 1, `${target.sinkName} handed no record back`, options))) return;
  say(`${target.sinkName} handed records back after ${seconds()}`);
  await target.bringBack();
  say(`Outage over: ${target.title} is available again after ${seconds()}`);
}

/** Returns true once the count is reached, or false when the signal aborts. */
async function reaches(
  count: () => number,
  goal: number,
  problem: string,
  { clock, signal }: Pick<OutageOptions, 'clock' | 'signal'>,
): Promise<boolean> {
  let last = count();
  let movedAtMs = clock.nowMs();
  while (count() < goal) {
    if (signal.aborted) return false;
    if (count() !== last) movedAtMs = clock.nowMs();
    last = count();
    if (clock.nowMs() - movedAtMs > STALL_MS_MAX) throw new Error(`${problem} for ${STALL_MS_MAX / 1_000} s.`);
    await clock.waitUntil(clock.nowMs() + POLL_MS, signal);
  }
  return true;
}
