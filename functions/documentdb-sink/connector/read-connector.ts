import { SettingsError } from '../../../shared/errors.ts';
import { TopicProperties } from '../topic-properties.ts';
import { parseConnectorText } from './connector-text.ts';
import { placeholdersOf } from './placeholders.ts';
import type { Entry } from './properties-file.ts';
import { DEFAULTS, PROPERTIES } from './properties-table.ts';
import { EPOCH, isOfNoTopic, OVERRIDE, placeOf, problemOf, type Reading, readName } from './read-entry.ts';
import { OVERRULED_BY_CDC, problemsAmong } from './topic-rules.ts';

/** A connector's configuration, checked. */
export interface Connector {
  readonly topics: readonly string[];
  /** Of a topic in `topics`. */
  readonly propertiesByTopic: (topic: string) => TopicProperties;
  /** Of all topics: what is not set for each. */
  readonly properties: TopicProperties;
  /** As it stands in the file, placeholders and all. */
  readonly connectionUri: string;
  /** The class behind each config provider that the file declares, by its name. */
  readonly providers: ReadonlyMap<string, string>;
  /** `msksinks.guard.epoch.<topic>`, of the topics that have one. */
  readonly epochs: ReadonlyMap<string, number>;
  /** What the file sets without a meaning here, and why. */
  readonly meaningless: readonly Meaningless[];
}

export interface Meaningless {
  readonly name: string;
  readonly reason: string;
}

export interface ReadOptions {
  /** The file, for errors. */
  readonly where: string;
  /** What `${env:NAME}` stands for where a value is needed at packaging. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads a connector's file, in any of its forms. Pure: the function and the packaging both do it.
 * @throws SettingsError that lists every problem
 */
export function readConnector(text: string, options: ReadOptions): Connector {
  const { entries, faults } = parseConnectorText(text);
  const problems = faults.map(({ line, problem }) => (line === 0 ? problem : `line ${line}: ${problem}`));
  const { kept, repeated } = lastOfEach(entries);
  const topics = topicsOf(kept, options);
  const strays = kept.filter((entry) => isOfNoTopic(entry, topics));
  const readings = readAll(
    kept.filter((entry) => !strays.includes(entry)),
    topics,
    options,
    problems,
  );
  problems.push(...requirements(topics, kept));
  const unread = strays.map((entry) => ({ name: placeOf(entry), reason: 'no topic of that name is in `topics`' }));
  const connector = connectorOf(topics, readings, [...repeated, ...unread]);
  // Of properties that are wrong by themselves, the rules among them would say what does not help.
  if (problems.length === 0) problems.push(...topicProblems(connector));
  if (problems.length > 0) throw new SettingsError(options.where, [...new Set(problems)]);
  return connector;
}

interface Unique {
  readonly kept: readonly Entry[];
  readonly repeated: readonly Meaningless[];
}

/** As `java.util.Properties`: the last of a name is the one that holds. */
function lastOfEach(entries: readonly Entry[]): Unique {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const repeated = entries
    .filter((entry) => byName.get(entry.name) !== entry)
    .map((entry) => ({ name: placeOf(entry), reason: 'it is set again further down; the last one holds' }));
  return { kept: [...byName.values()], repeated };
}

const resolved = ({ value }: Entry, { environment = {} }: ReadOptions): string => {
  const withEnvironment = placeholdersOf(value).reduce((text, { text: placeholder, provider, path, key }) => {
    const found = provider === 'env' && path === '' ? environment[key] : undefined;
    return found === undefined ? text : text.replaceAll(placeholder, () => found);
  }, value);
  return withEnvironment.trim();
};

const topicsOf = (entries: readonly Entry[], options: ReadOptions): readonly string[] => {
  const entry = entries.find(({ name }) => name === 'topics');
  const names = entry === undefined ? [] : resolved(entry, options).split(',');
  return [...new Set(names.map((name) => name.trim()))].filter((name) => name !== '');
};

function readAll(
  entries: readonly Entry[],
  topics: readonly string[],
  options: ReadOptions,
  problems: string[],
): readonly Reading[] {
  const readings: Reading[] = [];
  for (const entry of entries) {
    const reading = readName(entry, topics);
    if (typeof reading === 'string') {
      problems.push(`${placeOf(entry)} ${reading}`);
      continue;
    }
    // A secret stays as it is written: only the function may know it.
    const value = reading.property.form.resolvedLater ? entry.value.trim() : resolved(entry, options);
    const problem = problemOf({ property: reading.property, value });
    if (problem === undefined) readings.push({ ...reading, value });
    else problems.push(`${placeOf(entry)} ${problem}`);
  }
  return readings;
}

function requirements(topics: readonly string[], entries: readonly Entry[]): readonly string[] {
  const names = new Set(entries.map(({ name }) => name));
  const missing = PROPERTIES.filter((property) => property.default === null && !names.has(property.name))
    .filter(({ name }) => topics.length === 0 || topics.some((topic) => !names.has(`${OVERRIDE}${topic}.${name}`)))
    .map(({ name }) => `${name} is missing`);
  return topics.length > 0 ? missing : ['topics is missing: list the topics that are read', ...missing];
}

function connectorOf(
  topics: readonly string[],
  readings: readonly Reading[],
  unread: readonly Meaningless[],
): Connector {
  const valuesOf = (topic: string | undefined) =>
    readings.filter((reading) => reading.topic === topic).map(({ name, value }) => [name, value] as const);
  const common = new Map([...DEFAULTS, ...valuesOf(undefined)]);
  const properties = new TopicProperties(common);
  const byTopic = new Map(
    topics.map((topic) => [topic, new TopicProperties(new Map([...common, ...valuesOf(topic)]))]),
  );
  const propertiesByTopic = (topic: string) => byTopic.get(topic) ?? properties;
  return {
    topics,
    propertiesByTopic,
    properties,
    connectionUri: properties.text('connection.uri'),
    providers: providersIn(common),
    epochs: epochsIn(common),
    meaningless: [...unread, ...meaninglessAmong(readings, propertiesByTopic, properties)],
  };
}

const epochsIn = (values: ReadonlyMap<string, string>): ReadonlyMap<string, number> =>
  new Map(
    [...values]
      .filter(([name]) => name.startsWith(EPOCH))
      .map(([name, value]) => [name.slice(EPOCH.length), Number(value)]),
  );

const PROVIDER_CLASS = /^config\.providers\.([^.]+)\.class$/;

const providersIn = (values: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map(
    [...values].flatMap(([name, value]) => {
      const alias = PROVIDER_CLASS.exec(name)?.[1];
      return alias === undefined ? [] : [[alias, value] as const];
    }),
  );

function meaninglessAmong(
  readings: readonly Reading[],
  propertiesByTopic: (topic: string) => TopicProperties,
  properties: TopicProperties,
): readonly Meaningless[] {
  return readings.flatMap(({ property: { standing }, name, topic, entry }) => {
    if (standing.kind === 'meaningless') return [{ name: entry.name, reason: standing.reason }];
    const handler = (topic === undefined ? properties : propertiesByTopic(topic)).text('change.data.capture.handler');
    const isOverruled = handler !== '' && OVERRULED_BY_CDC.includes(name);
    return isOverruled ? [{ name: entry.name, reason: 'change.data.capture.handler takes its place' }] : [];
  });
}

function topicProblems({ topics, propertiesByTopic }: Connector): readonly string[] {
  const problems = topics.map((topic) => problemsAmong(propertiesByTopic(topic)));
  const shared = new Set(problems[0]?.filter((problem) => problems.every((each) => each.includes(problem))));
  const own = topics.flatMap((topic, index) =>
    (problems[index] ?? []).filter((problem) => !shared.has(problem)).map((problem) => `topic ${topic}: ${problem}`),
  );
  return [...shared, ...own];
}
