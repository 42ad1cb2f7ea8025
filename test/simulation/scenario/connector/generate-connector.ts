import { SECRET } from '../../services/kafka-log.ts';
import { plainSettings } from '../generate/corners/parts.ts';
import type { ScenarioDocumentdb } from '../generate/document-ops.ts';
import type { Random } from '../random.ts';
import type { Scenario, ScenarioRecord } from '../scenario.ts';
import { type ConnectorStory, ID_STRATEGIES, isOfBusinessKey, isOfValue, POST_PROCESSORS } from './connector.ts';

const setsOnInsert = ({ writeModels }: ConnectorStory): boolean =>
  writeModels.some((name) => name.includes('Timestamp'));

/** The function has the file of a MongoDB sink connector. */
export function withConnector(scenario: Scenario, random: Random): Scenario {
  const { documentdb, function: fn } = scenario;
  const isPlain = random.chance(0.5);
  const guard = isPlain ? 'offset' : random.pick(['offset', 'timestamp', 'field'] as const);
  const connector = isPlain ? plainConnector(random) : connectorStory(random);
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
    records: scenario.records.map((record) => asItCanBe(record, settings)),
  };
}

/** Many of these values need not be read to be written. */
function plainConnector(random: Random): ConnectorStory {
  const models = ['default', 'replaceOneDefault'] as const;
  const idStrategy = random.pick(ID_STRATEGIES);
  return {
    idStrategy,
    writeModels: [random.pick(models), random.pick(models)],
    converter: random.pick(['json', 'string'] as const),
    ...(idStrategy !== 'providedInValue' && random.chance(0.5) && { overwritesId: true }),
    ...(random.chance(0.3) && { processor: 'projects' }),
  };
}

function connectorStory(random: Random): ConnectorStory {
  const converter = random.pick(['json', 'string'] as const);
  const processed = random.chance(0.3) ? { processor: random.pick(POST_PROCESSORS) } : {};
  if (random.chance(0.3)) {
    const names = ['replaceOneBusinessKey', 'updateOneBusinessKeyTimestamp'] as const;
    const writeModels = [random.pick(names), random.pick(names)] as const;
    return { idStrategy: random.pick(['partialKey', 'partialValue'] as const), writeModels, converter, ...processed };
  }
  const names = ['default', 'replaceOneDefault', 'updateOneDefault', 'updateOneTimestamps'] as const;
  const idStrategy = random.pick(ID_STRATEGIES);
  // A raw key is no document, whose fields could have other names.
  const isProcessed = idStrategy !== 'rawKey' || processed.processor !== 'renames';
  const overwrites = idStrategy !== 'providedInValue' && random.chance(0.4);
  const writeModels = [random.pick(names), random.pick(names)] as const;
  return {
    idStrategy,
    writeModels,
    converter,
    ...(isProcessed && processed),
    ...(overwrites && { overwritesId: true }),
  };
}

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
