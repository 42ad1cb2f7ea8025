import { describe, expect, it } from 'vitest';
import { createCommitter } from '../../../../../local/msk-trigger/runtime/committer.ts';
import { VirtualClock } from '../../../../support/virtual-clock.ts';

/** Notes what is sent, and lets the test decide how each sending ends. */
function aBroker() {
  const sent: { offsets: Record<number, number>; end: PromiseWithResolvers<void> }[] = [];
  const send = (offsets: ReadonlyMap<number, number>) => {
    const end = Promise.withResolvers<void>();
    sent.push({ offsets: Object.fromEntries(offsets), end });
    return end.promise;
  };
  return { send, sent, offsets: () => sent.map((sending) => sending.offsets) };
}

describe('the committer', () => {
  it('has one commit on its way, and sends what came meanwhile together, the latest of each partition', async () => {
    const clock = new VirtualClock();
    const broker = aBroker();
    const committer = createCommitter(clock, broker.send);
    committer.add(0, 1);
    committer.add(0, 2);
    committer.add(1, 5);
    committer.add(0, 3);
    expect(broker.offsets()).toEqual([{ 0: 1 }]);
    broker.sent[0]?.end.resolve();
    await clock.advance(0);
    expect(broker.offsets()).toEqual([{ 0: 1 }, { 0: 3, 1: 5 }]);
    broker.sent[1]?.end.resolve();
    await committer.settled();
    expect(broker.sent).toHaveLength(2);
    committer.add(0, 4);
    expect(broker.offsets().at(-1), 'of a poller that was idle').toEqual({ 0: 4 });
  });

  it('sends a failed commit again, but never an older offset than it knows', async () => {
    const clock = new VirtualClock();
    const broker = aBroker();
    const committer = createCommitter(clock, broker.send);
    committer.add(0, 1);
    committer.add(1, 7);
    broker.sent[0]?.end.reject(new Error('coordinator is away'));
    committer.add(0, 2);
    await clock.advance(499);
    expect(broker.sent).toHaveLength(1);
    await clock.advance(1);
    expect(broker.offsets()[1]).toEqual({ 0: 2, 1: 7 });
  });

  it('gives up when it is stopped', async () => {
    const clock = new VirtualClock();
    const broker = aBroker();
    const committer = createCommitter(clock, broker.send);
    committer.add(0, 1);
    broker.sent[0]?.end.reject(new Error('coordinator is away'));
    committer.stop();
    await committer.settled();
    expect(broker.sent).toHaveLength(1);
  });
});
