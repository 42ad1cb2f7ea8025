import { withChanges, withKeylessRows } from '../connector/generate-changes.ts';
import { withConnector, withSchemas } from '../connector/generate-connector.ts';
import { withRegistry } from '../connector/generate-registry.ts';
import { withTransforms } from '../connector/generate-transforms.ts';
import type { Random } from '../random.ts';
import type { Scenario, ScenarioRecord } from '../scenario.ts';
import { cornerInTurn } from '../turn.ts';
import { again } from './corners/again.ts';
import { arrays, deferred, leaving, lonely, straight, types, unindexed, values } from './corners/documents.ts';
import { collections, doubts, outage, passed, races, slow, throttled } from './corners/faults.ts';
import { folds, versions } from './corners/folds.ts';
import { mended } from './corners/mended.ts';
import { beforeConflicts, onePartition } from './corners/partitions.ts';
import { opOf, type Poison, type ScenarioDocumentdb } from './document-ops.ts';
import { withOddTimes } from './odd-times.ts';
import { withTopics } from './several-topics.ts';

/** How many of the corners have a connector's file. */
const FILES = 5;

const file =
  (index: number) =>
  (scenario: Scenario, random: Random, round: number): Scenario =>
    withConnector(scenario, random, FILES * round + index);

/** How many of the corners have change events. */
const CHANGES = 2;

const changes =
  (index: number) =>
  (scenario: Scenario, random: Random, round: number): Scenario =>
    withChanges(scenario, random, CHANGES * round + index);

/** How many of the corners have a schema registry. */
const REGISTRIES = 3;

const registry =
  (index: number) =>
  (scenario: Scenario, random: Random, round: number): Scenario =>
    withRegistry(scenario, random, REGISTRIES * round + index);

/** Corners of the world that seldom occur by themselves, one in a story, in turn; undefined: none. */
const CORNERS = [
  file(0),
  doubts,
  values,
  undefined,
  folds,
  outage,
  collections,
  file(1),
  onePartition,
  unindexed,
  types,
  throttled,
  mended,
  file(2),
  versions,
  passed,
  values,
  races,
  slow,
  file(3),
  straight,
  again,
  changes(0),
  folds,
  arrays,
  registry(1),
  withKeylessRows,
  file(4),
  registry(2),
  beforeConflicts,
  leaving,
  withSchemas,
  changes(1),
  deferred,
  lonely,
  withTransforms,
  registry(0),
] as const;

/** What version 3 adds where the target is a collection. */
export function denseDocumentStory(scenario: Scenario, random: Random, turn: number): Scenario {
  const { corner, round } = cornerInTurn(CORNERS, turn);
  const usual = withOddContent(withOddTimes(scenario, random.fork('times')), random.fork('content'));
  const story = corner === undefined ? usual : corner(usual, random.fork('corner'), round);
  const named = withoutLaterPartitions(withNames(asItsRecordsAre(story), random.fork('names')));
  const isOfFile = named.documentdb.connector !== undefined;
  return withTopics(named, random.fork('topics'), isOfFile ? 0.8 : undefined);
}

/** Corners have records of their own, which replace their documents in a story that counts. */
function asItsRecordsAre(scenario: Scenario): Scenario {
  const { documentdb, records } = scenario;
  const { connector, strategy } = documentdb;
  if (connector !== undefined || (strategy !== 'increment' && strategy !== 'steps')) return scenario;
  const isOther = (record: ScenarioRecord) => record.kind === 'plain' && opOf(record) !== strategy;
  return records.some(isOther) ? { ...scenario, documentdb: { ...documentdb, strategy: 'mixed' } } : scenario;
}

/** Several collections, and servers that do not say by which index a document is refused. */
function withNames(scenario: Scenario, random: Random): Scenario {
  const { documentdb } = scenario;
  const isSeveral = documentdb.isNative !== true && random.chance(0.4) && documentdb.connector === undefined;
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
