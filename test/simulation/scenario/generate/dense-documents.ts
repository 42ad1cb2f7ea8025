import { SECRET } from '../../services/kafka-log.ts';
import type { FaultKind } from '../faults.ts';
import type { Random } from '../random.ts';
import type { FaultWindow, Scenario, ScenarioRecord } from '../scenario.ts';
import { WIDE_VALUES_COUNT } from '../wide-values.ts';
import { opOf, type Poison, type ScenarioDocumentdb } from './document-ops.ts';
import { withMovingValues } from './generate-documents.ts';
import { withOddTimes } from './odd-times.ts';

/** Corners of the world that seldom occur by themselves, one in a story; undefined: none. */
const CORNERS = [
  undefined,
  undefined,
  doubts,
  doubts,
  throttled,
  slow,
  races,
  unindexed,
  arrays,
  leaving,
  lonely,
  collections,
  values,
  values,
  outage,
  outage,
  onePartition,
  types,
] as const;

/** What version 3 adds where the target is a collection. */
export function denseDocumentStory(scenario: Scenario, random: Random): Scenario {
  const corner = random.pick(CORNERS);
  const usual = withOddContent(withOddTimes(scenario, random.fork('times')), random.fork('content'));
  const story = corner === undefined ? usual : corner(usual, random.fork('corner'));
  return withoutLaterPartitions(withNames(story, random.fork('names')));
}

/** Several collections, and servers that do not say by which index a document is refused. */
function withNames(scenario: Scenario, random: Random): Scenario {
  const { documentdb } = scenario;
  const isSeveral = documentdb.isNative !== true && random.chance(0.4);
  const names: Partial<ScenarioDocumentdb> = {
    ...(isSeveral && { collectionCount: random.integer(2, 3) }),
    ...(isSeveral && random.chance(0.5) && { isCollectionOfRecord: true }),
    ...(random.chance(0.3) && hasNoValues(scenario) && { isIndexUnnamed: true }),
  };
  return { ...scenario, documentdb: { ...documentdb, ...names } };
}

/** Whether a document holds a value for good is not told by a server that names no index: docs/guarantees.md. */
const hasNoValues = ({ records }: Scenario): boolean => records.every(({ unique }) => unique === undefined);

/** Inserts and changes follow each other in one partition. */
function withoutLaterPartitions(scenario: Scenario): Scenario {
  if (scenario.documentdb.strategy !== 'events') return scenario;
  return { ...scenario, faults: scenario.faults.filter(({ kind }) => kind !== 'kafka.partitionsRaised') };
}

/** Values that look like values and are none. Where unique values move, a record that is not written frees none. */
function withOddContent(scenario: Scenario, random: Random): Scenario {
  if (!hasNoValues(scenario) || !random.chance(0.35)) return scenario;
  const chance = random.pick([0.05, 0.2]);
  const records = scenario.records.map((record): ScenarioRecord => {
    const isPlain = record.kind === 'plain' && record.op !== 'insert';
    if (isPlain && random.chance(chance)) {
      return { ...record, kind: 'poison', poison: random.pick(poisonsOf(record, scenario.documentdb)) };
    }
    return record;
  });
  return { ...scenario, records };
}

function poisonsOf(record: ScenarioRecord, { isNative }: ScenarioDocumentdb): readonly Poison[] {
  const op = opOf(record);
  const isUpdate = op === 'set' || op === 'increment' || op === 'stamp' || op === 'patch';
  return [
    'halfCharacter',
    'mark',
    ...(op === 'replace' ? (['dollarName'] as const) : []),
    ...(isNative ? [] : (['throws'] as const)),
    ...(isUpdate && !isNative ? (['badOperator'] as const) : []),
  ];
}

const always = (kind: FaultKind, fromMs: number, untilMs: number): FaultWindow => ({
  kind,
  fromMs,
  untilMs,
  chance: 1,
});

/** Nothing is given up, and nobody waits for long. */
const patient = ({ mapping, function: fn }: Scenario, timeoutMs: number): Pick<Scenario, 'mapping' | 'function'> => ({
  mapping: { ...mapping, mode: 'provisioned', retriesMax: 10_000, recordAgeMaxMs: Number.POSITIVE_INFINITY },
  function: { ...fn, onPoison: 'deadLetter', timeoutMs },
});

/** Refusals that may as well blame a document, of writes and of commands. */
function doubts(scenario: Scenario, random: Random): Scenario {
  const kind = random.pick(['documentdb.statementDoubted', 'documentdb.commandDoubted'] as const);
  const window = { ...always(kind, 0, random.pick([60_000, 300_000])), chance: random.pick([0.3, 1]) };
  return {
    ...scenario,
    ...patient(scenario, 40_000),
    faults: [...scenario.faults.slice(0, random.pick([0, 2])), window],
  };
}

/** From the beginning on: no write was taken before. */
function throttled(scenario: Scenario, random: Random): Scenario {
  const window = always('documentdb.writesThrottled', 0, random.pick([20_000, 60_000, 150_000]));
  return { ...scenario, ...patient(scenario, random.pick([15_000, 40_000])), faults: [window] };
}

const CROWD = 150;

/** Many documents at once, and a server that takes its time for each. */
function slow(scenario: Scenario): Scenario {
  const { mapping, ...quiet } = patient(scenario, 120_000);
  const { identity, isNative } = scenario.documentdb;
  return {
    ...scenario,
    ...quiet,
    mapping: { ...mapping, batchRecordsMax: 1_000, windowMs: 1_000, pollers: 1 },
    partitionCount: 1,
    documentdb: {
      ...plainSettings(scenario.documentdb),
      identity: identity === 'wideId' ? 'id' : identity,
      ...(isNative && { isNative }),
    },
    faults: [always('documentdb.slowStatements', 0, 300_000)],
    records: Array.from({ length: CROWD }, (_, index) => ({
      id: index + 1,
      atMs: 0,
      key: `${SECRET}-${index + 1}`,
      kind: 'plain',
    })),
  };
}

const plainSettings = (settings: ScenarioDocumentdb): ScenarioDocumentdb => ({
  poolSizeMax: settings.poolSizeMax,
  identity: settings.identity,
  strategy: 'replace',
  deletes: settings.deletes,
  guard: 'offset',
  isDeletionVersioned: true,
});

/** Somebody else is always a moment earlier, and gone once that was seen. */
function races(scenario: Scenario, random: Random): Scenario {
  const { strategy } = scenario.documentdb;
  if (strategy === 'events' || strategy === 'stamp') return scenario;
  return {
    ...scenario,
    ...patient(scenario, 120_000),
    documentdb: { ...scenario.documentdb, isForeignGoneOnceRead: true },
    faults: [always('documentdb.insertedFirst', 0, random.pick([60_000, 300_000])), ...readsRefused(random)],
  };
}

/** While several documents are to be read. */
const readsRefused = (random: Random): readonly FaultWindow[] =>
  random.chance(0.3) ? [always('documentdb.readRefused', 0, random.pick([8_000, 30_000]))] : [];

/** Business keys that no index names, or one that leaves out what has none of their fields. */
function unindexed(scenario: Scenario, random: Random): Scenario {
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

/** Two keys that an index takes for one. */
function arrays(scenario: Scenario, random: Random): Scenario {
  const { documentdb, faults, records } = scenario;
  if (documentdb.strategy === 'events' || documentdb.isNative) return scenario;
  return {
    ...scenario,
    ...patient(scenario, random.pick([40_000, 120_000])),
    documentdb: { ...documentdb, identity: 'business', hasArraysInKeys: true },
    // What somebody else inserts does not heed the index.
    faults: random.chance(0.5) ? [] : faults.filter(({ kind }) => kind !== 'documentdb.insertedFirst'),
    records: withFewKeys(records.slice(0, UNFINDABLE_MAX).map(withoutValue), 4),
  };
}

/** Replacements that give their document another key. Nothing comes twice, or it would be written twice. */
function leaving(scenario: Scenario, random: Random): Scenario {
  const { documentdb, records } = scenario;
  return {
    ...scenario,
    ...patient(scenario, 40_000),
    documentdb: { ...plainSettings(documentdb), identity: 'business' },
    faults: [],
    records: withFewKeys(
      records.map(({ unique: _, op: __, wide: ___, poison: ____, ...record }): ScenarioRecord => {
        const kind = record.kind === 'tombstone' ? 'tombstone' : 'plain';
        return { ...record, kind, ...(kind === 'plain' && random.chance(0.3) && { leavesKey: true }) };
      }),
      5,
    ),
  };
}

/** Nobody else's write shows that the collection takes writes. */
function lonely(scenario: Scenario, random: Random): Scenario {
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

/** Rights on some collections, and on their indexes, that come and go. */
function collections(scenario: Scenario, random: Random): Scenario {
  const { documentdb, faults } = scenario;
  if (documentdb.isNative) return scenario;
  const kinds = ['documentdb.indexRefused', 'documentdb.unauthorized', 'documentdb.outageOfAnyCode'] as const;
  const window = () => ({
    ...always(random.pick(kinds), 0, random.pick([8_000, 30_000, 90_000])),
    chance: random.pick([0.3, 1]),
  });
  return {
    ...scenario,
    ...patient(scenario, random.pick([40_000, 120_000])),
    documentdb: { ...documentdb, collectionCount: 3, ...(random.chance(0.5) && { isCollectionOfRecord: true }) },
    faults: [...faults.slice(0, 1), window(), window()],
  };
}

/** In the same order, within three seconds. */
const sooner = (records: readonly ScenarioRecord[]): readonly ScenarioRecord[] =>
  records.map((record) => ({ ...record, atMs: Math.floor(record.atMs / 20) }));

/** All of one batch or two, and in one partition. */
const atOnce = (records: readonly ScenarioRecord[]): readonly ScenarioRecord[] =>
  sooner(records).map((record) => ({ ...record, partition: 0 }));

/**
 * Unique values that move within one batch, by writes that do not fold: of a fold nobody holds the values in between, and
 * two documents that change their values with each other by way of a third one can then be stuck.
 */
function values(scenario: Scenario, random: Random): Scenario {
  const strategy = 'increment';
  const { mapping, ...quiet } = patient(scenario, 40_000);
  const records = withFewKeys(atOnce(scenario.records), random.pick([3, 6, 12])).map(
    ({ wide: _, poison: __, ...record }): ScenarioRecord => ({ ...record, op: strategy }),
  );
  return {
    ...scenario,
    ...quiet,
    mapping: { ...mapping, batchRecordsMax: random.pick([25, 100]), windowMs: 1_000 },
    documentdb: { ...plainSettings(scenario.documentdb), identity: 'id', strategy },
    faults: random.chance(0.5) ? [] : [{ ...always('bucket.slow', 0, 60_000), chance: 0.5 }],
    records: withMovingValues(records, random.fork('moves')),
  };
}

const OUTAGES = [
  'documentdb.credentialsRefused',
  'documentdb.credentialsRefused',
  'documentdb.unsupported',
  'documentdb.unsupported',
  'documentdb.failover',
  'documentdb.noServer',
  'documentdb.unauthorized',
  'documentdb.writesRefused',
] as const;

/** One outage that ends while there is time: whatever it held up is written then. */
function outage(scenario: Scenario, random: Random): Scenario {
  const fromMs = random.pick([0, 2_000]);
  const { documentdb } = scenario;
  const window = always(random.pick(OUTAGES), fromMs, fromMs + random.pick([8_000, 20_000, 40_000]));
  return {
    ...scenario,
    ...patient(scenario, 120_000),
    documentdb: { ...documentdb, ...(documentdb.isNative ? {} : { collectionCount: 3, poolSizeMax: 1 }) },
    faults: [window],
    records: sooner(scenario.records),
  };
}

/** Documents with writers in two partitions, of which one has bad luck. */
function onePartition(scenario: Scenario, random: Random): Scenario {
  const kind = random.pick([
    'documentdb.requestLost',
    'documentdb.writeConcern',
    'documentdb.statementFailed',
  ] as const);
  const { mapping, ...quiet } = patient(scenario, random.pick([15_000, 40_000]));
  return {
    ...scenario,
    ...quiet,
    mapping: { ...mapping, batchRecordsMax: 100, windowMs: 1_000, pollers: 1 },
    documentdb: { ...plainSettings(scenario.documentdb), identity: 'id', poolSizeMax: 3 },
    partitionCount: 2,
    faults: [{ ...always(kind, 0, 60_000), partition: 0 }],
    records: withFewKeys(scenario.records.map(withoutValue), 4).map(({ wide: _, op: __, poison: ___, ...record }) => ({
      ...record,
      partition: random.integer(0, 1),
    })),
  };
}

/** In one batch, and never deleted: the same `_id` in another type each time, or documents of values of any type, written several times. */
function types(scenario: Scenario, random: Random): Scenario {
  const { mapping, ...quiet } = patient(scenario, 40_000);
  const strategy = random.pick(['replace', 'replace', 'set'] as const);
  const documentdb = plainSettings(scenario.documentdb);
  const story = {
    ...scenario,
    ...quiet,
    mapping: { ...mapping, batchRecordsMax: 100, windowMs: 1_000 },
    faults: random.chance(0.5) ? [] : scenario.faults,
  };
  const records = withFewKeys(atOnce(scenario.records.map(withoutValue)), 9).map(
    ({ wide: _, poison: __, ...record }) => ({ ...record, kind: 'plain' as const, op: strategy }),
  );
  if (random.chance(0.5)) return { ...story, documentdb: { ...documentdb, identity: 'wideId', strategy }, records };
  const wide = () => random.integer(0, WIDE_VALUES_COUNT - 1);
  return {
    ...story,
    documentdb: { ...documentdb, identity: 'id', isNative: true },
    records: records.map((record) => ({ ...record, op: 'replace', wide: wide() })),
  };
}

const withoutValue = ({ unique: _, ...record }: ScenarioRecord): ScenarioRecord => record;

const withFewKeys = (records: readonly ScenarioRecord[], count: number): readonly ScenarioRecord[] =>
  records.map((record) =>
    record.key === null
      ? record
      : { ...record, key: `${SECRET}-${1 + (Number(record.key.slice(SECRET.length + 1)) % count)}` },
  );
