import { SECRET } from '../../../services/kafka-log.ts';
import type { FaultKind } from '../../faults.ts';
import type { Random } from '../../random.ts';
import type { FaultWindow, Scenario, ScenarioRecord } from '../../scenario.ts';
import type { ScenarioDocumentdb } from '../document-ops.ts';

export const always = (kind: FaultKind, fromMs: number, untilMs: number): FaultWindow => ({
  kind,
  fromMs,
  untilMs,
  chance: 1,
});

/** Nothing is given up, and nobody waits for long. */
export const patient = (
  { mapping, function: fn }: Scenario,
  timeoutMs: number,
): Pick<Scenario, 'mapping' | 'function'> => ({
  mapping: { ...mapping, mode: 'provisioned', retriesMax: 10_000, recordAgeMaxMs: Number.POSITIVE_INFINITY },
  function: { ...fn, onPoison: 'deadLetter', timeoutMs },
});

export const plainSettings = (settings: ScenarioDocumentdb): ScenarioDocumentdb => ({
  poolSizeMax: settings.poolSizeMax,
  identity: settings.identity,
  strategy: 'replace',
  deletes: settings.deletes,
  guard: 'offset',
  isDeletionVersioned: true,
});

/** In the same order, within three seconds. */
export const sooner = (records: readonly ScenarioRecord[]): readonly ScenarioRecord[] =>
  records.map((record) => ({ ...record, atMs: Math.floor(record.atMs / 20) }));

/** All of one batch or two, and in one partition. */
export const atOnce = (records: readonly ScenarioRecord[]): readonly ScenarioRecord[] =>
  sooner(records).map((record) => ({ ...record, partition: 0 }));

export const withoutValue = ({ unique: _, ...record }: ScenarioRecord): ScenarioRecord => record;

export const withFewKeys = (records: readonly ScenarioRecord[], count: number): readonly ScenarioRecord[] =>
  records.map((record) =>
    record.key === null
      ? record
      : { ...record, key: `${SECRET}-${1 + (Number(record.key.slice(SECRET.length + 1)) % count)}` },
  );

const SECOND_BATCH_AT_MS = 10_000;

/** So many records of so few keys, the first half of them in one batch, and the second half in another one. */
export const inTwoBatches = (count: number, keyCount: number, random: Random): readonly ScenarioRecord[] =>
  Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    atMs: index < count / 2 ? 0 : SECOND_BATCH_AT_MS,
    key: `${SECRET}-${random.integer(1, keyCount)}`,
    kind: 'plain',
    partition: 0,
  }));
