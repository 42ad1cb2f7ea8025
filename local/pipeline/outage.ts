import type { Clock } from '../../shared/clock.ts';
import type { RunningSink } from './pipeline.ts';
import type { Target } from './targets.ts';

/** A target with what its function has done so far. */
export interface Affected {
  readonly target: Target;
  /** Records that are settled. */
  readonly settledCount: () => number;
  /** Records handed back and invocations that failed: it has noticed when this grows. */
  readonly troubleCount: () => number;
}

/** @throws Error when the function that writes to the target is not among those that run */
export function affectedBy(target: Target, sinks: readonly RunningSink[]): Affected {
  const sink = sinks.find(({ name }) => name === target.sinkName);
  if (sink === undefined) throw new Error(`${target.sinkName} does not run`);
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
/** Longer than a function of this pipeline may take to hand records back. */
const STALL_MS_MAX = 120_000;
/** Produced only once the targets are away, so that there is something to hand back, however few and fast the others were. */
const HELD_BACK_SHARE = 0.1;

/**
 * Produces the records; takes each target away when half of them are settled there, and brings it back when its function has
 * handed records back. Ends early when the signal aborts.
 * @throws Error when nothing is settled, or nobody notices, for two minutes
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

/** @returns what waits until the outage is noticed, and ends it; undefined when it did not begin */
async function beginHalfWay(affected: Affected, options: OutageOptions): Promise<EndOutage | undefined> {
  const { target, settledCount, troubleCount } = affected;
  const half = Math.floor(options.recordCount / 2);
  if (!(await reaches(settledCount, half, `${target.sinkName} settled nothing`, options))) return undefined;
  const troubleBefore = troubleCount();
  await target.takeAway();
  const settled = `${target.sinkName} had settled ${settledCount()} records`;
  options.say(`${target.title} is away, ${target.takenAwayBy}; ${settled}`);
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
  if (!(await reaches(troubleCount, troubleBefore + 1, `${target.sinkName} handed nothing back`, options))) return;
  say(`${target.sinkName} handed records back after ${seconds()}`);
  await target.bringBack();
  say(`${target.title} is back after ${seconds()}`);
}

/** True once the count is that high, false when the signal aborts. */
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
