import { describe, expect, it } from 'vitest';
import { drive, type Work } from '../../../../shared/delivery/drive.ts';
import { createTasks } from '../../../../shared/delivery/tasks.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const START_MS = 1_000;
const deadline = { sendUntilMs: START_MS + 100, answerByMs: START_MS + 150 };

/** Drives work that notes each start, by the time since the beginning. */
function driving(work: (parts: { startedAtMs: number[]; start: (durationMs: number) => void }) => Partial<Work>) {
  const clock = new VirtualClock({ nowMs: START_MS });
  const tasks = createTasks();
  const startedAtMs: number[] = [];
  const given = work({ startedAtMs, start: (durationMs) => tasks.start(clock.sleep(durationMs)) });
  const driven = drive(
    {
      nextWakeAtMs: () => undefined,
      ...given,
      start(nowMs) {
        startedAtMs.push(nowMs - START_MS);
        given.start?.(nowMs);
      },
    },
    { clock, deadline, tasks: [createTasks(), tasks] },
  );
  const run = async () => {
    await clock.run(driven);
    return clock.nowMs() - START_MS;
  };
  return { clock, startedAtMs, run };
}

describe('driving', () => {
  it('ends at once if nothing is open and nothing will start', async () => {
    const { run, startedAtMs } = driving(() => ({}));
    expect([await run(), startedAtMs]).toEqual([0, [0]]);
  });

  it('starts again whenever a task ends, and leaves no timer behind', async () => {
    const { run, startedAtMs, clock } = driving(({ startedAtMs: starts, start }) => ({
      start: () => {
        if (starts.length === 1) for (const durationMs of [30, 10]) start(durationMs);
      },
    }));
    expect([await run(), startedAtMs]).toEqual([30, [0, 10, 30]]);
    expect(clock.waitingCount()).toBe(0);
  });

  it('starts again at the time that the work names', async () => {
    const { run, startedAtMs } = driving(({ startedAtMs: starts }) => ({
      nextWakeAtMs: (nowMs) => (starts.length < 3 ? nowMs + 20 : undefined),
    }));
    expect([await run(), startedAtMs]).toEqual([40, [0, 20, 40]]);
  });

  it.each([
    { wakeMs: 99, ends: 99, starts: [0, 99] },
    { wakeMs: 100, ends: 0, starts: [0] },
    { wakeMs: 120, ends: 0, starts: [0] },
  ])('waits for nothing that may not start before sendUntilMs: $wakeMs', async ({ wakeMs, ends, starts }) => {
    const { run, startedAtMs } = driving(({ startedAtMs: all }) => ({
      nextWakeAtMs: () => (all.length === 1 ? START_MS + wakeMs : undefined),
    }));
    expect([await run(), startedAtMs]).toEqual([ends, starts]);
  });

  it.each([
    { what: 'for what is open until answerByMs', lastMs: 150, ends: 150 },
    { what: 'a moment for calls that were aborted then, and end a little later', lastMs: 152, ends: 152 },
    { what: 'no longer for a task that does not end', lastMs: 5_000, ends: 200 },
  ])('starts nothing from sendUntilMs on, and waits $what', async ({ lastMs, ends }) => {
    const { run, startedAtMs, clock } = driving(({ startedAtMs: starts, start }) => ({
      start: () => {
        if (starts.length === 1) for (const durationMs of [99, 100, 120, lastMs]) start(durationMs);
      },
    }));
    expect([await run(), startedAtMs]).toEqual([ends, [0, 99]]);
    expect(clock.waitingCount()).toBe(lastMs > ends ? 1 : 0);
  });

  it('asks the work to unblock while nothing is open, and ends when that changes nothing', async () => {
    const answers = [true, true, false];
    const { run, startedAtMs } = driving(() => ({ unblock: () => answers.shift() ?? false }));
    expect([await run(), startedAtMs, answers]).toEqual([0, [0, 0, 0], []]);
  });

  it('unblocks nothing while a task is open, nor from sendUntilMs on', async () => {
    const unblockedAtMs: number[] = [];
    const { run, clock } = driving(({ startedAtMs: starts, start }) => ({
      start: () => {
        if (starts.length === 1) start(40);
        if (starts.length === 2) start(60);
      },
      unblock: () => {
        unblockedAtMs.push(clock.nowMs() - START_MS);
        return false;
      },
    }));
    expect([await run(), unblockedAtMs]).toEqual([100, []]);
  });

  it('does nothing from answerByMs on', async () => {
    const clock = new VirtualClock({ nowMs: deadline.answerByMs });
    const start = () => {
      throw new Error('nothing may start');
    };
    await clock.run(drive({ start, nextWakeAtMs: start }, { clock, deadline, tasks: [createTasks()] }));
  });

  it('rejects because of a bug in a task', async () => {
    const clock = new VirtualClock({ nowMs: START_MS });
    const tasks = createTasks();
    const work = { start: () => tasks.start(Promise.reject(new TypeError('a bug'))), nextWakeAtMs: () => undefined };
    await expect(clock.run(drive(work, { clock, deadline, tasks: [tasks] }))).rejects.toThrow('a bug');
  });
});
