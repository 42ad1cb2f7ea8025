import { createHash } from 'node:crypto';
import { openRecords } from './invariants/doubt.ts';
import { generalViolations } from './invariants/general.ts';
import { readLetters } from './invariants/letters.ts';
import { endText, unsettledIn } from './invariants/unsettled.ts';
import type { Violation } from './invariants/violation.ts';
import type { FaultKind } from './scenario/faults.ts';
import { kindsIn } from './scenario/kinds.ts';
import { MODES, type Mode, modesOf } from './scenario/modes.ts';
import type { Scenario } from './scenario/scenario.ts';
import { EPOCH_MS } from './scenario/timeline.ts';
import type { Invocation } from './services/lambda.ts';
import { createWorld, plannedMs, type World } from './services/simulated-world.ts';

/** `settled` and `partly` answered; the others ended as they are called. */
export const ENDINGS = ['settled', 'partly', 'threw', 'timedOut', 'killed'] as const;

export interface StoryResult {
  readonly violations: readonly Violation[];
  readonly faults: Readonly<Record<FaultKind, number>>;
  /** How many invocations the function lived through in each mode. */
  readonly modes: Readonly<Record<Mode, number>>;
  /** Of what kinds its records and its settings are, by their names in model/kinds.ts. */
  readonly kinds: Readonly<Record<string, number>>;
  /** How invocations ended, by {@link ENDINGS}. */
  readonly endings: Readonly<Record<string, number>>;
  readonly invocationCount: number;
  readonly recordCount: number;
  /** Of everything that is stored in the end: the same story, the same hash. */
  readonly hash: string;
}

export interface TraceLine {
  /** Milliseconds after the story's beginning. */
  readonly atMs: number;
  readonly text: string;
  readonly position: string | undefined;
}

/**
 * After the last fault everything must come to an end within so long: 150 records in batches of one, each held for 35 s in
 * each of five attempts until the mapping gives it up, take more than seven hours.
 */
const CALM_MS_MAX = 24 * 60 * 60_000;
/** Longer than a request, a stall and a zombie together: what is still under way arrives. */
const LATE_MS = 10 * 60_000;

/** Lives a story through in virtual time and says what of the guarantees did not hold. */
export async function runScenario(scenario: Scenario, onTrace?: (line: TraceLine) => void): Promise<StoryResult> {
  const world = createWorld(scenario, (atMs, text, position) => onTrace?.({ atMs, text, position }));
  const { timeline, lambda, faultInjector, kafka, target, bucket } = world;
  const endMs = EPOCH_MS + plannedMs(scenario) + (scenario.calmMsMax ?? CALM_MS_MAX);
  do {
    await timeline.runUntil(world.isDone, endMs);
    await timeline.runUntil(() => false, timeline.nowMs() + LATE_MS);
    // What arrives late may end a doubt, and the mapping goes on.
  } while (!world.isDone() && timeline.nowMs() < endMs);
  const hasEnded = world.isDone();
  const violations = violationsOf(world, hasEnded);
  const hash = hashOf([target.digest(), ...bucket.versions.flatMap(withoutReason), ...lambda.invocations.map(endText)]);
  return {
    violations: [...violations, ...(await replayed(world))],
    kinds: kindsIn(scenario),
    faults: faultInjector.counts,
    modes: modeCounts(scenario, lambda.invocations.length),
    endings: endingsOf(lambda.invocations),
    invocationCount: lambda.invocations.length,
    recordCount: kafka.produced.length,
    hash,
  };
}

/** After the end everything comes once more: nothing may change. */
async function replayed({ scenario, kafka, bucket, target, timeline }: World): Promise<readonly Violation[]> {
  if (target.replay === undefined) return [];
  const lettered = readLetters(bucket, kafka.produced).records;
  let result: readonly Violation[] | undefined;
  const replay = target.replay({ produced: kafka.produced, lettered, isCalm: scenario.faults.length === 0 });
  void replay.then((violations) => {
    result = violations;
  });
  await timeline.runUntil(() => result !== undefined, timeline.nowMs() + CALM_MS_MAX);
  return result ?? [{ guarantee: 'G5', message: 'the replay of everything did not end' }];
}

function violationsOf(world: World, hasEnded: boolean): readonly Violation[] {
  const { scenario, kafka, bucket, target } = world;
  const letters = readLetters(bucket, kafka.produced);
  const isCalm = scenario.faults.length === 0;
  return [
    ...(hasEnded ? [] : [{ guarantee: 'G5', message: 'the run did not end: records are still unsettled' } as const]),
    ...world.violations,
    ...letters.violations,
    ...generalViolations({ ...world, letters, isCalm, open: new Set(openRecords(world)) }),
    ...target.violations({ produced: kafka.produced, lettered: letters.records, isCalm }),
  ];
}

function modeCounts(scenario: Scenario, invocationCount: number): Readonly<Record<Mode, number>> {
  const own = modesOf(scenario);
  return Object.fromEntries(MODES.map((mode) => [mode, own.includes(mode) ? invocationCount : 0])) as Record<
    Mode,
    number
  >;
}

function endingsOf(invocations: readonly Invocation[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = Object.fromEntries(ENDINGS.map((name) => [name, 0]));
  for (const invocation of invocations) {
    const { end } = invocation;
    if (end === undefined) continue;
    const name = end.kind === 'answered' ? (unsettledIn(invocation).length === 0 ? 'settled' : 'partly') : end.kind;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** The wording of a dead letter's reason may change without a change of behaviour. */
const withoutReason = ([key, body]: readonly [string, string]): readonly string[] => [
  key,
  body.replace(/"reason":"(?:[^"\\\\]|\\\\.)*"/, ''),
];

const hashOf = (parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
