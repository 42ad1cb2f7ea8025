// The whole pipeline with one fault after another; all that was produced so far is read back after each. Part of `.ci/run`, because
// `npm test` has all faults at once (test/system/faults/).
import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../local/engines/kinesis-proxy/kinesis-faults.ts';
import { FAULTS_SEED, useFaultSession } from '../support/fault-session.ts';

/** A batch or two of each partition. */
const RECORDS = 400;

describe(`faults one by one, seed ${FAULTS_SEED}`, () => {
  // What a single fault does is the same in each reading of a partial answer.
  const faults = useFaultSession('listedOnly');

  /** A fault can fall between two batches, or two commands: then it happens again. */
  const untilItShows = async (count: () => number, happen: () => Promise<void>) => {
    const before = count();
    for (let times = 0; count() === before; times += 1) {
      expect(times).toBeLessThan(10);
      await happen();
    }
  };

  it('Kafka is killed, and starts again on its data', async () => {
    await faults.session.produce(RECORDS);
    await faults.acts.inTheMidst('documentdbSink');
    await faults.acts.killKafka();
    await faults.session.produce(RECORDS);
    expect(await faults.violations()).toEqual([]);
    expect(faults.said).toContainEqual(expect.stringContaining('fetch_failed'));
  });

  it.each(['kinesisSink', 'documentdbSink'] as const)('%s is killed in the midst of a batch', async (name) => {
    const { trigger } = faults.acts.sink(name);
    await untilItShows(
      () => trigger.counters().invocationsEnded.failed,
      async () => {
        await faults.session.produce(RECORDS);
        await faults.acts.inTheMidst(name);
        await faults.acts.killFunction(name);
        expect(await faults.violations()).toEqual([]);
      },
    );
  });

  it('DocumentDB is killed in the midst of a batch, and starts again on its data', async () => {
    await untilItShows(
      () => faults.acts.sink('documentdbSink').batches.retries,
      async () => {
        await faults.session.produce(RECORDS);
        await faults.acts.inTheMidst('documentdbSink');
        await faults.acts.killDocumentDb();
        expect(await faults.violations()).toEqual([]);
      },
    );
  });

  it.each([
    { what: '10107, not the primary', failPoint: { errorCode: 10107 } },
    { what: 'a lost connection', failPoint: { closeConnection: true } },
    { what: 'a write concern error', failPoint: { writeConcernError: { code: 64, errmsg: 'waiting timed out' } } },
  ])('DocumentDB answers writes with $what', async ({ failPoint }) => {
    const { batches } = faults.acts.sink('documentdbSink');
    const retriesBefore = batches.retries;
    await faults.acts.failWrites(failPoint, 3);
    await faults.session.produce(RECORDS);
    expect(await faults.violations()).toEqual([]);
    expect(batches.retries).toBeGreaterThan(retriesBefore);
  });

  it('the password of DocumentDB is changed together with the secret', async () => {
    await faults.session.produce(300);
    await faults.acts.inTheMidst('documentdbSink');
    expect(await faults.acts.changePassword()).toEqual({ isOldAccepted: false });
    await faults.session.produce(300);
    expect(await faults.violations()).toEqual([]);
    await faults.acts.restorePassword();
    await faults.session.produce(300);
    expect(await faults.violations()).toEqual([]);
  });

  it('Kinesis refuses connections for longer than its function may try', async () => {
    await faults.session.produce(RECORDS / 2);
    await faults.acts.inTheMidst('kinesisSink');
    const refused = faults.acts.refuseKinesis();
    await faults.session.produce(RECORDS / 2);
    await refused;
    expect(await faults.violations()).toEqual([]);
  });

  it.each(FAULTS)('Kinesis, by its proxy: %s', async (fault) => {
    const { kinesisProxy } = faults.session;
    // A delayed request is answered in the end; with any other fault some must be spared.
    kinesisProxy.setFaults({ [fault]: fault === 'delayed' ? 1 : 0.5 });
    await untilItShows(
      () => kinesisProxy.counts()[fault],
      async () => {
        await faults.session.produce(RECORDS);
        expect(await faults.violations()).toEqual([]);
      },
    );
    kinesisProxy.setFaults({});
  });

  it('the session of the role expires', async () => {
    await untilItShows(
      () => faults.session.kinesisProxy.counts().expired,
      async () => {
        await faults.session.produce(RECORDS / 2);
        await faults.acts.inTheMidst('kinesisSink');
        faults.session.kinesisProxy.expireSessions();
        await faults.session.produce(RECORDS / 2);
        expect(await faults.violations()).toEqual([]);
      },
    );
  });
});
