import { SECRET } from '../../../services/kafka-log.ts';
import type { Random } from '../../random.ts';
import type { Scenario, ScenarioRecord } from '../../scenario.ts';
import { inTurn } from '../../turn.ts';
import { WIDE_VALUES_COUNT } from '../../wide-values.ts';
import { partitionOf, withMovingValues } from '../generate-documents.ts';
import { always, atOnce, inTwoBatches, patient, plainSettings, withFewKeys, withoutValue } from './parts.ts';

/** Business keys that no index names, or one that leaves out what has none of their fields. */
export function unindexed(scenario: Scenario, random: Random): Scenario {
  const { documentdb, faults, records } = scenario;
  if (documentdb.strategy === 'events' || documentdb.isNative) return scenario;
  const businessIndex = random.pick(['sparse', 'none'] as const);
  return {
    ...scenario,
    documentdb: { ...documentdb, identity: 'business', guard: 'offset', businessIndex },
    faults: random.chance(0.5) ? [] : faults,
    records: businessIndex === 'none' ? records : withFewKeys(records.map(withoutValue), 5),
  };
}

/** Each takes 30 tries. */
const UNFINDABLE_MAX = 20;

/** Thirty tries for each of them would outlast an invocation. */
const OF_ONE_DOCUMENT = 11;

/** Two keys that an index takes for one; in every other story nearly all records are of one of the two, and in one batch. */
export function arrays(scenario: Scenario, random: Random, round: number): Scenario {
  const { documentdb, faults, records } = scenario;
  if (documentdb.strategy === 'events' || documentdb.isNative) return scenario;
  return {
    ...scenario,
    ...patient(scenario, random.pick([40_000, 120_000])),
    documentdb: { ...documentdb, identity: 'business', hasArraysInKeys: true },
    // What somebody else inserts does not heed the index.
    faults: random.chance(0.5) ? [] : faults.filter(({ kind }) => kind !== 'documentdb.insertedFirst'),
    records: withFewKeys(records.slice(0, UNFINDABLE_MAX).map(withoutValue), 4),
    ...(round % 2 === 0 && ofOneDocument(scenario)),
  };
}

type OneDocument = Pick<Scenario, 'faults' | 'function' | 'mapping' | 'partitionCount' | 'records'>;

function ofOneDocument(scenario: Scenario): OneDocument {
  const { mapping, function: fn } = patient(scenario, 40_000);
  return {
    mapping: { ...mapping, batchRecordsMax: 25, windowMs: 1_000, retriesMax: 2 },
    function: fn,
    faults: [],
    partitionCount: 1,
    records: Array.from({ length: OF_ONE_DOCUMENT }, (_, index) => ({
      id: index + 1,
      atMs: 0,
      key: `${SECRET}-${index === 0 ? 2 : 3}`,
      kind: 'plain',
    })),
  };
}

/** Replacements that give their document another key. Nothing comes twice, or it would be written twice. */
export function leaving(scenario: Scenario, random: Random, round: number): Scenario {
  const { documentdb, records } = scenario;
  const spreads = round % 4 !== 3;
  return {
    ...scenario,
    ...patient(scenario, 40_000),
    partitionCount: spreads ? 3 : scenario.partitionCount,
    documentdb: { ...plainSettings(documentdb), identity: 'business' },
    faults: [],
    records: withFewKeys(
      records.map(({ unique: _, op: __, wide: ___, poison: ____, ...record }): ScenarioRecord => {
        const kind = record.kind === 'tombstone' ? 'tombstone' : 'plain';
        const partition = spreads ? { partition: random.integer(0, 2) } : {};
        return { ...record, ...partition, kind, ...(kind === 'plain' && random.chance(0.3) && { leavesKey: true }) };
      }),
      5,
    ),
  };
}

/** Nobody else's write shows that the collection takes writes. */
export function lonely(scenario: Scenario, random: Random): Scenario {
  const refusal = () => random.pick(['unlisted', 'unlisted', 'command', undefined] as const);
  return {
    ...scenario,
    ...patient(scenario, random.pick([40_000, 120_000])),
    partitionCount: 1,
    faults: [],
    records: scenario.records.slice(0, random.integer(1, 3)).map(({ unique: _, poison: __, ...record }) => {
      const how = refusal();
      return {
        ...record,
        key: record.key ?? `${SECRET}-1`,
        kind: 'refused',
        ...(how !== undefined && { refusal: how }),
      };
    }),
  };
}

/**
 * Unique values that move within one batch, by writes that do not fold: of a fold nobody holds the values in between, and
 * two documents that change their values with each other by way of a third one can then be stuck. Now and then
 * between partitions, and in every other story the letters of some records take their time.
 */
export function values(scenario: Scenario, random: Random, round: number): Scenario {
  const strategy = 'increment';
  const { mapping, ...quiet } = patient(scenario, 40_000);
  const isLettered = round % 2 === 1;
  const records = withFewKeys(atOnce(scenario.records), random.pick([3, 6, 12])).map(
    ({ wide: _, poison: __, ...record }): ScenarioRecord => ({
      ...record,
      op: strategy,
      ...(isLettered && random.chance(0.1) && { kind: 'refused' }),
    }),
  );
  const moving = withMovingValues(records, random.fork('moves'));
  const isOfTwo = [2, 4].includes(round % 5);
  return {
    ...scenario,
    ...quiet,
    mapping: { ...mapping, batchRecordsMax: random.pick([25, 100]), windowMs: 1_000 },
    documentdb: { ...plainSettings(scenario.documentdb), identity: 'id', strategy },
    faults: isLettered ? [{ ...always('bucket.slow', 0, 60_000), chance: 0.5 }] : [],
    ...(isOfTwo && { partitionCount: 2 }),
    records: isOfTwo ? moving.map((record) => ({ ...record, partition: partitionOf(record) })) : moving,
  };
}

/** Values by the names of their documents, one after another. */
const DEFERRED: readonly (readonly [name: string, value: number])[] = [
  ['x', 4],
  ['y', 3],
];

/** X has a value that nobody has, and then Y's; W waits for X's first one, which is not free before X is written twice. */
const DEFERRED_LATER: readonly (readonly [name: string, value: number])[] = [
  ['x', 5],
  ['y', 2],
  ['w', 4],
  ['w', 4],
  ['x', 3],
  ['z', 5],
];
const VALUES_OF_ONE = 10;
const DEFERRED_AT_MS = 15_000;

/** Of a value that a fold leaves out another record waits: its document has to be written in two parts, in the place of the first. */
export function deferred(scenario: Scenario, random: Random): Scenario {
  const { mapping, ...quiet } = patient(scenario, 40_000);
  const count = random.integer(1, 4);
  const records = [DEFERRED, DEFERRED_LATER].flatMap((moves, batch) =>
    Array.from({ length: count }, (_, copy) => copy).flatMap((copy) =>
      moves.map(([name, value], index) => ({
        id: 1 + 100 * batch + 10 * copy + index,
        atMs: batch * DEFERRED_AT_MS,
        key: `${SECRET}-${name}-${copy}`,
        kind: 'plain' as const,
        unique: VALUES_OF_ONE * copy + value,
        partition: 0,
      })),
    ),
  );
  return {
    ...scenario,
    ...quiet,
    mapping: { ...mapping, batchRecordsMax: 100, windowMs: 1_000 },
    documentdb: { ...plainSettings(scenario.documentdb), identity: 'id', deletes: 'hard' },
    faults: [],
    records,
  };
}

const WRITTEN = 60;

/** In two batches, and never deleted: the same `_id` in another type each time, or documents of values of any type, written several times. */
export function types(scenario: Scenario, random: Random, round: number): Scenario {
  const { mapping, ...quiet } = patient(scenario, 40_000);
  const strategy = inTurn(['replace', 'set'] as const, round);
  const documentdb = plainSettings(scenario.documentdb);
  const story = {
    ...scenario,
    ...quiet,
    mapping: { ...mapping, batchRecordsMax: 100, windowMs: 1_000 },
    faults: random.chance(0.5) ? [] : scenario.faults,
  };
  const records = inTwoBatches(WRITTEN, 9, random).map((record) => ({ ...record, op: strategy }));
  if (round % 4 !== 3) return { ...story, documentdb: { ...documentdb, identity: 'wideId', strategy }, records };
  const wide = () => random.integer(0, WIDE_VALUES_COUNT - 1);
  return {
    ...story,
    documentdb: { ...documentdb, identity: 'id', isNative: true },
    records: records.map((record) => ({ ...record, op: 'replace', wide: wide() })),
  };
}

/** Each record has a document of its own, which is written straight from its text where that is plain JSON: one value of any type, in turn. */
export function straight(scenario: Scenario, random: Random): Scenario {
  const { documentdb, faults, records } = scenario;
  const first = random.integer(0, WIDE_VALUES_COUNT - 1);
  return {
    ...scenario,
    documentdb: { ...plainSettings(documentdb), identity: 'id', isNative: true },
    faults: random.chance(0.5) ? [] : faults,
    records: records.map(({ unique: _, op: __, poison: ___, ...record }, index) => ({
      ...record,
      key: `${SECRET}-${record.id}`,
      wide: WIDE_VALUES_COUNT + ((first + index) % WIDE_VALUES_COUNT),
      ...(random.chance(0.3) && { hasOwnId: true }),
    })),
  };
}
