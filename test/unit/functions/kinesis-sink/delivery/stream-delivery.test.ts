import { describe, expect, it } from 'vitest';
import { StreamDelivery } from '../../../../../functions/kinesis-sink/delivery/stream-delivery.ts';
import { Evidence } from '../../../../../functions/kinesis-sink/lanes/evidence.ts';
import { layLanes } from '../../../../../functions/kinesis-sink/lanes/lay-lanes.ts';
import { plan } from '../../../../../functions/kinesis-sink/plan/plan.ts';
import type { EntryReply } from '../../../../../functions/kinesis-sink/target/classify.ts';
import { OutcomeCollector } from '../../../../../shared/delivery/outcome-collector.ts';
import { PoisonHandler } from '../../../../../shared/delivery/poison-handler.ts';
import type { SourceRecord } from '../../../../../shared/record.ts';
import { planOptions, records } from '../../../../support/a-kinesis-sink.ts';
import { aRecord, batchesOf, deadlineIn } from '../../../../support/builders.ts';
import { fakeDeadLetters } from '../../../../support/fake-dead-letters.ts';
import { sdkError } from '../../../../support/fake-kinesis.ts';
import { recordedTelemetry } from '../../../../support/recorded-telemetry.ts';
import { VirtualClock } from '../../../../support/virtual-clock.ts';

const STORED: EntryReply = { sequenceNumber: '1', shardId: 'shard', errorCode: undefined };
const refused = (errorCode: string): EntryReply => ({ sequenceNumber: undefined, shardId: 'shard', errorCode });
const THROTTLED = refused('ProvisionedThroughputExceededException');

/** Delivers two records, or the given ones. The first request gets these replies, or no answer; all later requests are stored. */
async function delivered(first: readonly EntryReply[] | Error, input: readonly SourceRecord[] = records(2)) {
  const clock = new VirtualClock();
  const telemetry = recordedTelemetry();
  const evidence = new Evidence();
  const startMs = clock.nowMs();
  const deadline = deadlineIn(startMs);
  const batches = batchesOf(input);
  const outcomes = new OutcomeCollector(batches);
  const suspicion = { afterRequest: 0, isKnownPoison: false, others: undefined };
  const sentAtMs: number[] = [];
  let hasTaken: boolean | undefined;
  const options = { ...planOptions, functionName: 'kinesisSink', streamArn: 'arn', onPoison: 'deadLetter' } as const;
  const { lanes } = layLanes(batches.map((batch) => batch.records.map((record) => plan(record, options))));
  const delivery = new StreamDelivery(lanes, {
    ...{ ...telemetry, clock, deadline, evidence, outcomes, random: () => 0.5 },
    port: {
      putRecords: (entries) => {
        sentAtMs.push(clock.nowMs() - startMs);
        if (sentAtMs.length > 1) {
          hasTaken ??= evidence.proves(suspicion);
          return Promise.resolve(entries.map(() => STORED));
        }
        return first instanceof Error ? Promise.reject(first) : Promise.resolve(first);
      },
    },
    preflight: {
      begin: () => ({ isOver: Promise.resolve(), end: () => undefined }),
      objection: () => undefined,
      recordBytesMax: () => undefined,
    },
    poison: new PoisonHandler({
      ...{ ...options, deadline, clock, deadLetters: fakeDeadLetters().queue },
      record: (settlement) => outcomes.record(settlement),
    }),
    options: { ...options, requestsInFlightMax: 4, requestTimeoutMs: 10_000 },
  });
  await clock.run(delivery.run());
  return { telemetry, sentAtMs, hasTaken: hasTaken ?? evidence.proves(suspicion), outcomes: outcomes.close(lanes) };
}

describe('a request', () => {
  it('that is stored, as a whole or in part, shows that the stream stores records', async () => {
    expect(await delivered([STORED, STORED])).toMatchObject({ hasTaken: true });
    expect(await delivered([STORED, THROTTLED])).toMatchObject({ hasTaken: true });
  });

  it('of which nothing is stored is no evidence', async () => {
    expect(await delivered([THROTTLED, THROTTLED])).toMatchObject({ hasTaken: false });
    expect(await delivered(sdkError('ECONNRESET'))).toMatchObject({ hasTaken: false });
  });

  it('is sent again as a whole after a failure, and in part after refusals, at one time', async () => {
    expect((await delivered(sdkError('InternalFailure', 500))).sentAtMs).toEqual([0, 50]);
    expect((await delivered([THROTTLED, refused('InternalFailure')])).sentAtMs).toEqual([0, 50]);
  });

  it('gates the shard that throttles, and no shard that refuses for another reason', async () => {
    // The first key's second record goes to the same shard as the second key's record, which is refused.
    const input = ['a', 'b', 'a'].map((key, offset) => aRecord({ offset, key }));
    expect((await delivered([STORED, THROTTLED], input)).sentAtMs).toEqual([0, 50]);
    expect((await delivered([STORED, refused('InternalFailure')], input)).sentAtMs).toEqual([0, 0, 50]);
  });

  it('is ambiguous if it may be stored, and not if the service refused it', async () => {
    const counted = async (error: Error) => (await delivered(error)).telemetry.metrics();
    expect(await counted(sdkError('InternalFailure', 500))).toMatchObject({ RequestsFailed: 1, RequestsAmbiguous: 1 });
    const throttled = await counted(sdkError('ProvisionedThroughputExceededException', 400));
    expect(throttled).toMatchObject({ RequestsFailed: 1 });
    expect(throttled).not.toHaveProperty('RequestsAmbiguous');
  });

  it('has a duration in milliseconds', async () => {
    const { telemetry } = await delivered([STORED, STORED]);
    expect(telemetry.meter.take()).toContainEqual({ name: 'RequestDuration', unit: 'Milliseconds', value: 0 });
  });

  it('settles the records of the entries that are stored', async () => {
    expect((await delivered([THROTTLED, STORED])).outcomes.map(({ kind }) => kind)).toEqual(['written', 'written']);
  });
});
