import { SECRET } from '../../services/kafka-log.ts';
import { type FaultKind, faultKindsOf } from '../faults.ts';
import { type SeedOptions, sinkOf, turnOf } from '../generator.ts';
import { type Random, randomOf } from '../random.ts';
import type {
  FaultWindow,
  RecordKind,
  Scenario,
  ScenarioFunction,
  ScenarioMapping,
  ScenarioRecord,
} from '../scenario.ts';
import { denseDocumentStory } from './dense-documents.ts';
import { denseStreamStory } from './dense-stream.ts';
import { documentRecords, documentSettings, withRefusals, withWideContent } from './generate-documents.ts';
import { streamSettings, streamStory } from './generate-stream.ts';

/** The story of a seed, the same one for ever in one version of the generator. */
export function generateStory(options: SeedOptions): Scenario {
  const { seed, generator } = options;
  const sink = sinkOf(options);
  const random = randomOf(`story ${seed} ${sink}`);
  const turn = turnOf(options);
  const kinds = faultKindsOf(sink, generator);
  const faults = generator === 3 ? denseFaults(kinds, random.fork('faults')) : faultsOf(kinds, random.fork('faults'));
  const fn = functionOf(random.fork('function'));
  const mapping = mappingOf(random.fork('mapping'), fn);
  const records = recordsOf(random.fork('records'));
  const documentdb = documentSettings(random.fork('documents'), { mapping, function: fn, faults });
  const scenario: Scenario = {
    seed: `${sink} ${seed}`,
    sink,
    mapping,
    function: fn,
    kinesis: {
      shardCount: random.integer(1, 4),
      ...streamSettings(random.fork('stream settings'), random.pick(['empty', 'skip'])),
      requestsInFlightMax: random.integer(1, 4),
      requestTimeoutMs: random.pick([2_000, 10_000]),
      hasRole: random.chance(0.8),
    },
    documentdb: { ...documentdb, poolSizeMax: random.integer(1, 3) },
    partitionCount: random.integer(1, 4),
    records:
      sink === 'kinesisSink'
        ? records
        : documentRecords(records, random.fork('document records'), {
            mapping,
            function: fn,
            faults,
            documentdb,
            generator,
          }),
    faults,
  };
  if (sink === 'kinesisSink') {
    const story = streamStory(scenario, random.fork('stream'));
    return generator === 3 ? denseStreamStory(story, random.fork('dense'), turn) : story;
  }
  if (generator === 1) return scenario;
  const refused = { ...scenario, records: withRefusals(scenario.records, random.fork('refusals')) };
  const story = withWideContent(lettered(refused), random.fork('wide content'));
  return generator === 3 ? denseDocumentStory(story, random.fork('dense'), turn) : story;
}

/** A unique value that another document holds for good leaves no evidence but the dead letter: the checks need it. */
function lettered(scenario: Scenario): Scenario {
  const { onPoison } = scenario.function;
  const isTold = onPoison !== 'skip' || scenario.records.every(({ unique }) => unique === undefined);
  return isTold ? scenario : { ...scenario, function: { ...scenario.function, onPoison: 'deadLetter' } };
}

/** What blocks has to be given up some time, which only pollers of one's own do. */
function mappingOf(random: Random, { onPoison }: ScenarioFunction): ScenarioMapping {
  const isBlocking = onPoison === 'block';
  const mode = isBlocking || random.chance(0.85) ? 'provisioned' : 'onDemand';
  return {
    mode,
    partialFailureRetry: random.pick(['listedOnly', 'fromLowest']),
    pollers: random.integer(1, 3),
    batchRecordsMax: random.pick([1, 5, 25, 100, 1_000]),
    windowMs: random.pick([0, 200, 1_000]),
    retriesMax: !isBlocking && random.chance(0.8) ? 10_000 : random.integer(0, 4),
    recordAgeMaxMs: random.chance(0.9) ? Number.POSITIVE_INFINITY : 120_000,
    bisects: random.chance(0.5),
  };
}

function functionOf(random: Random): ScenarioFunction {
  return {
    timeoutMs: random.pick([15_000, 40_000, 120_000]),
    onPoison: random.pick(['deadLetter', 'deadLetter', 'deadLetter', 'skip', 'block']),
  };
}

const PRODUCING_MS = 60_000;
const KINDS: readonly RecordKind[] = ['poison', 'refused', 'tombstone'];

function recordsOf(random: Random): readonly ScenarioRecord[] {
  const count = random.pick([5, 30, 80, 150]);
  const keyCount = random.pick([1, 3, 10, 40]);
  const oddChance = random.pick([0, 0.05, 0.2]);
  const withoutKey = random.pick([0, 0, 0.1]);
  return Array.from(
    { length: count },
    (_, index) =>
      ({
        id: index + 1,
        atMs: random.chance(0.3) ? 0 : random.integer(0, PRODUCING_MS),
        key: random.chance(withoutKey) ? null : `${SECRET}-${random.integer(1, keyCount)}`,
        kind: random.chance(oddChance) ? random.pick(KINDS) : random.chance(0.1) ? 'tombstone' : 'plain',
      }) as const,
  ).toSorted((a, b) => a.atMs - b.atMs || a.id - b.id);
}

/** These come at a time, not at a call. */
const ONCE: readonly FaultKind[] = [
  'mapping.restarted',
  'kafka.partitionsRaised',
  'kafka.topicRecreated',
  'kinesis.resharded',
  'lambda.clockSetBack',
];
/** These follow from others. */
const NEVER_PLANNED: readonly FaultKind[] = [
  'mapping.gaveUp',
  'kinesis.aggregateResharded',
  'kinesis.aggregateRejected',
  // Only where the rest of the story is made for them: see corners/faults.ts and dense-stream.ts.
  'kinesis.switched',
  'documentdb.writesThrottled',
  'documentdb.writesRefusedAlike',
  'documentdb.slowStatements',
  'registry.silent',
  'registry.slow',
  'registry.failed',
  'registry.refused',
  'registry.replaced',
  'registry.behind',
  'registry.refusesSome',
  'registry.moved',
  'registry.sessionEnded',
];
/** These need another to happen at all. */
const COMPANIONS: Readonly<Partial<Record<FaultKind, FaultKind>>> = {
  'lambda.zombie': 'lambda.stalled',
  'documentdb.rolledBack': 'documentdb.writeConcern',
  'documentdb.staleRead': 'documentdb.insertedFirst',
  'mapping.commitLost': 'mapping.restarted',
};

function faultsOf(known: readonly FaultKind[], random: Random): readonly FaultWindow[] {
  return windowsOf(known, random, random.pick([0, 1, 1, 2, 4, 8]));
}

/** What strikes one partition alone shows whether the others go on. */
const OF_ONE_PARTITION: readonly FaultKind[] = [
  'kinesis.entryThrottled',
  'kinesis.entryFailed',
  'kinesis.requestThrottled',
  'kinesis.serverError',
  'kinesis.shortAnswer',
  'kinesis.slow',
  'kinesis.requestLost',
  'documentdb.statementFailed',
  'documentdb.writeConcern',
  'documentdb.statementDoubted',
  'bucket.refused',
];

/** More at a time, and some of one partition. */
function denseFaults(known: readonly FaultKind[], random: Random): readonly FaultWindow[] {
  const count = random.pick([0, 1, 2, 3, 6, 10]);
  return windowsOf(known, random, count).map((window) =>
    OF_ONE_PARTITION.includes(window.kind) && random.chance(0.4)
      ? { ...window, chance: 1, partition: random.integer(0, 2) }
      : window,
  );
}

function windowsOf(known: readonly FaultKind[], random: Random, count: number): readonly FaultWindow[] {
  const kinds = known.filter((kind) => !NEVER_PLANNED.includes(kind));
  return Array.from({ length: count }).flatMap(() => {
    const kind = random.pick(kinds);
    const companion = COMPANIONS[kind];
    const fromMs = random.chance(0.3) ? 0 : random.integer(0, PRODUCING_MS);
    const untilMs = fromMs + random.pick([1_000, 10_000, 60_000, 300_000]);
    const drawn = random.pick([0.05, 0.2, 0.5, 1]);
    const chance = kind === 'documentdb.writesRefused' ? 1 : drawn;
    return [kind, ...(companion === undefined ? [] : [companion])].map((each) =>
      ONCE.includes(each)
        ? { kind: each, fromMs: random.integer(fromMs, untilMs), untilMs: untilMs + 1, chance: 1 }
        : { kind: each, fromMs, untilMs, chance },
    );
  });
}
