import { SECRET } from '../../../services/kafka-log.ts';
import type { FaultKind } from '../../faults.ts';
import type { Random } from '../../random.ts';
import type { FaultWindow, Scenario, ScenarioRecord } from '../../scenario.ts';
import { inTurn } from '../../turn.ts';
import { always, patient, plainSettings, withFewKeys, withoutValue } from './parts.ts';

/** Two partitions, of which one has bad luck, and the other may not notice. */
export const onePartition = (scenario: Scenario, random: Random, round: number): Scenario =>
  inTurn([behindDeletions, writersOfOne, behindDeletions, countersOfOne], round)(scenario, random);

/** One lost request takes all of its time. */
const SHORT_MS = 15_000;

function inTwo(scenario: Scenario, timeoutMs: number): Scenario {
  const { mapping, ...quiet } = patient(scenario, timeoutMs);
  return {
    ...scenario,
    ...quiet,
    mapping: { ...mapping, batchRecordsMax: 100, windowMs: 1_000, pollers: 1 },
    documentdb: { ...plainSettings(scenario.documentdb), identity: 'id', poolSizeMax: 3 },
    partitionCount: 2,
  };
}

const withBadLuck = (kind: FaultKind, fromMs: number, partition: number): readonly FaultWindow[] => [
  { ...always(kind, fromMs, fromMs + 60_000), partition },
];

/**
 * Deletions and counts are never in one command: those of the first partition, which takes the documents first, get no answer, and the
 * other one counts the same documents and some of its own.
 */
function behindDeletions(scenario: Scenario): Scenario {
  const story = inTwo(scenario, SHORT_MS);
  const records = [0, 1, 2, 3].flatMap((key): readonly ScenarioRecord[] => {
    const record = (index: number) => ({ id: 1 + 10 * key + index, atMs: 0, key: `${SECRET}-${key}` });
    const counts = [1, 2, 3].map(
      (index) => ({ ...record(index), kind: 'plain', op: 'increment', partition: 1 }) as const,
    );
    return key === 0 ? counts : [{ ...record(0), kind: 'tombstone', partition: 0 }, ...counts];
  });
  return {
    ...story,
    topicCount: 1,
    documentdb: { ...story.documentdb, strategy: 'increment', deletes: 'hard' },
    faults: withBadLuck('documentdb.requestLost', 0, 0),
    records,
  };
}

/** Each of their writes waits for a second, and all of them have ten. */
const PAIRS = 2;
const LATER_MS = 15_000;

/**
 * Pairs of documents change their unique values with each other, while a command of the other partition gets no answer: of one wave no
 * order is right, and each is written alone.
 */
export function beforeConflicts(scenario: Scenario): Scenario {
  const story = inTwo(scenario, SHORT_MS);
  const pairs = Array.from({ length: PAIRS }, (_, index) => index);
  const record = (id: number, atMs: number, key: string): ScenarioRecord => ({
    id,
    atMs,
    key: `${SECRET}-${key}`,
    kind: 'plain',
    partition: 0,
  });
  return {
    ...story,
    documentdb: { ...story.documentdb, deletes: 'hard' },
    faults: withBadLuck('documentdb.requestLost', LATER_MS - 5_000, 1),
    records: [
      ...pairs.flatMap((pair) => [
        { ...record(1 + 2 * pair, 0, `one-${pair}`), unique: pair },
        { ...record(2 + 2 * pair, 0, `other-${pair}`), unique: PAIRS + pair },
      ]),
      ...pairs.flatMap((pair) => [
        record(10 + 3 * pair, LATER_MS, `one-${pair}`),
        { ...record(11 + 3 * pair, LATER_MS, `other-${pair}`), unique: pair },
        { ...record(12 + 3 * pair, LATER_MS, `one-${pair}`), unique: PAIRS + pair },
      ]),
      { ...record(30, LATER_MS, 'gone'), kind: 'tombstone', partition: 1 },
    ],
  };
}

const COUNTED = 40;

/** The same, where each record counts once: a document keeps the marks of both. */
function countersOfOne(scenario: Scenario, random: Random): Scenario {
  const story = writersOfOne(scenario, random);
  return {
    ...story,
    documentdb: { ...story.documentdb, strategy: 'increment' },
    topicCount: 1,
    records: story.records.slice(0, COUNTED).map((record) => ({
      ...record,
      key: record.key ?? `${SECRET}-1`,
      op: 'increment',
      ...(record.kind !== 'poison' && { kind: 'plain' }),
    })),
  };
}

/** Documents with writers in both. */
function writersOfOne(scenario: Scenario, random: Random): Scenario {
  const kinds = ['documentdb.writeConcern', 'documentdb.statementFailed', 'documentdb.requestLost'] as const;
  return {
    ...inTwo(scenario, random.pick([SHORT_MS, 40_000])),
    faults: withBadLuck(random.pick(kinds), 0, 0),
    records: withFewKeys(scenario.records.map(withoutValue), 4).map(({ wide: _, op: __, poison: ___, ...record }) => ({
      ...record,
      partition: random.integer(0, 1),
    })),
  };
}
