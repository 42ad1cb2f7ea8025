import { SECRET } from '../../../services/kafka-log.ts';
import type { Random } from '../../random.ts';
import type { Scenario } from '../../scenario.ts';
import { inTurn } from '../../turn.ts';
import { always, patient } from './parts.ts';

const AGGREGATES = [
  { ordering: 'key', aggregation: 'key' },
  { ordering: 'key', aggregation: 'bucket' },
  { ordering: 'partition', aggregation: 'key' },
  { ordering: 'none', aggregation: 'bucket' },
] as const;

/** Nobody can look at the stream, which distributes by itself, and there is time left when somebody can. */
export function unseen(scenario: Scenario, _random: Random, round: number): Scenario {
  const { ordering, aggregation } = inTurn(AGGREGATES, round);
  const { mapping, ...quiet } = patient(scenario, 40_000);
  return {
    ...scenario,
    ...quiet,
    mapping: { ...mapping, batchRecordsMax: 25, windowMs: 1_000 },
    kinesis: {
      ...scenario.kinesis,
      ordering,
      aggregation,
      partitionKey: ordering === 'none' ? 'random' : 'key',
      mayDescribe: true,
      hasRole: true,
      shardCount: Math.max(2, scenario.kinesis.shardCount),
    },
    faults: [always('kinesis.automatic', 0, 60_000), always('sts.refused', 0, 8_000)],
  };
}

const LANES = 12;
const RECORDS_OF_A_LANE = 6;

/** Each of a dozen keys has several records at one moment, and shards take five in a second. */
export function fullShards(scenario: Scenario, random: Random): Scenario {
  const { mapping, ...quiet } = patient(scenario, 120_000);
  return {
    ...scenario,
    ...quiet,
    mapping: { ...mapping, batchRecordsMax: 100, windowMs: 1_000, pollers: 1 },
    kinesis: {
      ...scenario.kinesis,
      ordering: 'key',
      aggregation: 'off',
      partitionKey: 'key',
      shardCount: random.integer(1, 3),
    },
    faults: [always('kinesis.shardLimit', 0, 60_000)],
    records: Array.from({ length: LANES * RECORDS_OF_A_LANE }, (_, index) => ({
      id: index + 1,
      atMs: 0,
      key: `${SECRET}-${index % LANES}`,
      kind: 'plain',
    })),
  };
}

const SILENT_MS = 30_000;

/** No request is answered for a while, and each is waited for longer than there is time left before the answer. */
export function silent(scenario: Scenario, random: Random): Scenario {
  const { mapping, ...quiet } = patient(scenario, 15_000);
  return {
    ...scenario,
    ...quiet,
    mapping: { ...mapping, batchRecordsMax: random.pick([25, 100]) },
    kinesis: { ...scenario.kinesis, requestTimeoutMs: 10_000 },
    faults: [always('kinesis.requestLost', 0, SILENT_MS)],
  };
}
