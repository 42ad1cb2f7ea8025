import type { Entry } from '../../functions/kinesis-sink/entry.ts';
import { createKinesisSink, type KinesisPort } from '../../functions/kinesis-sink/sink.ts';
import type { PoisonPolicy } from '../../shared/common-settings.ts';
import type { DeadLetterQueue } from '../../shared/dead-letter-queue.ts';
import type { Deadline } from '../../shared/deadline.ts';
import type { RecordOutcome } from '../../shared/outcome.ts';
import type { SourceRecord } from '../../shared/record.ts';
import { aRecord, batchesOf, deadlineIn } from './builders.ts';
import { fakeDeadLetters } from './fake-dead-letters.ts';
import { ManualClock } from './manual-clock.ts';
import { recordedTelemetry } from './recorded-telemetry.ts';

export interface KinesisSinkSetup {
  readonly port: KinesisPort;
  readonly deadLetters?: DeadLetterQueue;
  readonly random?: () => number;
  readonly onPoison?: PoisonPolicy;
  readonly tombstone?: 'empty' | 'skip';
  readonly recordBytesMax?: number;
  readonly requestsInFlightMax?: number;
}

/** The real sink on a clock that jumps from timer to timer. */
export function aKinesisSink(setup: KinesisSinkSetup) {
  const clock = new ManualClock();
  const telemetry = recordedTelemetry();
  let keyCount = 0;
  const sink = createKinesisSink({
    port: setup.port,
    deadLetters: setup.deadLetters ?? fakeDeadLetters().queue,
    clock,
    random: setup.random ?? (() => 0.5),
    meter: telemetry.meter,
    options: {
      functionName: 'kinesisSink',
      streamArn: 'arn:aws:kinesis:eu-west-1:222222222222:stream/orders',
      onPoison: setup.onPoison ?? 'deadLetter',
      tombstone: setup.tombstone ?? 'empty',
      recordBytesMax: setup.recordBytesMax ?? 1024 * 1024,
      requestsInFlightMax: setup.requestsInFlightMax ?? 4,
      requestTimeoutMs: 10_000,
      randomKey: () => {
        keyCount += 1;
        return `random-${keyCount}`;
      },
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

export const kinds = (outcomes: readonly RecordOutcome[]) => outcomes.map(({ kind }) => kind);

export const offsets = (entries: readonly Entry[]) => entries.map(({ record }) => record.position.offset);

/** Different keys, so each in a lane of its own. */
export const records = (count: number) => Array.from({ length: count }, (_, offset) => aRecord({ offset }));

export const ofOneKey = (count: number) =>
  Array.from({ length: count }, (_, offset) => aRecord({ offset, key: 'one' }));
