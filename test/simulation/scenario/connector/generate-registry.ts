import { FORMATS } from '../../services/documents/connector/registry/stored-schemas.ts';
import type { FaultKind } from '../faults.ts';
import { inTwoBatches, patient, sooner, withFewKeys } from '../generate/corners/parts.ts';
import { partitionOf } from '../generate/generate-documents.ts';
import type { Random } from '../random.ts';
import type { FaultWindow, Scenario, ScenarioRecord } from '../scenario.ts';
import { inTurn } from '../turn.ts';
import { REGISTRY_CONVERTERS } from './connector.ts';
import { withConnector } from './generate-connector.ts';

/** No divisor in common with the numbers of ways and of id strategies. */
const STEP = 7;

/** Every so manieth story with a file has updates. */
const UPDATES = 5;
/** So few that records of one document have several schemas. */
const KEYS = 6;

/** What the registry does, in turn; undefined: it answers. No divisor in common with the numbers of corners and of converters. */
const COURSES = [
  'registry.refusesSome',
  'unfollowed',
  'registeredLate',
  'registry.silent',
  'registry.failed',
  'registry.moved',
  'registry.replaced',
  'registry.behind',
  'registry.slow',
  'registry.refused',
  undefined,
] as const satisfies readonly (FaultKind | 'unfollowed' | 'registeredLate' | undefined)[];

/** So long may a registry not have heard of a schema that another one has: it is asked again after a second. */
const BEHIND_MS = 900;
const LATE_MS = 30_000;
const BEGINS_MS_MAX = 10_000;

/** One in so many records has no value of a type of the format, and one in so many is poison. */
const UNTYPED_EVERY = 4;
const POISON_EVERY = 9;
/** One story in so many has poison that blocks. */
const BLOCKING_EVERY = 4;

/** Values have schemas that a registry has. @param index among these stories */
export function withRegistry(scenario: Scenario, random: Random, index: number): Scenario {
  const course = inTurn(COURSES, index);
  if (course === 'registry.refusesSome') return withRefusedSchemas(scenario, random, index);
  if (course === 'unfollowed') return withUnfollowedSchemas(scenario, random);
  const story = ofRegistry(withConnector(scenario, random, STEP * index), random, index);
  if (course === 'registeredLate') return registeredLate(story, random, index);
  const { connector, typedCount } = registryOf(story, index);
  const first = random.integer(0, typedCount - 1);
  const kind = course === 'registry.moved' && connector.converter === 'glueAvro' ? 'registry.sessionEnded' : course;
  return {
    ...story,
    ...(index % BLOCKING_EVERY === 0 && blocking(story, random.integer(1, 3))),
    faults: kind === undefined ? [] : faultsOf(kind, random),
    records: typedFrom(first, story.records, typedCount),
  };
}

const typedFrom = (first: number, records: readonly ScenarioRecord[], count: number): readonly ScenarioRecord[] =>
  records.map((record, place) => ({
    ...record,
    ...(record.kind !== 'tombstone' && place % UNTYPED_EVERY > 0 && { typed: (first + STEP * place) % count }),
  }));

/** Poison stands where it is until the mapping gives it up. */
const blocking = ({ function: fn, mapping }: Scenario, retriesMax: number): Pick<Scenario, 'function' | 'mapping'> => ({
  function: { ...fn, onPoison: 'block' },
  mapping: { ...mapping, retriesMax },
});

/** Nothing is given up: once the schemas are registered every record is written, by the environment that did not find them. */
function registeredLate(story: Scenario, random: Random, index: number): Scenario {
  const { typedCount } = registryOf(story, index);
  const sound = story.records.map((record) =>
    record.kind === 'tombstone' ? record : { ...record, kind: 'plain' as const },
  );
  return {
    ...story,
    ...blocking(story, story.mapping.retriesMax),
    faults: [{ kind: 'registry.behind', fromMs: 0, untilMs: LATE_MS, chance: 1 }],
    records: typedFrom(random.integer(0, typedCount - 1), sound, typedCount),
  };
}

/** In one partition records wait for their schema behind which others of the same documents have one; in the other one none waits. */
function withRefusedSchemas(scenario: Scenario, random: Random, index: number): Scenario {
  const story = ofRegistry(withConnector(scenario, random, UPDATES * index + 1), random, index);
  const { typedCount } = registryOf(story, index);
  const typedIn = (partition: number, place: number) =>
    partition === 0 ? 1 + ((place % 3) % 2) : 3 + (place % (typedCount - 3));
  return {
    ...story,
    mapping: { ...story.mapping, batchRecordsMax: 100, windowMs: 1_000, pollers: 1 },
    partitionCount: 2,
    faults: [
      { kind: 'registry.refusesSome', fromMs: 0, untilMs: 40_000, chance: 1, partition: 0 },
      { kind: 'lambda.coldStart', fromMs: 0, untilMs: 40_000, chance: 0.3 },
    ],
    records: withFewKeys(sooner(story.records), KEYS).map((record, place) => ({
      ...record,
      partition: partitionOf(record),
      ...(record.kind !== 'tombstone' && { typed: typedIn(partitionOf(record), place) }),
    })),
  };
}

/** One batch needs more schemas than are asked for at once, and the first is one that the function does not follow. */
function withUnfollowedSchemas(scenario: Scenario, random: Random): Scenario {
  const records = inTwoBatches(UNFOLLOWED, KEYS, random);
  const index = REGISTRY_CONVERTERS.indexOf('jsonSchema');
  const story = withRefusedSchemas({ ...scenario, topicCount: 1, records }, random, index);
  // A longer invocation asks so often that it learns of all of them.
  return { ...story, ...patient(story, 15_000), mapping: story.mapping };
}

const UNFOLLOWED = 80;

function ofRegistry(story: Scenario, random: Random, index: number): Scenario {
  const { connector } = registryOf(story, index);
  // With a schema a later update sets the field by which the server refuses a record to null: in a fold that hides the refusal.
  const hasUpdates = connector.writeModels.some((name) => name.startsWith('update'));
  const kindOf = ({ kind }: ScenarioRecord, place: number) => {
    if (kind === 'refused' && hasUpdates) return 'plain';
    return kind === 'plain' && place % POISON_EVERY === 4 ? 'poison' : kind;
  };
  return {
    ...story,
    ...patient(story, random.pick([15_000, 40_000])),
    documentdb: { ...story.documentdb, connector },
    records: story.records.map((record, place) => ({ ...record, kind: kindOf(record, place) })),
  };
}

function registryOf({ documentdb: { connector } }: Scenario, index: number) {
  if (connector === undefined) throw new Error('the story of a file has a file');
  const converter = inTurn(REGISTRY_CONVERTERS, index);
  const mayHaveKey = connector.idStrategy !== 'rawKey' || converter !== 'protobuf';
  const hasKey = mayHaveKey && Math.floor(index / REGISTRY_CONVERTERS.length) % 2 === 0;
  // The whole key without a schema is JSON, whose numbers are others than those of a schema.
  const idStrategy = connector.idStrategy === 'fullKey' && !hasKey ? 'partialKey' : connector.idStrategy;
  const key = hasKey ? ({ keyHasSchema: true } as const) : {};
  return { connector: { ...connector, idStrategy, converter, ...key }, typedCount: FORMATS[converter].typedCount };
}

/** Environments come and go, and ask anew. */
function faultsOf(kind: FaultKind, random: Random): readonly FaultWindow[] {
  const isBehind = kind === 'registry.behind';
  // Sessions that end are asked for again: the window must be there when schemas are.
  const isFromBeginning = isBehind || kind === 'registry.sessionEnded';
  const fromMs = isFromBeginning ? 0 : random.integer(0, BEGINS_MS_MAX);
  const lengthMs = isBehind ? BEHIND_MS : random.pick(isFromBeginning ? [20_000, 60_000] : [2_000, 20_000, 60_000]);
  return [
    { kind, fromMs, untilMs: fromMs + lengthMs, chance: isBehind ? 1 : random.pick([0.5, 1]) },
    { kind: 'lambda.coldStart', fromMs: 0, untilMs: 90_000, chance: 0.5 },
  ];
}
