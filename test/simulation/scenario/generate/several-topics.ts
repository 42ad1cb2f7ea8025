import { SECRET, TOPICS_MAX } from '../../services/kafka-log.ts';
import { hash, type Random } from '../random.ts';
import type { FaultWindow, Scenario, ScenarioRecord } from '../scenario.ts';
import type { ScenarioDocumentdb } from './document-ops.ts';

/** How topics share keys: each key is of one topic; of any; or every topic has the same records at the same places. */
type Sharing = 'none' | 'some' | 'all';

/** So many at most are in every topic. */
const REPEATED_MAX = 80;
/** Above all other numbers of records. */
const ID_STEP = 100_000;

/** Some functions have the mappings of several topics. */
export function withTopics(scenario: Scenario, random: Random, chance = 0.4): Scenario {
  if (scenario.topicCount !== undefined || !random.chance(chance)) return scenario;
  const topicCount = random.integer(2, TOPICS_MAX);
  const isOfTopic = random.chance(0.5);
  const sharing = random.pick(sharingsOf(scenario, isOfTopic));
  // A value that one topic's record frees is free for the next of its own collection alone.
  const isCollectionOfTopic = isOfTopic || hasValues(scenario);
  const documentdb: ScenarioDocumentdb = isCollectionOfTopic
    ? { ...scenario.documentdb, isCollectionOfTopic }
    : scenario.documentdb;
  const records = distributed(scenario, { sharing, topicCount, random });
  const faults = random.chance(0.25) ? [...scenario.faults, recreation(random)] : scenario.faults;
  return { ...scenario, topicCount, records, faults, ...(scenario.sink === 'documentdbSink' && { documentdb }) };
}

/** Of one topic, while there is more to come of it. */
function recreation(random: Random): FaultWindow {
  const fromMs = random.integer(5_000, 45_000);
  return { kind: 'kafka.topicRecreated', fromMs, untilMs: fromMs + 1, chance: 1 };
}

const hasValues = ({ records }: Scenario): boolean => records.some(({ unique }) => unique !== undefined);

/** Where one record needs what another one left, both are of one topic. */
const isInOrder = (scenario: Scenario): boolean =>
  scenario.sink === 'documentdbSink' && (scenario.documentdb.strategy === 'events' || hasValues(scenario));

function sharingsOf(scenario: Scenario, isCollectionOfTopic: boolean): readonly Sharing[] {
  const isShort = scenario.records.length <= REPEATED_MAX;
  const mayRepeat = isShort && (!isInOrder(scenario) || isCollectionOfTopic);
  return ['none', ...(isInOrder(scenario) ? [] : (['some'] as const)), ...(mayRepeat ? (['all'] as const) : [])];
}

interface Distribution {
  readonly sharing: Sharing;
  readonly topicCount: number;
  readonly random: Random;
}

function distributed(scenario: Scenario, { sharing, topicCount, random }: Distribution): readonly ScenarioRecord[] {
  const { records } = scenario;
  if (sharing !== 'all') {
    const isOfKey = ({ key }: ScenarioRecord) => sharing === 'none' && key !== null;
    const topicOf = (record: ScenarioRecord) =>
      isOfKey(record) ? Math.abs(hash(`topic of ${record.key}`)) % topicCount : random.integer(0, topicCount - 1);
    return records.map((record) => ({ ...record, topic: topicOf(record) }));
  }
  return records.flatMap((record) =>
    Array.from({ length: topicCount }, (_, topic): ScenarioRecord => {
      // The same place holds a record that can be written in one topic, and one that cannot in another.
      const isSound = topic > 0 && !isInOrder(scenario) && random.chance(0.5);
      return { ...(isSound ? sound(record) : record), id: record.id + topic * ID_STEP, topic };
    }),
  );
}

const sound = ({ kind, poison: _, refusal: __, ...record }: ScenarioRecord): ScenarioRecord => ({
  ...record,
  kind: kind === 'tombstone' ? 'tombstone' : 'plain',
});

const LATER_MS = 60_000;

/** Producers that give no time: while everything is rejected a second topic has records where those of the first were refused. */
export function strangers({ mapping, function: fn, ...scenario }: Scenario, random: Random): Scenario {
  const kinds = ['refused', 'plain', 'refused', 'plain'] as const;
  const records = [0, 1].flatMap((topic) =>
    kinds.map((kind, index): ScenarioRecord => {
      const id = topic * kinds.length + index + 1;
      return {
        id,
        atMs: topic * LATER_MS,
        topic,
        key: `${SECRET}-${index}`,
        kind: topic === 0 ? kind : 'plain',
        timeMs: -1,
      };
    }),
  );
  const untilMs = LATER_MS + random.pick([10_000, 60_000]);
  return {
    ...scenario,
    mapping: {
      ...mapping,
      batchRecordsMax: 25,
      windowMs: 1_000,
      retriesMax: 10_000,
      recordAgeMaxMs: Number.POSITIVE_INFINITY,
    },
    function: { ...fn, onPoison: 'deadLetter', timeoutMs: random.pick([15_000, 40_000]) },
    topicCount: 2,
    partitionCount: 1,
    faults: [{ kind: 'kinesis.allRejected', fromMs: LATER_MS, untilMs, chance: 1 }],
    records,
  };
}
