import { SECRET } from '../../../services/kafka-log.ts';
import type { Random } from '../../random.ts';
import type { Scenario, ScenarioRecord } from '../../scenario.ts';
import { inTurn } from '../../turn.ts';
import { patient, plainSettings } from './parts.ts';

const OTHER_KEYS = 3;
/** A batch that makes progress each time takes two minutes. */
const ENDS_MS = 10 * 60_000;
/** So many that a fold of them cannot be taken apart in one invocation, again and again. */
const UPDATES = { min: 16, max: 18 } as const;

/**
 * Refused records of one document in one batch, which comes again as a whole: an invocation has time to prove four of them, and
 * remembers those. In turn they are inserts, updates among others that are taken, and replacements, which may stand at the same
 * places of several topics.
 */
export function again(scenario: Scenario, random: Random, round: number): Scenario {
  const { mapping, ...quiet } = patient(scenario, 15_000);
  const op = inTurn(['insert', 'set', 'replace'] as const, round);
  const refusedCount = op === 'set' ? random.integer(UPDATES.min, UPDATES.max) : random.integer(5, 9);
  const refused = Array.from({ length: refusedCount }, (_, index): ScenarioRecord => {
    const refusal = random.chance(0.8) ? 'unlisted' : 'command';
    return { id: 2 * index + 1, atMs: 0, key: `${SECRET}-0`, kind: 'refused', refusal, op, partition: 0 };
  });
  const plain = refused.map(({ id }): ScenarioRecord => {
    const key = op === 'set' && random.chance(0.5) ? 0 : random.integer(1, OTHER_KEYS);
    return { id: id + 1, atMs: 0, key: `${SECRET}-${key}`, kind: 'plain', op: 'set', partition: 0 };
  });
  return {
    ...scenario,
    ...quiet,
    mapping: { ...mapping, mode: 'onDemand', batchRecordsMax: 100, windowMs: 1_000 },
    documentdb: { ...plainSettings(scenario.documentdb), identity: 'id' },
    faults: [],
    calmMsMax: ENDS_MS,
    partitionCount: 1,
    // Where a record of another topic can be written, two inserts of one document cannot.
    ...(op === 'insert' && { topicCount: 1 }),
    records: [...refused, ...plain].toSorted((a, b) => a.id - b.id),
  };
}
