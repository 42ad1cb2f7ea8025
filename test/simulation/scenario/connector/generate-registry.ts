import { AVRO_VALUES_COUNT } from '../../services/documents/connector/avro-values.ts';
import type { FaultKind } from '../faults.ts';
import { patient } from '../generate/corners/parts.ts';
import type { Random } from '../random.ts';
import type { FaultWindow, Scenario } from '../scenario.ts';
import { inTurn } from '../turn.ts';
import { withConnector } from './generate-connector.ts';

/** No divisor in common with the numbers of ways and of id strategies. */
const STEP = 7;

/** What the registry does, in turn; undefined: it answers. */
const COURSES = [
  'registry.silent',
  'registry.failed',
  undefined,
  'registry.replaced',
  'registry.behind',
  'registry.slow',
  'registry.refused',
] as const satisfies readonly (FaultKind | undefined)[];

/** So long may a registry not have heard of a schema that another one has: it is asked again after a second. */
const BEHIND_MS = 900;
const BEGINS_MS_MAX = 10_000;

/** Values are Avro, with schemas that a registry has. @param round among these stories */
export function withRegistry(scenario: Scenario, random: Random, round: number): Scenario {
  const story = withConnector(scenario, random, STEP * round);
  const { connector } = story.documentdb;
  if (connector === undefined) throw new Error('the story of a file has a file');
  // The whole key is JSON, whose numbers are others than those of Avro.
  const idStrategy = connector.idStrategy === 'fullKey' ? 'partialKey' : connector.idStrategy;
  const first = random.integer(0, AVRO_VALUES_COUNT - 1);
  const kind = inTurn(COURSES, round);
  return {
    ...story,
    ...patient(scenario, random.pick([15_000, 40_000])),
    documentdb: { ...story.documentdb, connector: { ...connector, idStrategy, converter: 'avro' } },
    faults: kind === undefined ? [] : faultsOf(kind, random),
    records: story.records.map((record, index) => ({
      ...record,
      ...(record.kind !== 'tombstone' && { typed: (first + STEP * index) % AVRO_VALUES_COUNT }),
    })),
  };
}

/** Environments come and go, and ask anew. */
function faultsOf(kind: FaultKind, random: Random): readonly FaultWindow[] {
  const isBehind = kind === 'registry.behind';
  const fromMs = isBehind ? 0 : random.integer(0, BEGINS_MS_MAX);
  const lengthMs = isBehind ? BEHIND_MS : random.pick([2_000, 20_000, 60_000]);
  return [
    { kind, fromMs, untilMs: fromMs + lengthMs, chance: isBehind ? 1 : random.pick([0.5, 1]) },
    { kind: 'lambda.coldStart', fromMs: 0, untilMs: 90_000, chance: 0.5 },
  ];
}
