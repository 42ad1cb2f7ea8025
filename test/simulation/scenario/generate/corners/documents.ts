import { SECRET } from '../../../services/kafka-log.ts';
import type { Random } from '../../random.ts';
import type { Scenario, ScenarioRecord } from '../../scenario.ts';
import { WIDE_VALUES_COUNT } from '../../wide-values.ts';
import { always, atOnce, patient, plainSettings, withFewKeys, withoutValue } from './parts.ts';
import { withMovingValues } from '../generate-documents.ts';

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

/** Two keys that an index takes for one. */
export function arrays(scenario: Scenario, random: Random): Scenario {
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
export function leaving(scenario: Scenario, random: Random): Scenario {
  const { documentdb, records } = scenario;
  const spreads = random.chance(0.5);
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
 * two documents that change their values with each other by way of a third one can then be stuck.
 */
export function values(scenario: Scenario, random: Random): Scenario {
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

/** In one batch, and never deleted: the same `_id` in another type each time, or documents of values of any type, written several times. */
export function types(scenario: Scenario, random: Random): Scenario {
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
  if (random.chance(0.8)) return { ...story, documentdb: { ...documentdb, identity: 'wideId', strategy }, records };
  const wide = () => random.integer(0, WIDE_VALUES_COUNT - 1);
  return {
    ...story,
    documentdb: { ...documentdb, identity: 'id', isNative: true },
    records: records.map((record) => ({ ...record, op: 'replace', wide: wide() })),
  };
}
