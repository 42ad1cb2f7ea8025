import type { Entry, Fault, PropertiesFile } from '../../functions/documentdb-sink/connector/file/properties-file.ts';
import type { FileNode, MapEntry, MapNode } from './node.ts';

/** The names that contain a connector's settings in the files of deployment tools. */
const ENVELOPES: ReadonlySet<string> = new Set([
  'config',
  'connectorConfiguration', // aws kafkaconnect describe-connector
  'ConnectorConfiguration', // CloudFormation
  'connector_configuration',
]);

/** A map with one of these names is a connector's settings. */
export const SETTINGS: ReadonlySet<string> = new Set([
  'connector.class',
  'topics',
  'topics.regex',
  'database',
  'connection.uri',
]);

const isMongoSink = (connectorClass: string): boolean => /MongoSink/.test(connectorClass);

/** Every map in a file that is, or may be, the settings of a MongoDB sink connector. */
export function settingsIn(node: FileNode): readonly MapNode[] {
  const found = candidates(node, undefined);
  const sinks = found.filter(({ entries }) => isMongoSink(textOf(entries, 'connector.class') ?? ''));
  return sinks.length > 0 ? sinks : found.filter(({ entries }) => textOf(entries, 'connector.class') === undefined);
}

function candidates(
  node: FileNode,
  parent: { readonly name: string; readonly map: MapNode } | undefined,
): readonly MapNode[] {
  if (node.kind === 'list') return node.items.flatMap((item) => candidates(item, undefined));
  if (node.kind === 'scalar') return [];
  const isEnveloped = parent !== undefined && ENVELOPES.has(parent.name);
  const inner = isEnveloped ? [] : node.entries.flatMap(({ name, value }) => candidates(value, { name, map: node }));
  const isSettings = inner.length === 0 && node.entries.some(({ name }) => SETTINGS.has(name));
  return isSettings ? [withSiblings(node, parent?.map)] : inner;
}

/** Strimzi's KafkaConnector has class and tasks outside the settings. https://strimzi.io/docs/operators/latest/configuring.html#type-KafkaConnectorSpec-reference */
function withSiblings(settings: MapNode, parent: MapNode | undefined): MapNode {
  const siblings: MapEntry[] = [];
  for (const [sibling, name] of [
    ['class', 'connector.class'],
    ['tasksMax', 'tasks.max'],
  ] as const) {
    const entry = parent?.entries.find((each) => each.name === sibling);
    if (entry !== undefined && textOf(settings.entries, name) === undefined) siblings.push({ ...entry, name });
  }
  return siblings.length === 0 ? settings : { ...settings, entries: [...siblings, ...settings.entries] };
}

const textOf = (entries: readonly MapEntry[], name: string): string | undefined => {
  const value = entries.find((entry) => entry.name === name)?.value;
  return value?.kind === 'scalar' ? (value.text ?? undefined) : undefined;
};

/** Settings as entries of a properties file. A list becomes its items separated by commas; null means not set. */
export function entriesOf({ entries }: MapNode): PropertiesFile {
  const results = entries.flatMap(entryOf);
  return {
    entries: results.filter((result): result is Entry => 'value' in result),
    faults: results.filter((result): result is Fault => 'problem' in result),
  };
}

function entryOf({ name, line, value }: MapEntry): readonly (Entry | Fault)[] {
  if (value.kind === 'scalar') return value.text === null ? [] : [{ name, line, value: value.text }];
  if (value.kind === 'map') return [{ line, problem: `${name} must be text, a number or a boolean` }];
  const isOfScalars = value.items.every((item) => item.kind === 'scalar');
  return [
    { name, line, value: isOfScalars ? value.items.map(plain).join(',') : JSON.stringify(value.items.map(plain)) },
  ];
}

/** A list or map as JSON text, as the rules of a renamer are written. */
function plain(node: FileNode): unknown {
  if (node.kind === 'scalar') return node.text;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries(node.entries.map(({ name, value }) => [name, plain(value)]));
}
