// The whole pipeline while engines and functions are killed and targets fail, at moments that a seed chooses; then everything
// is read back. FAULTS_SEED=<seed> plays a run again, as far as processes of their own allow.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { FAULTS } from '../../../local/engines/kinesis-proxy/kinesis-faults.ts';
import type { FaultCounts } from '../../../local/engines/kinesis-proxy/kinesis-proxy.ts';
import type { PartialFailureRetry } from '../../../local/msk-trigger/machine/settings.ts';
import { seededRandom } from '../../../local/seeded-random.ts';
import { type Session, startSession } from '../../../local/session.ts';
import { type FaultActs, faultActs } from '../../support/fault-acts.ts';
import { packageOnce } from '../../support/package-once.ts';

const SEED = Number(process.env['FAULTS_SEED'] ?? 1 + Math.floor(Math.random() * 999_999));
const DRAIN_MS_MAX = 180_000;
/** A batch or two of each partition: all that was produced so far is read back after each fault. */
const RECORDS = 400;

/**
 * Each reading is a file of its own: the two sessions have engines of their own, and run side by side.
 * @param faults `one by one` and then all at once, or only `all at once`: what a single fault does is the same in each reading
 */
export function describeFaults(partialFailureRetry: PartialFailureRetry, faults: 'one by one' | 'all at once'): void {
  describe(`a session with partial answers read as ${partialFailureRetry}, seed ${SEED}`, () => {
    let folder: string;
    let session: Session;
    let acts: FaultActs;
    const said: string[] = [];

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'msk-sinks-'));
      session = await startSession({
        folder: join(folder, 'run'),
        endpointsFile: join(folder, 'endpoints.json'),
        partialFailureRetry,
        seed: SEED,
        valueBytes: 1024,
        progress: (line) => said.push(line),
        packageStage: packageOnce(inject('runFolder')),
      });
      acts = faultActs(session);
    });
    afterAll(async () => {
      await acts?.close();
      await session?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    /** What is wrong once everything is consumed: with all that this session has produced so far. */
    const violations = async () => {
      expect(await session.drained(AbortSignal.timeout(DRAIN_MS_MAX))).toBe(true);
      return (await session.check()).filter(({ passed }) => !passed);
    };

    /** A fault can fall between two batches, or two commands: then it happens again. */
    const untilItShows = async (count: () => number, happen: () => Promise<void>) => {
      const before = count();
      for (let times = 0; count() === before; times += 1) {
        expect(times).toBeLessThan(10);
        await happen();
      }
    };

    if (faults === 'one by one') {
      it('Kafka is killed, and starts again on its data', async () => {
        await session.produce(RECORDS);
        await acts.inTheMidst('documentdbSink');
        await acts.killKafka();
        await session.produce(RECORDS);
        expect(await violations()).toEqual([]);
        expect(said).toContainEqual(expect.stringContaining('fetch_failed'));
      });

      it.each(['kinesisSink', 'documentdbSink'] as const)('%s is killed in the midst of a batch', async (name) => {
        const { trigger } = acts.sink(name);
        await untilItShows(
          () => trigger.counters().invocationsEnded.failed,
          async () => {
            await session.produce(RECORDS);
            await acts.inTheMidst(name);
            await acts.killFunction(name);
            expect(await violations()).toEqual([]);
          },
        );
      });

      it('DocumentDB is killed in the midst of a batch, and starts again on its data', async () => {
        await untilItShows(
          () => acts.sink('documentdbSink').batches.retries,
          async () => {
            await session.produce(RECORDS);
            await acts.inTheMidst('documentdbSink');
            await acts.killDocumentDb();
            expect(await violations()).toEqual([]);
          },
        );
      });

      it.each([
        { what: '10107, not the primary', failPoint: { errorCode: 10107 } },
        { what: 'a lost connection', failPoint: { closeConnection: true } },
        { what: 'a write concern error', failPoint: { writeConcernError: { code: 64, errmsg: 'waiting timed out' } } },
      ])('DocumentDB answers writes with $what', async ({ failPoint }) => {
        const { batches } = acts.sink('documentdbSink');
        const retriesBefore = batches.retries;
        await acts.failWrites(failPoint, 3);
        await session.produce(RECORDS);
        expect(await violations()).toEqual([]);
        expect(batches.retries).toBeGreaterThan(retriesBefore);
      });

      it('the password of DocumentDB is changed together with the secret', async () => {
        await session.produce(300);
        await acts.inTheMidst('documentdbSink');
        expect(await acts.changePassword()).toEqual({ isOldAccepted: false });
        await session.produce(300);
        expect(await violations()).toEqual([]);
        await acts.restorePassword();
        await session.produce(300);
        expect(await violations()).toEqual([]);
      });

      it('Kinesis refuses connections for longer than its function may try', async () => {
        await session.produce(RECORDS / 2);
        await acts.inTheMidst('kinesisSink');
        const refused = acts.refuseKinesis();
        await session.produce(RECORDS / 2);
        await refused;
        expect(await violations()).toEqual([]);
      });

      it.each(FAULTS)('Kinesis, by its proxy: %s', async (fault) => {
        const { kinesisProxy } = session;
        // A delayed request is answered in the end; with any other fault some must be spared.
        kinesisProxy.setFaults({ [fault]: fault === 'delayed' ? 1 : 0.5 });
        await untilItShows(
          () => kinesisProxy.counts()[fault],
          async () => {
            await session.produce(RECORDS);
            expect(await violations()).toEqual([]);
          },
        );
        kinesisProxy.setFaults({});
      });

      it('the session of the role expires', async () => {
        await untilItShows(
          () => session.kinesisProxy.counts().expired,
          async () => {
            await session.produce(RECORDS / 2);
            await acts.inTheMidst('kinesisSink');
            session.kinesisProxy.expireSessions();
            await session.produce(RECORDS / 2);
            expect(await violations()).toEqual([]);
          },
        );
      });
    }

    it('all of it at once, in an order and at moments of the seed', async () => {
      const { kinesisProxy } = session;
      const random = seededRandom(SEED);
      // Nothing is produced while Kafka is away: whether it was stored then nobody could say.
      const oneAfterTheOther = exclusive();
      const step = async (act: () => Promise<unknown>) => {
        await oneAfterTheOther(() => session.produce(50 + Math.floor(random() * 300)));
        await acts.inTheMidst(random() < 0.5 ? 'kinesisSink' : 'documentdbSink');
        await act();
      };
      const inAnyOrder = async (those: readonly (() => Promise<unknown>)[]) => {
        for (const act of shuffled(those, random)) await step(act);
      };
      kinesisProxy.setFaults({ reset: 0.1, throttled: 0.1, failed: 0.1, cut: 0.1, delayed: 0.1 });
      const faultsBefore = faultCount(kinesisProxy.counts());
      await Promise.all([
        inAnyOrder([
          () => oneAfterTheOther(acts.killKafka),
          () => oneAfterTheOther(acts.killKafka),
          () => acts.killFunction('kinesisSink'),
          () => acts.killFunction('kinesisSink'),
          () => acts.killFunction('documentdbSink'),
          () => acts.killFunction('documentdbSink'),
        ]),
        inAnyOrder([
          acts.killDocumentDb,
          acts.killDocumentDb,
          () => acts.failWrites({ errorCode: 10107 }, 2),
          () => acts.failWrites({ closeConnection: true }, 2),
          () => acts.failWrites({ writeConcernError: { code: 64, errmsg: 'waiting timed out' } }, 2),
          () => acts.changePassword().then(() => step(acts.restorePassword)),
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
      expect(await violations()).toEqual([]);
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
