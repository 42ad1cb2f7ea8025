import { beginRun, type Run } from '../../functions/kinesis-sink/delivery/run.ts';
import { Evidence } from '../../functions/kinesis-sink/lanes/evidence.ts';
import type { Lane, PackedEntry } from '../../functions/kinesis-sink/lanes/lane.ts';
import { entryOf as entryOfOne } from '../../functions/kinesis-sink/plan/entry.ts';
import type { PlanOptions } from '../../functions/kinesis-sink/plan/plan.ts';
import type { KinesisPort } from '../../functions/kinesis-sink/target/kinesis-port.ts';
import type { SourceRecord } from '../../shared/record.ts';
import { entryOf, planOptions, preparedOf } from './a-kinesis-sink.ts';
import { batchesOf, deadlineIn } from './builders.ts';
import { fakeDeadLetters } from './fake-dead-letters.ts';
import { recordedTelemetry } from './recorded-telemetry.ts';
import { VirtualClock } from './virtual-clock.ts';

/** The state of one batch of the Kinesis sink, for tests of one step. Nothing is sent but by the test. */
export function aKinesisRun(
  records: readonly SourceRecord[],
  port: KinesisPort = { putRecords: () => Promise.resolve([]) },
  options: Partial<PlanOptions> = {},
) {
  const clock = new VirtualClock();
  const telemetry = recordedTelemetry();
  const { queue, deadLetters } = fakeDeadLetters();
  const evidence = new Evidence();
  const inspection = { isOver: Promise.resolve(), end: () => undefined };
  const run: Run = beginRun(
    {
      evidence,
      deadline: deadlineIn(clock.nowMs()),
      parts: {
        ...{ ...telemetry, clock, port, deadLetters: queue, random: () => 0.5 },
        preflight: { begin: () => inspection, objection: () => undefined, recordBytesMax: () => undefined },
        options: {
          ...{ ...planOptions, ...options, functionName: 'kinesisSink', streamArn: 'arn', onPoison: 'deadLetter' },
          ...{ requestsInFlightMax: 4, requestTimeoutMs: 10_000 },
        },
      },
    },
    batchesOf(records),
  );
  return { run, clock, telemetry, deadLetters, evidence, lanes: run.lanes.all };
}

/** An entry of the heads of these lanes, which are claimed. */
export function claimedEntry(run: Run, ...lanes: readonly Lane[]): PackedEntry {
  run.lanes.claim(run.lanes.ready(run.parts.clock.nowMs(), run.shardBackoff).filter((lane) => lanes.includes(lane)));
  const [first, ...others] = lanes.flatMap(({ head }) => (head === undefined ? [] : [preparedOf(head.record)]));
  if (first === undefined) throw new Error('an entry has a record');
  return {
    entry: others.length === 0 ? entryOfOne(first) : entryOf(first, ...others),
    slices: lanes.map((lane) => lane.slice(1)),
  };
}
