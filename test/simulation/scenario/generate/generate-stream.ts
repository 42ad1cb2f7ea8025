import { SECRET } from '../../services/kafka-log.ts';
import type { Random } from '../random.ts';
import type { FaultWindow, Scenario, ScenarioKinesis, ScenarioRecord } from '../scenario.ts';

/** Every combination of order and aggregation that is not refused; the default is drawn most. */
const ORDERS: readonly Pick<ScenarioKinesis, 'ordering' | 'aggregation'>[] = [
  ...Array.from({ length: 4 }, () => ({ ordering: 'key', aggregation: 'off' }) as const),
  { ordering: 'key', aggregation: 'key' },
  { ordering: 'key', aggregation: 'key' },
  { ordering: 'key', aggregation: 'bucket' },
  { ordering: 'key', aggregation: 'bucket' },
  { ordering: 'partition', aggregation: 'off' },
  { ordering: 'partition', aggregation: 'key' },
  { ordering: 'partition', aggregation: 'bucket' },
  { ordering: 'none', aggregation: 'off' },
  { ordering: 'none', aggregation: 'bucket' },
];

const RECORD_BYTES_MAX = 2_000;

/** @param tombstone what becomes of one, unless it travels in an envelope */
export function streamSettings(random: Random, tombstone: 'empty' | 'skip') {
  const order = random.pick(ORDERS);
  const envelope = random.pick(['none', 'none', 'json'] as const);
  const others = order.ordering === 'none' ? (['random', 'random'] as const) : (['partition', 'constant'] as const);
  return {
    ...order,
    partitionKey: random.chance(0.6) ? 'key' : random.pick(others),
    envelope,
    tombstone: envelope === 'json' && random.chance(0.7) ? 'envelope' : tombstone,
    recordBytesMax: RECORD_BYTES_MAX,
    mayDescribe: random.chance(0.8),
  } as const;
}

/** What else a story can be where documents have no part in it. */
export const streamStory = (scenario: Scenario, random: Random): Scenario => {
  const shaped = withShape(withCrowd(scenario, random.fork('crowd')), random.fork('shape'));
  const poisoned = withPoisonForTheBucket(shaped, random.fork('poison'));
  const seen = withLostRenewals(withAutomaticStream(poisoned, random.fork('automatic')), random.fork('renewals'));
  const told = withOddKeys(seen, random.fork('keys'));
  return { ...withTimeForItsLanes(told), faults: told.faults.flatMap((fault) => asItCanBe(fault, told)) };
};

/** So many round trips one after the other, and a batch that no fault touches is settled before the shortest deadline. */
const LANE_RECORDS_MAX = 300;

function withTimeForItsLanes(scenario: Scenario): Scenario {
  if (scenario.records.length <= LANE_RECORDS_MAX) return scenario;
  return { ...scenario, function: { ...scenario.function, timeoutMs: 120_000 } };
}

/** Renewals fail while the session in hand is good for a while: nobody should notice. */
function withLostRenewals(scenario: Scenario, random: Random): Scenario {
  if (!scenario.kinesis.hasRole || scenario.faults.length === 0 || !random.chance(0.06)) return scenario;
  const fromMs = random.integer(1_000, 10_000);
  return { ...scenario, faults: [...scenario.faults, { kind: 'sts.refused', fromMs, untilMs: 60_000, chance: 1 }] };
}

/** That it distributes by itself is felt only where aggregates are meant for it. */
function withAutomaticStream(scenario: Scenario, random: Random): Scenario {
  if (scenario.kinesis.aggregation === 'off' || scenario.faults.length === 0 || !random.chance(0.1)) return scenario;
  const untilMs = random.pick([10_000, 60_000, 200_000]);
  return { ...scenario, faults: [...scenario.faults, { kind: 'kinesis.automatic', fromMs: 0, untilMs, chance: 1 }] };
}

/** How a stream distributes is seen once, at the beginning, and only where one may look. */
function asItCanBe(fault: FaultWindow, { kinesis, faults }: Scenario): readonly FaultWindow[] {
  const isAutomatic = faults.some(({ kind }) => kind === 'kinesis.automatic');
  if (fault.kind === 'kinesis.describeFailed' && isAutomatic && kinesis.mayDescribe) return [];
  if (fault.kind !== 'kinesis.automatic') return [fault];
  if (!kinesis.mayDescribe) return [];
  const withoutSession: FaultWindow = { kind: 'sts.refused', fromMs: 0, untilMs: NO_SESSION_MS, chance: 1 };
  return [{ ...fault, fromMs: 0, chance: 1 }, withoutSession];
}

/** Nobody sees how the stream distributes, and then somebody does. */
const NO_SESSION_MS = 8_000;

/** Events as they are: records of one byte, a record as large as can be, one key, many keys, no keys. */
const SHAPES = ['tiny', 'large', 'hotKey', 'manyKeys', 'noKeys'] as const;
const SHAPED_COUNT = 1_500;

function withShape(scenario: Scenario, random: Random): Scenario {
  if (!random.chance(0.03)) return scenario;
  const shape = random.pick(SHAPES);
  const isLarge = shape === 'large';
  const records = Array.from({ length: isLarge ? 5 : SHAPED_COUNT }, (_, index): ScenarioRecord => {
    const id = scenario.records.length + 10_000 + index;
    const key = shape === 'noKeys' ? null : `${SECRET}-${shape === 'hotKey' ? 'hot' : id}`;
    if (shape === 'tiny') return { id, atMs: 0, key, kind: 'plain', bytes: 1 };
    return isLarge && index === 0
      ? { id, atMs: 0, key: 'l', kind: 'plain', bytes: LARGE_BYTES }
      : { id, atMs: 0, key, kind: 'plain' };
  });
  const mapping = { ...scenario.mapping, batchRecordsMax: 10_000, pollers: 1, windowMs: 1_000 };
  const recordBytesMax = isLarge ? LARGE_BYTES + ENVELOPE_BYTES : scenario.kinesis.recordBytesMax;
  const others = isLarge ? scenario.records.slice(0, BESIDE_LARGE_MAX) : scenario.records;
  return { ...scenario, mapping, records: [...records, ...others], kinesis: { ...scenario.kinesis, recordBytesMax } };
}

/** Poison is as large, and so are its letters. */
const BESIDE_LARGE_MAX = 20;
const LARGE_BYTES = 1_000_000;
/** Of an envelope around text, and the longest key. */
const ENVELOPE_BYTES = 2_000;

/** More than one request takes. */
const CROWD = { min: 500, max: 800 } as const;

/** Many keys at one moment, and as many records without one, in one batch. */
function withCrowd(scenario: Scenario, random: Random): Scenario {
  if (!random.chance(0.06)) return scenario;
  const poisonChance = random.pick([0, 0.5]);
  const crowd = Array.from({ length: random.integer(CROWD.min, CROWD.max) }, (_, index): ScenarioRecord => {
    const id = scenario.records.length + index + 1;
    const key = index % 2 === 0 ? null : `${SECRET}-crowd-${id}`;
    return { id, atMs: 0, key, kind: random.chance(poisonChance) ? 'poison' : 'plain' };
  });
  const mapping = { ...scenario.mapping, batchRecordsMax: 1_000, pollers: 1, windowMs: 1_000 };
  const onPoison = poisonChance > 0 ? 'deadLetter' : scenario.function.onPoison;
  return {
    ...scenario,
    mapping,
    function: { ...scenario.function, onPoison },
    records: [...crowd, ...scenario.records],
  };
}

const BUCKET_FAILS_MS = 200_000;

/** That the bucket fails is felt only where there is poison; now and then for longer than an invocation. */
function withPoisonForTheBucket(scenario: Scenario, random: Random): Scenario {
  if (!scenario.faults.some(({ kind }) => kind.startsWith('bucket.')) || !random.chance(0.7)) return scenario;
  const isLong = random.chance(0.5);
  const poisonChance = random.pick([0.02, 0.1]);
  return {
    ...scenario,
    function: { ...scenario.function, onPoison: 'deadLetter' },
    mapping: {
      ...scenario.mapping,
      batchRecordsMax: Math.max(100, scenario.mapping.batchRecordsMax),
      retriesMax: 10_000,
    },
    records: scenario.records.map((record) => ({
      ...record,
      kind: random.chance(poisonChance) ? random.pick(['refused', 'poison'] as const) : record.kind,
    })),
    faults: scenario.faults.map((fault) =>
      isLong && fault.kind.startsWith('bucket.')
        ? { ...fault, fromMs: 0, untilMs: Math.max(fault.untilMs, BUCKET_FAILS_MS), chance: 1 }
        : fault,
    ),
  };
}

/** A partition key has at most 256. */
const LONG_KEY_CHARACTERS = 300;
const PARTITION_MAX = 7;

/** Keys too long for a partition key; keys in partitions of the producer's own choice. */
function withOddKeys(scenario: Scenario, random: Random): Scenario {
  const spreads = random.chance(0.3);
  const isLong = random.chance(0.15);
  const records = scenario.records.map((record) => ({
    ...record,
    key: isLong ? (record.key?.padStart(LONG_KEY_CHARACTERS, 'é') ?? null) : record.key,
    ...(spreads && { partition: random.integer(0, PARTITION_MAX) }),
  }));
  return { ...scenario, records };
}
