import { SECRET } from '../../services/kafka-log.ts';
import type { Random } from '../random.ts';
import type { FaultWindow, Scenario, ScenarioRecord } from '../scenario.ts';
import { cornerInTurn } from '../turn.ts';
import { fullShards, silent, unseen } from './corners/stream.ts';
import { withOddTimes } from './odd-times.ts';
import { strangers, withTopics } from './several-topics.ts';

/** Corners of the world that seldom occur by themselves, one in a story; undefined: none. */
const CORNERS = [
  undefined,
  switched,
  manyRefused,
  unseen,
  undefined,
  fullShards,
  forgotten,
  silent,
  allRejected,
  strangers,
] as const;

/** What version 3 adds where the target is a stream. */
export function denseStreamStory(scenario: Scenario, random: Random, turn: number): Scenario {
  const { corner, round } = cornerInTurn(CORNERS, turn);
  const counted = random.chance(0.7) ? { ...scenario.kinesis, isCountedByShard: true as const } : scenario.kinesis;
  const story = withOddTimes({ ...scenario, kinesis: counted }, random.fork('times'));
  return withTopics(corner === undefined ? story : corner(story, random.fork('corner'), round), random.fork('topics'));
}

const SWITCHED_AFTER_MS = 30_000;

/** The stream begins to distribute by itself under warm environments that send aggregates, and later it ends. */
function switched(scenario: Scenario, random: Random): Scenario {
  const { kinesis, function: fn, mapping, records } = scenario;
  if (kinesis.aggregation === 'off') return scenario;
  const againMs = SWITCHED_AFTER_MS + 300_000;
  const untilMs = againMs + random.pick([60_000, 200_000]);
  return {
    ...scenario,
    kinesis: { ...kinesis, mayDescribe: true, shardCount: Math.max(2, kinesis.shardCount) },
    function: { ...fn, onPoison: 'deadLetter', timeoutMs: 15_000 },
    mapping: { ...mapping, retriesMax: 10_000, recordAgeMaxMs: Number.POSITIVE_INFINITY },
    faults: [{ kind: 'kinesis.switched', fromMs: SWITCHED_AFTER_MS, untilMs, chance: 1 }],
    records: inOrder(
      records.map((record) => (random.chance(0.5) ? { ...record, atMs: againMs + record.atMs } : record)),
    ),
  };
}

const QUARTER_MS = 15 * 60_000;

/** The one record of a quiet topic is rejected for longer than anybody remembers a rejection, and then others come. */
function forgotten(scenario: Scenario, random: Random): Scenario {
  const { mapping, function: fn } = scenario;
  const lastMs = QUARTER_MS + random.integer(60_000, 300_000);
  const record = (id: number, atMs: number, kind: ScenarioRecord['kind'], partition: number): ScenarioRecord => ({
    id,
    atMs,
    kind,
    key: `${SECRET}-${id}`,
    partition,
  });
  const later = Array.from({ length: random.integer(1, 5) }, (_, index) =>
    record(index + 2, lastMs + 2_000 * index, 'plain', 1),
  );
  return {
    ...scenario,
    partitionCount: 2,
    function: { ...fn, onPoison: 'deadLetter', timeoutMs: random.pick([40_000, 120_000]) },
    mapping: { ...mapping, mode: 'provisioned', retriesMax: 10_000, recordAgeMaxMs: Number.POSITIVE_INFINITY },
    faults: [],
    records: [record(1, 0, 'refused', 0), ...later],
  };
}

/** Where whole batches come again, an invocation finds one more of each lane. */
const MANY_REFUSED_OF = 80;

/** Poison by the dozen that only the stream can tell, in batches that come again. */
function manyRefused(scenario: Scenario, random: Random): Scenario {
  const { faults, function: fn, mapping, records } = scenario;
  const chance = random.pick([0.1, 0.3]);
  return {
    ...scenario,
    function: { ...fn, onPoison: 'deadLetter', timeoutMs: random.pick([15_000, 40_000]) },
    mapping: {
      ...mapping,
      mode: random.pick(['onDemand', 'provisioned']),
      batchRecordsMax: random.pick([25, 100]),
      retriesMax: 10_000,
      recordAgeMaxMs: Number.POSITIVE_INFINITY,
    },
    faults: random.chance(0.5) ? faults : [],
    records: records
      .slice(0, MANY_REFUSED_OF)
      .map((record) => (random.chance(chance) ? { ...record, kind: 'refused' } : record)),
  };
}

const MORE_THAN_A_REQUEST_TAKES = 700;

/** Everything is rejected for a while, and much is to be sent. */
function allRejected(scenario: Scenario, random: Random): Scenario {
  const { faults, function: fn, mapping, records } = scenario;
  const fromMs = random.pick([0, 10_000]);
  const window: FaultWindow = {
    kind: 'kinesis.allRejected',
    fromMs,
    untilMs: fromMs + random.pick([20_000, 100_000]),
    chance: 1,
  };
  const crowd = Array.from(
    { length: random.pick([100, 200, MORE_THAN_A_REQUEST_TAKES]) },
    (_, index): ScenarioRecord => {
      const id = 20_000 + index;
      return { id, atMs: fromMs, key: `${SECRET}-many-${id}`, kind: 'plain' };
    },
  );
  return {
    ...scenario,
    function: { ...fn, onPoison: 'deadLetter', timeoutMs: 40_000 },
    mapping: { ...mapping, batchRecordsMax: 1_000, windowMs: 1_000, retriesMax: 10_000, pollers: 1 },
    faults: [...(random.chance(0.5) ? faults : []), window],
    records: inOrder([...records, ...crowd]),
  };
}

const inOrder = (records: readonly ScenarioRecord[]): readonly ScenarioRecord[] =>
  records.toSorted((a, b) => a.atMs - b.atMs || a.id - b.id);
