import type { Random } from '../../random.ts';
import type { Scenario, ScenarioRecord } from '../../scenario.ts';
import { EPOCH_MS } from '../../timeline.ts';
import { inTurn } from '../../turn.ts';
import { eventsOf, opFor } from '../generate-documents.ts';
import { always, inTwoBatches, patient, plainSettings } from './parts.ts';

/** Enough for batches in which each document is written many times. */
const FOLDED = 60;

const KINDS = [
  { strategy: 'events', deletes: 'tombstone', loses: true },
  { strategy: 'stamp', deletes: 'hard', loses: false },
  { strategy: 'events', deletes: 'tombstone', loses: false },
  { strategy: 'mixed', deletes: 'hard', loses: false },
  { strategy: 'events', deletes: 'hard', loses: false },
  { strategy: 'mixed', deletes: 'tombstone', loses: true },
] as const;

/** Few documents that are written and deleted many times in a batch, in all ways that fold or do not. */
export function folds(scenario: Scenario, random: Random, round: number): Scenario {
  const { strategy, deletes, loses } = inTurn(KINDS, round);
  const { mapping, ...quiet } = patient(scenario, 40_000);
  // A document's last deletion hides what its writes before did.
  const deletedChance = strategy === 'stamp' ? 0.05 : DELETED_CHANCE;
  const records = inTwoBatches(FOLDED, 4, random).map(deleted(random, deletedChance));
  return {
    ...scenario,
    ...quiet,
    mapping: { ...mapping, batchRecordsMax: 100, windowMs: 1_000 },
    documentdb: { ...plainSettings(scenario.documentdb), identity: 'id', strategy, deletes },
    faults: loses ? [{ ...always('documentdb.answerLost', 0, 60_000), chance: 0.3 }] : [],
    records:
      strategy === 'events'
        ? eventsOf(records, random)
        : records.map((record) => ({ ...record, op: opFor(strategy, deletes, random) })),
  };
}

const DELETED_CHANCE = 0.25;

const deleted =
  (random: Random, chance: number) =>
  (record: ScenarioRecord): ScenarioRecord =>
    random.chance(chance) ? { ...record, kind: 'tombstone' } : record;

/** So close to each other that many of one document are the same. */
const TIMES_MS_MAX = 20;

/** In one batch, records whose own times are in another order than their offsets. */
export function versions(scenario: Scenario, random: Random, round: number): Scenario {
  const { mapping, ...quiet } = patient(scenario, 40_000);
  const strategy = inTurn(['replace', 'set'] as const, round);
  const records = inTwoBatches(FOLDED, 9, random).map(deleted(random, DELETED_CHANCE));
  return {
    ...scenario,
    ...quiet,
    mapping: { ...mapping, recordAgeMaxMs: Number.POSITIVE_INFINITY, batchRecordsMax: 100, windowMs: 1_000 },
    documentdb: { ...plainSettings(scenario.documentdb), identity: 'id', strategy, guard: 'timestamp' },
    faults: round % 3 === 2 ? scenario.faults : [],
    records: records.map((record) => ({ ...record, op: strategy, timeMs: EPOCH_MS + random.integer(0, TIMES_MS_MAX) })),
  };
}
