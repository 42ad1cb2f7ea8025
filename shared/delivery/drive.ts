import type { Clock } from '../time/clock.ts';
import type { Deadline } from '../time/deadline.ts';
import type { Tasks } from './tasks.ts';

/** Work that is done in tasks, each of which may make others possible. */
export interface Work {
  /** Starts every task that may start now. */
  start(nowMs: number): void;
  /** When a task may start although none has ended; undefined or `Infinity` if that is not possible. */
  nextWakeAtMs(nowMs: number): number | undefined;
  /** Called when no task is open and none will start by itself. @returns whether anything may start now */
  unblock?(): boolean;
}

export interface DriveParts {
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly tasks: readonly Tasks[];
}

/**
 * Open calls are aborted at `answerByMs`. The timer that aborts them may be a little later than the one that ends the wait, and
 * the outcome of a record that was sent is what its aborted call says.
 */
const ABORTED_ENDS_MS_MAX = 50;

/**
 * Starts whatever may start, then waits for the end of one task, until nothing is left or `answerByMs` is reached. No task
 * waits for others that were started with it. Nothing starts after `sendUntilMs`. Resolves at `answerByMs`, or a moment later
 * while tasks that were aborted then have not ended.
 */
export async function drive(work: Work, { clock, deadline, tasks }: DriveParts): Promise<void> {
  const isAnyOpen = () => tasks.some((each) => each.openCount() > 0);
  for (let nowMs = clock.nowMs(); nowMs < deadline.answerByMs; nowMs = clock.nowMs()) {
    const wakeAtMs = begin(work, nowMs, deadline);
    if (wakeAtMs === undefined && !isAnyOpen()) {
      if (nowMs >= deadline.sendUntilMs || work.unblock?.() !== true) return;
      continue;
    }
    await nextEnd(tasks, clock, wakeAtMs ?? deadline.answerByMs);
  }
  const leaveAtMs = deadline.answerByMs + ABORTED_ENDS_MS_MAX;
  while (isAnyOpen() && clock.nowMs() < leaveAtMs) await nextEnd(tasks, clock, leaveAtMs);
}

/** Waits for the end of one task, and no longer than to that time. */
async function nextEnd(tasks: readonly Tasks[], clock: Clock, untilMs: number): Promise<void> {
  const woken = new AbortController();
  await Promise.race([...tasks.map((each) => each.nextEnd()), clock.waitUntil(untilMs, woken.signal)]);
  woken.abort('woken');
}

/** @returns when a task may start although none has ended; undefined if that is not possible before `sendUntilMs` */
function begin(work: Work, nowMs: number, { sendUntilMs }: Deadline): number | undefined {
  if (nowMs >= sendUntilMs) return undefined;
  work.start(nowMs);
  const wakeAtMs = work.nextWakeAtMs(nowMs);
  return wakeAtMs !== undefined && wakeAtMs < sendUntilMs ? wakeAtMs : undefined;
}
