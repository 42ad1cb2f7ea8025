import { createPreflight, type StreamSummary } from '../../functions/kinesis-sink/target/preflight.ts';
import type { KinesisSinkSetup } from './a-kinesis-sink.ts';
import { deadlineIn } from './builders.ts';
import { recordedTelemetry } from './recorded-telemetry.ts';
import { VirtualClock } from './virtual-clock.ts';

export const never = new Promise<StreamSummary>(() => undefined);

/** Looks at a stream that answers with these, the last one for ever. */
export function looks(
  answers: readonly (() => Promise<StreamSummary>)[],
  { ready = () => Promise.resolve(), ...changes }: Partial<KinesisSinkSetup> = {},
) {
  const clock = new VirtualClock();
  const telemetry = recordedTelemetry();
  let count = 0;
  const preflight = createPreflight({
    ...telemetry,
    clock,
    port: {
      ready,
      describeStream: () => {
        count += 1;
        return (answers[count - 1] ?? answers.at(-1))?.() ?? never;
      },
    },
    options: { ordering: 'key', aggregation: 'off', recordKiBMax: 1024, ...changes },
  });
  const begin = () => preflight.begin(deadlineIn(clock.nowMs()));
  return { preflight, clock, telemetry, begin, count: () => count };
}

export const fails = (error: unknown) => () => Promise.reject(error);
