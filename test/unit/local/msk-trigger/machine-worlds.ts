import fc from 'fast-check';
import type { MachineSettings } from '../../../../local/msk-trigger/machine/settings.ts';

const SIZES = { payloadBytesMax: 2_000, envelopeBytes: 100 };

export type Behaviour = 'succeeds' | 'throws' | 'reports' | 'garbage' | 'stranger';

export interface World {
  readonly settings: MachineSettings;
  /** Bytes of each record, by partition: the log. Negative: the schema registry refuses the record. */
  readonly log: readonly (readonly number[])[];
  /** What each invocation does; when they run out, all succeed. */
  readonly behaviours: readonly Behaviour[];
  readonly seed: number;
}

/** Logs, settings and functions of every kind. */
export const world: fc.Arbitrary<World> = fc
  .record({
    batchRecordsMax: fc.integer({ min: 1, max: 12 }),
    windowMs: fc.constantFrom(0, 10, 500),
    partialFailureRetry: fc.constantFrom('listedOnly' as const, 'fromLowest' as const),
    reportsItemFailures: fc.boolean(),
    retriesMax: fc.constantFrom(0, 1, 3, Number.POSITIVE_INFINITY),
    recordAgeMaxMs: fc.constantFrom(50, 2_000, Number.POSITIVE_INFINITY),
    bisects: fc.boolean(),
    hasDestination: fc.boolean(),
    pollers: fc.integer({ min: 1, max: 3 }),
    bufferBytesMax: fc.constantFrom(200, 4_000),
  })
  .chain((drawn) =>
    fc.record({
      settings: fc.constant<MachineSettings>({
        ...SIZES,
        ...drawn,
        topic: 'a-topic',
        invocationsPerPollerMax: 5,
        backoff: { firstMs: 10, maxMs: 80 },
      }),
      log: fc.array(
        // Now and then a record that fits no invocation, or that the schema registry refuses.
        fc.array(
          fc.oneof(
            { weight: 20, arbitrary: fc.integer({ min: 20, max: 700 }) },
            { weight: 1, arbitrary: fc.constant(5_000) },
            { weight: 1, arbitrary: fc.constant(-50) },
          ),
          {
            maxLength: 40,
          },
        ),
        { minLength: 1, maxLength: 5 },
      ),
      behaviours: fc.array(
        fc.constantFrom<Behaviour>('succeeds', 'throws', 'reports', 'reports', 'garbage', 'stranger'),
        {
          maxLength: 60,
        },
      ),
      seed: fc.noShrink(fc.integer()),
    }),
  );

/** mulberry32: the same numbers for the same seed. */
export function drawer(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
