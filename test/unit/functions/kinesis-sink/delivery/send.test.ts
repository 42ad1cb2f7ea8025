import { describe, expect, it } from 'vitest';
import { send } from '../../../../../functions/kinesis-sink/delivery/send.ts';
import type { EntryReply } from '../../../../../functions/kinesis-sink/target/classify.ts';
import { aKinesisRun, claimedEntry } from '../../../../support/a-kinesis-run.ts';
import { records } from '../../../../support/a-kinesis-sink.ts';
import { sdkError } from '../../../../support/fake-kinesis.ts';

const STORED: EntryReply = { sequenceNumber: '1', shardId: 'shard', errorCode: undefined };
const refused = (errorCode: string): EntryReply => ({ sequenceNumber: undefined, shardId: 'shard', errorCode });
const THROTTLED = refused('ProvisionedThroughputExceededException');

/** A request of as many entries as there are replies; an error: nothing is answered. */
async function sent(answer: readonly EntryReply[] | Error, count = 2) {
  const putRecords = () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer));
  const setup = aKinesisRun(records(count), { putRecords });
  const { run, lanes, evidence, clock } = setup;
  const suspicion = { afterRequest: 0, isKnownPoison: false, others: undefined };
  const own = { isStored: false };
  const packedEntries = lanes.map((lane) => claimedEntry(run, lane));
  await clock.run(send(run, { packedEntries, own }));
  return {
    ...setup,
    isStored: own.isStored,
    hasTaken: evidence.proves(suspicion),
    retryAtMs: run.shardBackoff.retryAtMs('shard') - clock.nowMs(),
  };
}

describe('a request', () => {
  it('that is stored as a whole is evidence', async () => {
    expect(await sent([STORED, STORED])).toMatchObject({ isStored: true, hasTaken: true });
  });

  it('that is stored in part shows that the stream stores records, and not that all of these are good', async () => {
    expect(await sent([STORED, THROTTLED])).toMatchObject({ isStored: false, hasTaken: true });
  });

  it('of which nothing is stored is no evidence', async () => {
    expect(await sent([THROTTLED, THROTTLED])).toMatchObject({ isStored: false, hasTaken: false });
    expect(await sent(new Error('reset'))).toMatchObject({ isStored: false, hasTaken: false });
  });

  it('gates the shard that throttles, and no shard that refuses for another reason', async () => {
    expect((await sent([STORED, THROTTLED])).retryAtMs).toBe(50);
    expect((await sent([STORED, refused('InternalFailure')])).retryAtMs).toBeLessThanOrEqual(0);
  });

  it('is ambiguous if it may be stored, and not if the service refused it', async () => {
    const counted = async (error: Error) => (await sent(error)).telemetry.metrics();
    expect(await counted(sdkError('InternalFailure', 500))).toMatchObject({ RequestsFailed: 1, RequestsAmbiguous: 1 });
    const throttled = await counted(sdkError('ProvisionedThroughputExceededException', 400));
    expect(throttled).toMatchObject({ RequestsFailed: 1 });
    expect(throttled).not.toHaveProperty('RequestsAmbiguous');
  });

  it('has a duration in milliseconds', async () => {
    const { telemetry } = await sent([STORED, STORED]);
    expect(telemetry.meter.take()).toContainEqual({ name: 'RequestDuration', unit: 'Milliseconds', value: 0 });
  });
});
