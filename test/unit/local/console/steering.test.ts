import { describe, expect, it } from 'vitest';
import { createSteering } from '../../../../local/console/acts/steering.ts';
import { awayAndBack } from '../../../../local/pipeline/targets.ts';
import type { Session } from '../../../../local/session.ts';

/** The buttons of a session that notes what they do. */
function aSteering({ isSigned = false } = {}) {
  const done: unknown[] = [];
  const engine = () =>
    awayAndBack(
      () => Promise.resolve(),
      () => Promise.resolve(),
    );
  const session = {
    kafka: engine(),
    targets: { kinesis: engine(), documentdb: engine() },
    kinesisProxy: { setFaults: (faults: object) => done.push(faults) },
    documents: { setRule: async (isOn: boolean) => done.push({ isOn }) },
    feed: {
      producePoison: async (kind: string) => {
        done.push(kind);
        return { partition: 1, offset: 2 };
      },
    },
    pipeline: { sinks: [{ trigger: { partialFailuresReadAs: (reading: string) => done.push(reading) } }] },
    stage: { topic: 'orders' },
  } as unknown as Session;
  return { ...createSteering({ session, partialFailureRetry: 'fromLowest', isSigned }), done };
}

describe('the faults of Kinesis', () => {
  it('are set one by one, and each stays when the other changes', async () => {
    const { steer, controls, done } = aSteering();
    expect(await steer({ kind: 'throttle', share: 0.3 })).toBe('Kinesis throttles 30 % of the requests');
    expect(await steer({ kind: 'refuse', share: 0.1 })).toBe('Kinesis refuses 10 % of the entries');
    expect(done).toEqual([
      { throttled: 0.3, withheld: 0 },
      { throttled: 0.3, withheld: 0.1 },
    ]);
    expect(controls()).toMatchObject({ throttledShare: 0.3, refusedShare: 0.1 });
  });

  it('refuse no entry where the local AWS checks signatures, and may be set to none', async () => {
    const { steer, done } = aSteering({ isSigned: true });
    await expect(steer({ kind: 'refuse', share: 0.1 })).rejects.toThrow('checks signatures');
    expect(done).toEqual([]);
    await steer({ kind: 'refuse', share: 0 });
    expect(done).toEqual([{ throttled: 0, withheld: 0 }]);
  });
});

describe('the buttons', () => {
  it('make the collection refuse a poison record before the record is sent', async () => {
    const { steer, controls, done } = aSteering();
    expect(await steer({ kind: 'poison', poison: 'refused' })).toBe('A poison record is in Kafka: orders-1@2');
    expect(done).toEqual([{ isOn: true }, 'refused']);
    expect(controls().isRuleOn).toBe(true);
  });

  it('show how partial answers are read now', async () => {
    const { steer, controls, done } = aSteering();
    await steer({ kind: 'retryReading', reading: 'listedOnly' });
    expect([controls().partialFailureRetry, done]).toEqual(['listedOnly', ['listedOnly']]);
  });

  it('send nothing to an engine that is stopped', async () => {
    const { steer, done } = aSteering();
    for (const engine of ['kafka', 'documentdb'] as const) await steer({ kind: 'engine', engine, isAway: true });
    await expect(steer({ kind: 'poison', poison: 'notJson' })).rejects.toThrow('Kafka is stopped');
    await expect(steer({ kind: 'produce', count: 1 })).rejects.toThrow('Kafka is stopped');
    await expect(steer({ kind: 'rule', isOn: true })).rejects.toThrow('DocumentDB is stopped');
    expect(done).toEqual([]);
  });
});
