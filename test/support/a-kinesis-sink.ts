import { type Entry, EntryDraft } from '../../functions/kinesis-sink/plan/entry.ts';
import { type PlannedRecord, type PlanOptions, plan } from '../../functions/kinesis-sink/plan/plan.ts';
import { createKinesisSink } from '../../functions/kinesis-sink/sink.ts';
import type { KinesisPort } from '../../functions/kinesis-sink/target/kinesis-port.ts';
import { createPreflight, type StreamSummary } from '../../functions/kinesis-sink/target/preflight.ts';
import type { DeadLetterQueue } from '../../shared/dead-letter/dead-letter-queue.ts';
import type { RecordOutcome } from '../../shared/outcome.ts';
import type { SourceRecord } from '../../shared/record.ts';
import type { PoisonPolicy } from '../../shared/settings/common-settings.ts';
import type { Deadline } from '../../shared/time/deadline.ts';
import { aRecord, batchesOf, deadlineIn } from './builders.ts';
import { fakeDeadLetters } from './fake-dead-letters.ts';
import { recordedTelemetry } from './recorded-telemetry.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface KinesisSinkSetup extends Partial<PlanOptions> {
  readonly port: KinesisPort;
  readonly deadLetters?: DeadLetterQueue;
  readonly random?: () => number;
  readonly onPoison?: PoisonPolicy;
  readonly requestsInFlightMax?: number;
  /** What a look at the stream says; default: that nothing is wrong with it. */
  readonly ready?: () => Promise<void>;
  readonly describeStream?: (signal: AbortSignal) => Promise<StreamSummary>;
}

export const aStream: StreamSummary = {
  status: 'ACTIVE',
  recordKiBMax: 1024,
  distribution: 'USER_PARTITION_KEY',
  encryption: 'KMS',
};

/** What is planned unless a test says otherwise: every default of the settings. */
export const planOptions: PlanOptions = {
  ordering: 'key',
  aggregation: 'off',
  partitionKey: 'key',
  envelope: 'none',
  tombstone: 'empty',
  recordBytesMax: 1024 * 1024,
  randomKey: () => 'random',
};

/** The real sink on a clock that jumps from timer to timer. */
export function aKinesisSink({ port, deadLetters, random, onPoison, requestsInFlightMax, ...setup }: KinesisSinkSetup) {
  const clock = new VirtualClock();
  const telemetry = recordedTelemetry();
  const { ready = () => Promise.resolve(), describeStream = () => Promise.resolve(aStream), ...changes } = setup;
  let keyCount = 0;
  const options = {
    ...planOptions,
    randomKey: () => {
      keyCount += 1;
      return `random-${keyCount}`;
    },
    ...changes,
  };
  const sink = createKinesisSink({
    ...telemetry,
    port,
    preflight: createPreflight({
      ...telemetry,
      clock,
      port: { ready, describeStream },
      options: { ...options, recordKiBMax: options.recordBytesMax / 1024 },
    }),
    deadLetters: deadLetters ?? fakeDeadLetters().queue,
    clock,
    random: random ?? (() => 0.5),
    options: {
      ...options,
      functionName: 'kinesisSink',
      streamArn: 'arn:aws:kinesis:eu-west-1:222222222222:stream/orders',
      onPoison: onPoison ?? 'deadLetter',
      requestsInFlightMax: requestsInFlightMax ?? 4,
      requestTimeoutMs: 10_000,
    },
  });
  return {
    sink,
    clock,
    telemetry,
    write(records: readonly SourceRecord[], deadline: Deadline = deadlineIn(clock.nowMs())) {
      return clock.run(sink.write(batchesOf(records), deadline));
    },
  };
}

/** A record as it is sent. Fails where it would not be sent at all. */
export function preparedOf(record: SourceRecord, changes: Partial<PlanOptions> = {}): PlannedRecord {
  const planned = plan(record, { ...planOptions, ...changes });
  if (planned.kind !== 'record') throw new Error(`is ${planned.kind}`);
  return planned.planned;
}

/** The entry of records that fit into one. */
export function entryOf(first: PlannedRecord, ...others: readonly PlannedRecord[]): Entry {
  const draft = new EntryDraft(first, { recordsMax: 500, bytesMax: 50_000 }, undefined);
  for (const record of others) draft.add(record, draft.lengthWith(record) ?? Number.NaN);
  return draft.close();
}

export const kinds = (outcomes: readonly RecordOutcome[]) => outcomes.map(({ kind }) => kind);

export const offsets = (entries: readonly Entry[]) =>
  entries.flatMap(({ records: own }) => own.map(({ position }) => position.offset));

/** Different keys, so each in a lane of its own. */
export const records = (count: number) => Array.from({ length: count }, (_, offset) => aRecord({ offset }));

export const ofOneKey = (count: number) =>
  Array.from({ length: count }, (_, offset) => aRecord({ offset, key: 'one' }));
