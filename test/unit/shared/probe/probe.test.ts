import { describe, expect, it } from 'vitest';
import { answerProbe, inTurn, type Step } from '../../../../shared/probe/probe.ts';
import { deadlineIn } from '../../../support/builders.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const { signal } = new AbortController();
const explain = (error: unknown) => `explained: ${error instanceof Error ? error.name : 'nothing'}`;
const ok = (title: string): Step => ({ title, run: () => Promise.resolve(`${title} works`) });
const failing = (title: string): Step => ({ title, run: () => Promise.reject(new RangeError('foreign words')) });

describe('the steps of a probe', () => {
  it('run one after another, and each says what it found', async () => {
    expect(await inTurn([ok('connection'), ok('write')], explain)(signal)).toEqual([
      { title: 'connection', status: 'ok', found: 'connection works' },
      { title: 'write', status: 'ok', found: 'write works' },
    ]);
  });

  it('go on behind a concern, which has a remedy', async () => {
    const concern = { found: 'there is no unique index', remedy: 'create one' };
    const index: Step = { title: 'index', run: () => Promise.resolve(concern) };
    expect(await inTurn([index, ok('write')], explain)(signal)).toEqual([
      { title: 'index', status: 'warning', ...concern },
      { title: 'write', status: 'ok', found: 'write works' },
    ]);
  });

  it('end with the first that fails, but for those that clean up; no foreign message is told', async () => {
    const cleanUp: Step = { ...ok('delete'), isCleanUp: true };
    expect(await inTurn([ok('connection'), failing('write'), ok('read'), cleanUp], explain)(signal)).toEqual([
      { title: 'connection', status: 'ok', found: 'connection works' },
      { title: 'write', status: 'failed', found: 'explained: RangeError' },
      { title: 'delete', status: 'ok', found: 'delete works' },
    ]);
  });

  it('have the signal that ends them', async () => {
    const seen: AbortSignal[] = [];
    const step: Step = { title: 'connection', run: async (given) => String(seen.push(given)) };
    await inTurn([step], explain)(signal);
    expect(seen).toEqual([signal]);
  });
});

describe('the answer to a probe', () => {
  it.each([
    { name: 'is given', probe: () => Promise.resolve([]) },
    { name: 'fails', probe: () => Promise.reject(new RangeError('bug')) },
  ])('leaves no timer behind when it $name', async ({ probe }) => {
    const clock = new VirtualClock();
    await answerProbe(probe, deadlineIn(clock.nowMs()), clock).catch(() => undefined);
    expect(clock.waitingCount()).toBe(0);
  });
});
