// The whole pipeline while engines and functions are killed and targets fail; then everything is read back.
import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../../local/engines/kinesis-proxy/kinesis-faults.ts';
import type { FaultCounts } from '../../../local/engines/kinesis-proxy/kinesis-proxy.ts';
import type { PartialFailureRetry } from '../../../local/msk-trigger/machine/settings.ts';
import { seededRandom } from '../../../local/seeded-random.ts';
import { FAULTS_SEED, useFaultSession } from '../../support/fault-session.ts';

/** Each reading is a file of its own: the two sessions have engines of their own, and run side by side. */
export function describeAllFaults(partialFailureRetry: PartialFailureRetry): void {
  describe(`a session with partial answers read as ${partialFailureRetry}, seed ${FAULTS_SEED}`, () => {
    const faults = useFaultSession(partialFailureRetry);

    it('all of it at once, in an order and at moments of the seed', async () => {
      const { kinesisProxy } = faults.session;
      const random = seededRandom(FAULTS_SEED);
      // Nothing is produced while Kafka is away: whether it was stored then nobody could say.
      const oneAfterTheOther = exclusive();
      const step = async (act: () => Promise<unknown>) => {
        await oneAfterTheOther(() => faults.session.produce(50 + Math.floor(random() * 300)));
        await faults.acts.inTheMidst(random() < 0.5 ? 'kinesisSink' : 'documentdbSink');
        await act();
      };
      const inAnyOrder = async (those: readonly (() => Promise<unknown>)[]) => {
        for (const act of shuffled(those, random)) await step(act);
      };
      kinesisProxy.setFaults({ reset: 0.1, throttled: 0.1, failed: 0.1, cut: 0.1, delayed: 0.1 });
      const faultsBefore = faultCount(kinesisProxy.counts());
      await Promise.all([
        inAnyOrder([
          () => oneAfterTheOther(faults.acts.killKafka),
          () => oneAfterTheOther(faults.acts.killKafka),
          () => faults.acts.killFunction('kinesisSink'),
          () => faults.acts.killFunction('kinesisSink'),
          () => faults.acts.killFunction('documentdbSink'),
          () => faults.acts.killFunction('documentdbSink'),
        ]),
        inAnyOrder([
          faults.acts.killDocumentDb,
          faults.acts.killDocumentDb,
          () => faults.acts.failWrites({ errorCode: 10107 }, 2),
          () => faults.acts.failWrites({ closeConnection: true }, 2),
          () => faults.acts.failWrites({ writeConcernError: { code: 64, errmsg: 'waiting timed out' } }, 2),
          () => faults.acts.changePassword().then(() => step(faults.acts.restorePassword)),
        ]),
        inAnyOrder([
          () => kinesisProxy.refuse().then(() => step(kinesisProxy.accept)),
          async () => kinesisProxy.expireSessions(),
          async () => kinesisProxy.expireSessions(),
          async () => kinesisProxy.setFaults({ reset: 0.2, cut: 0.3 }),
          async () => kinesisProxy.setFaults({ throttled: 0.2, failed: 0.2, delayed: 0.2 }),
          async () => kinesisProxy.setFaults({ delayed: 0.3, cut: 0.3 }),
        ]),
      ]);
      kinesisProxy.setFaults({});
      expect(await faults.violations()).toEqual([]);
      expect(faultCount(kinesisProxy.counts())).toBeGreaterThan(faultsBefore);
    });
  });
}

const faultCount = (counts: FaultCounts): number => FAULTS.reduce((sum, fault) => sum + counts[fault], 0);

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  const left = [...items];
  return items.flatMap(() => left.splice(Math.floor(random() * left.length), 1));
}

/** Works given to it run one after the other. */
function exclusive(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const own = last.then(work);
    last = own.catch(() => undefined);
    return own;
  };
}
