import { SCHEMA_VALUES_COUNT } from '../../services/documents/connector/schema-values.ts';
import { SECRET } from '../../services/kafka-log.ts';
import { plainSettings } from '../generate/corners/parts.ts';
import type { ScenarioDocumentdb } from '../generate/document-ops.ts';
import type { Random } from '../random.ts';
import type { Scenario, ScenarioRecord } from '../scenario.ts';
import { EPOCH_MS } from '../timeline.ts';
import { inTurn } from '../turn.ts';
import { type ConnectorStory, ID_STRATEGIES, isOfBusinessKey, isOfValue, POST_PROCESSORS } from './connector.ts';

const setsOnInsert = ({ writeModels }: ConnectorStory): boolean =>
  writeModels.some((name) => name.includes('Timestamp'));

/** The function has the file of a MongoDB sink connector. @param index among the stories with a file */
export function withConnector(scenario: Scenario, random: Random, index: number): Scenario {
  const { documentdb, function: fn } = scenario;
  const { connector, guard } = fileOf(index, random);
  // What the mapping gives up for its age would be given up at once.
  const isAged = guard === 'timestamp' && scenario.mapping.recordAgeMaxMs === Number.POSITIVE_INFINITY;
  const settings: ScenarioDocumentdb = {
    ...plainSettings(documentdb),
    identity: isOfBusinessKey(connector) ? 'business' : 'id',
    deletes: setsOnInsert(connector) ? 'hard' : documentdb.deletes,
    guard,
    isDeletionVersioned: guard !== 'field',
    connector,
  };
  return {
    ...scenario,
    documentdb: settings,
    function: { ...fn, onPoison: fn.onPoison === 'skip' ? 'deadLetter' : fn.onPoison },
    records: scenario.records.map((record) => asItCanBe(isAged ? aged(record, random) : record, settings)),
  };
}

/** No divisor in common with the numbers of ways and of id strategies. */
const SCHEMA_STEP = 7;

/** The same with JSON that has schemas, and with values of every type that a schema names. @param round among these stories */
export function withSchemas(scenario: Scenario, random: Random, round: number): Scenario {
  const story = withConnector(scenario, random, SCHEMA_STEP * round);
  const { connector } = story.documentdb;
  if (connector === undefined) throw new Error('the story of a file has a file');
  const first = random.integer(0, SCHEMA_VALUES_COUNT - 1);
  return {
    ...story,
    documentdb: { ...story.documentdb, connector: { ...connector, converter: 'jsonWithSchema' } },
    records: story.records.map((record, index) => ({
      ...record,
      ...(record.kind !== 'tombstone' && { typed: (first + SCHEMA_STEP * index) % SCHEMA_VALUES_COUNT }),
    })),
  };
}

type Guard = ScenarioDocumentdb['guard'];

interface File {
  readonly connector: ConnectorStory;
  readonly guard: Guard;
}

const REPLACEMENTS = ['default', 'replaceOneDefault'] as const;
const UPDATES = ['updateOneDefault', 'updateOneTimestamps'] as const;
/** Of what a business key can be made. */
const PARTS = ['partialKey', 'partialValue'] as const;
const BUSINESS = ['replaceOneBusinessKey', 'updateOneBusinessKeyTimestamp'] as const;

/** By what its values need: most replacements need not be read to be written, and must be where times or fields say how new they are. */
const WAYS = ['straight', 'update', 'guarded', 'business', 'straight'] as const;

type Way = (typeof WAYS)[number];

/** The second way straight is always that of JsonConverter, whose whole numbers are others than those of a text. */
const JSON_PLACE = 4;

/** Every id strategy with every way in thirty stories: 5 and 6 have no divisor in common. */
function fileOf(index: number, random: Random): File {
  const way = inTurn(WAYS, index);
  const models = inTurn(MODELS[way], Math.floor(index / WAYS.length));
  const named = inTurn(ID_STRATEGIES, index);
  const idStrategy = way === 'business' ? inTurn(PARTS, Math.floor(index / (2 * WAYS.length))) : named;
  // A raw key is no document, whose fields could have other names; and what goes straight has no post processor.
  const processors = idStrategy === 'rawKey' ? (['projects'] as const) : POST_PROCESSORS;
  const isDirect = way === 'straight' || way === 'guarded';
  const isProcessed = random.chance(isDirect ? 0.2 : 0.5);
  const mayOverwrite = way !== 'business' && idStrategy !== 'providedInValue';
  const overwrites = mayOverwrite && random.chance(isDirect ? 0.2 : 0.5);
  const guard = random.pick(GUARDS[way]);
  const converter = random.pick(['json', 'string'] as const);
  return {
    guard,
    connector: {
      idStrategy,
      writeModels: models,
      converter: index % WAYS.length === JSON_PLACE ? 'json' : converter,
      ...(isProcessed && { processor: inTurn(processors, index) }),
      ...(overwrites && { overwritesId: true }),
    },
  };
}

const GUARDS: Readonly<Record<Way, readonly Guard[]>> = {
  straight: ['offset'],
  guarded: ['timestamp', 'timestamp', 'field'],
  update: ['offset', 'offset', 'field'],
  business: ['offset', 'timestamp', 'field'],
};

type Models = ConnectorStory['writeModels'];

/** Of the first topic and of the others: the same mapper for all of them is a mistake that is seen where these differ. */
const MODELS: Readonly<Record<Way, readonly Models[]>> = {
  straight: [
    [REPLACEMENTS[0], REPLACEMENTS[1]],
    [REPLACEMENTS[1], REPLACEMENTS[0]],
  ],
  update: [
    [UPDATES[0], UPDATES[1]],
    [UPDATES[1], UPDATES[0]],
    [UPDATES[1], REPLACEMENTS[0]],
  ],
  guarded: [
    [REPLACEMENTS[0], REPLACEMENTS[1]],
    [REPLACEMENTS[1], UPDATES[0]],
  ],
  business: [
    [BUSINESS[0], BUSINESS[1]],
    [BUSINESS[1], BUSINESS[0]],
  ],
};

/** So close to each other that they are in another order than the offsets. */
const AGES_MS_MAX = 200;

const aged = (record: ScenarioRecord, random: Random): ScenarioRecord => ({
  ...record,
  timeMs: EPOCH_MS + random.integer(0, AGES_MS_MAX),
});

/** What is not told of a file's records: values that move, values of other types, other operations, and times that are none. */
function asItCanBe(
  { unique: _, wide: __, op: ___, poison: ____, leavesKey: _____, ...record }: ScenarioRecord,
  { connector, guard }: ScenarioDocumentdb,
): ScenarioRecord {
  const { timeMs, ...untimed } = record;
  const isTimed = timeMs !== undefined && (guard !== 'timestamp' || timeMs !== -1);
  // Whatever is found by its value cannot be deleted by a null one.
  const isDeletion = record.kind === 'tombstone' && connector !== undefined && isOfValue(connector);
  return {
    ...untimed,
    ...(isTimed && { timeMs }),
    key: record.key ?? `${SECRET}-1`,
    kind: isDeletion ? 'plain' : record.kind,
  };
}
