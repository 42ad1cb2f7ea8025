import { SECRET } from '../../../services/kafka-log.ts';
import type { Random } from '../../random.ts';
import type { FaultWindow, Scenario } from '../../scenario.ts';
import { inTurn } from '../../turn.ts';
import { always, patient, plainSettings, sooner } from './parts.ts';

/** Refusals that may as well blame a document, of writes and of commands. */
export function doubts(scenario: Scenario, random: Random, round: number): Scenario {
  const kind = inTurn(['documentdb.statementDoubted', 'documentdb.commandDoubted'] as const, round);
  const window = { ...always(kind, 0, random.pick([60_000, 300_000])), chance: random.pick([0.3, 1]) };
  return {
    ...scenario,
    ...patient(scenario, 40_000),
    faults: [...scenario.faults.slice(0, random.pick([0, 2])), window],
  };
}

const SIMPLE = 6;
const BUSY = 3;
const WRITES_OF_A_BUSY_ONE = 4;

/** A code passes of documents that are written once, and refuses the later writes of others then, in the same batch. */
export function passed(scenario: Scenario, random: Random): Scenario {
  const { mapping, ...quiet } = patient(scenario, 40_000);
  const keys = [
    ...Array.from({ length: SIMPLE }, (_, index) => `simple-${index}`),
    ...Array.from({ length: BUSY * WRITES_OF_A_BUSY_ONE }, (_, index) => `busy-${index % BUSY}`),
  ];
  return {
    ...scenario,
    ...quiet,
    mapping: { ...mapping, batchRecordsMax: 100, windowMs: 1_000 },
    documentdb: { ...plainSettings(scenario.documentdb), identity: 'id', strategy: 'increment' },
    faults: [{ ...always('documentdb.statementDoubted', 0, 300_000), chance: random.pick([0.8, 1]) }],
    records: keys.map((key, index) => ({
      id: index + 1,
      atMs: 0,
      key: `${SECRET}-${key}`,
      kind: 'plain',
      op: 'increment',
      partition: 0,
    })),
  };
}

/** From the beginning on: no write was taken before. */
export function throttled(scenario: Scenario, random: Random): Scenario {
  const window = always('documentdb.writesThrottled', 0, random.pick([20_000, 60_000, 150_000]));
  return { ...scenario, ...patient(scenario, random.pick([15_000, 40_000])), faults: [window] };
}

const CROWD = 150;

/** Many documents at once, and a server that takes its time for each. */
export function slow(scenario: Scenario): Scenario {
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

/** Somebody else is always a moment earlier, and gone once that was seen. */
export function races(scenario: Scenario, random: Random, round: number): Scenario {
  const { strategy, isNative } = scenario.documentdb;
  const isOfKey = round % 2 === 1 && !isNative;
  if (strategy === 'events' || strategy === 'stamp') return scenario;
  return {
    ...scenario,
    ...patient(scenario, 120_000),
    documentdb: {
      ...scenario.documentdb,
      ...(isOfKey && { identity: 'business' }),
      isForeignGoneOnceRead: true,
    },
    faults: [always('documentdb.insertedFirst', 0, random.pick([60_000, 300_000])), ...readsRefused(random)],
  };
}

/** While several documents are to be read. */
const readsRefused = (random: Random): readonly FaultWindow[] =>
  random.chance(0.3) ? [always('documentdb.readRefused', 0, random.pick([8_000, 30_000]))] : [];

/** Rights on some collections, and on their indexes, that come and go. */
export function collections(scenario: Scenario, random: Random): Scenario {
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
export function outage(scenario: Scenario, random: Random): Scenario {
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
