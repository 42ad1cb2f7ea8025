import { parseOptions } from '../../cli/dead-letters/options.ts';
import type { Invocation, Invoke } from '../../cli/dead-letters/redrive/invoke.ts';
import { runCommand } from '../../cli/dead-letters/run.ts';
import type { Output } from '../../cli/terminal/progress.ts';
import { runBatch } from '../../shared/run-batch.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { aStage, memoryBucket, type StoredText } from './a-dead-letter-bucket.ts';
import { aDocumentdbSink } from './a-documentdb-sink.ts';
import { aKinesisSink } from './a-kinesis-sink.ts';
import { deadlineIn } from './builders.ts';
import { answer, fakeKinesis } from './fake-kinesis.ts';

/** A bucket with these objects, and both real sinks behind the functions that the command invokes. */
export function aRedrive(objects: readonly StoredText[]) {
  const store = memoryBucket(objects);
  let isAway = false;
  const kinesis = fakeKinesis(() => (isAway ? { kind: 'reset' } : answer));
  const sinks = {
    kinesisSink: aKinesisSink({ port: kinesis.port, recordBytesMax: 100_000 }),
    documentdbSink: aDocumentdbSink(),
  };
  const invocations: { readonly sink: string; readonly places: readonly string[]; readonly atMs: number }[] = [];
  const clock = jumpingClock();

  const invoke: Invoke = async (name, eventJson) => {
    const event: { records: Record<string, { offset: number }[]> } = JSON.parse(eventJson);
    const places = Object.entries(event.records).flatMap(([partition, own]) =>
      own.map(({ offset }) => `${partition}@${offset}`),
    );
    invocations.push({ sink: name, places, atMs: clock.nowMs() });
    const { sink, clock: virtual, telemetry } = sinks[name];
    const parts = { sink, triggerMode: 'onDemand', clock: virtual, ...telemetry } as const;
    const response = await virtual.run(runBatch(event, deadlineIn(virtual.nowMs()), parts));
    return { payload: JSON.stringify(response), hasFailed: false };
  };

  return {
    bucket: store.bucket,
    stored: store.stored,
    put: store.put,
    readCount: store.readCount,
    sinks,
    kinesis,
    invocations,
    clock,
    takeKinesisAway: (away: boolean) => {
      isAway = away;
    },
    /** Runs a command line. `invoked` may change what an invocation answers; `stopAfter` invocations the command is stopped. */
    async run(
      line: string,
      { invoked = (made) => made(), stopAfter = Number.POSITIVE_INFINITY, terminal = {} }: RunOptions = {},
    ) {
      const options = parseOptions([...line.split(' '), '--stage', 'dev'], clock.wallTimeMs());
      if (options === 'help') throw new Error('help has no result');
      const { output, text } = recordedOutput(terminal);
      let count = 0;
      const exitCode = await runCommand(options, output, {
        ...{ stage: aStage, bucket: store.bucket, clock, environment: {} },
        isStopped: () => count >= stopAfter,
        invoke(sink, eventJson) {
          count += 1;
          return invoked(() => invoke(sink, eventJson), count);
        },
      });
      return { exitCode, text: text() };
    },
    /** The records that the stream holds, as `orders-0@7`, in the order of arrival. */
    streamed: () =>
      kinesis.stored.flatMap(({ records }) =>
        records.map(({ position: { topicPartition, offset } }) => `${topicPartition}@${offset}`),
      ),
    receipts: () => [...store.stored.keys()].filter((key) => key.startsWith('redriven/')),
  };
}

export interface RunOptions {
  readonly invoked?: (invoke: () => Promise<Invocation>, count: number) => Promise<Invocation>;
  readonly stopAfter?: number;
  readonly terminal?: { readonly isTTY?: boolean; readonly columns?: number };
}

/** Whoever waits makes the time pass. */
function jumpingClock(): Clock {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    wallTimeMs: () => 1_700_000_000_000 + nowMs,
    waitUntil(atMs) {
      nowMs = Math.max(nowMs, atMs);
      return Promise.resolve();
    },
  };
}

/** Standard output as text. */
export function recordedOutput(terminal: Pick<Output, 'isTTY' | 'columns'> = {}) {
  const written: string[] = [];
  return { output: { ...terminal, write: (text: string) => written.push(text) }, text: () => written.join('') };
}
