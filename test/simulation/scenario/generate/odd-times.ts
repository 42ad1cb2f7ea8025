import type { Random } from '../random.ts';
import type { Scenario } from '../scenario.ts';

/** A producer may write any: before 1970, seconds, nanoseconds, what no double holds exactly, the greatest. */
const TIMES_MS: readonly number[] = [
  -1,
  0,
  1_700_000_000,
  1_700_000_000_000_000_000,
  2 ** 53 + 2,
  -62_135_596_800_000,
  9.2e18,
];

/** Some records have a time that is none of the producer's clock, unless the mapping gives up what is old. */
export function withOddTimes(scenario: Scenario, random: Random): Scenario {
  if (scenario.mapping.recordAgeMaxMs !== Number.POSITIVE_INFINITY || !random.chance(0.25)) return scenario;
  const records = scenario.records.map((record) =>
    random.chance(0.2) ? { ...record, timeMs: random.pick(TIMES_MS) } : record,
  );
  return { ...scenario, records };
}
