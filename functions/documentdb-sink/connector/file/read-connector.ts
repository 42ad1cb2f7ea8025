import { SettingsError } from '../../../../shared/errors.ts';
import { type ProviderKind, providerKinds, variableIn } from '../../target/connection/config-providers.ts';
import { placeholdersOf } from '../../target/placeholders.ts';
import { ignoredOf, misspelt, type Stray } from '../ignored.ts';
import { meaninglessAmong } from '../meaningless.ts';
import { TopicProperties } from '../topic-properties.ts';
import type { Connector, Meaningless } from './connector.ts';
import { parseConnectorText } from './connector-text.ts';
import { namesIn } from './forms.ts';
import type { Entry, PropertiesFile } from './properties-file.ts';
import { DEFAULTS, PROPERTIES } from './properties-table.ts';
import { EPOCH, isOfNoTopic, normalized, OVERRIDE, placeOf, problemOf, type Reading, readName } from './read-entry.ts';
import { problemsAmong } from './topic-rules.ts';

export interface ReadOptions {
  /** The file, for error messages. */
  readonly where: string;
  /** The values of `${env:NAME}` in properties that packaging needs. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads a connector file in `.properties` or JSON form. Pure: both the function and packaging call this.
 * @throws SettingsError that lists every problem
 */
export const readConnector = (text: string, options: ReadOptions): Connector =>
  readSettings(parseConnectorText(text), options);

/** @throws SettingsError that lists every problem */
export function readSettings({ entries, faults }: PropertiesFile, options: ReadOptions): Connector {
  const problems = faults.map(({ line, problem }) => (line === 0 ? problem : `line ${line}: ${problem}`));
  const { kept, repeated } = lastOfEach(entries);
  const reader = { ...options, kinds: kindsIn(kept) };
  const topics = topicsOf(kept, reader);
  const ofNoTopic = kept.filter((entry) => isOfNoTopic(entry, topics));
  const { readings, strays } = readAll(
    kept.filter((entry) => !ofNoTopic.includes(entry)),
    topics,
    reader,
    problems,
  );
  if (faults.length === 0) problems.push(...requirements(topics, kept, problems));
  const connector = connectorOf(topics, readings);
  problems.push(...misspelt(strays, connector, kept));
  // Rules between properties are checked only if each property is right by itself; otherwise their messages would not
  // help.
  if (problems.length === 0) problems.push(...topicProblems(connector));
  if (problems.length > 0) throw new SettingsError(options.where, [...new Set(problems)]);
  const unread = ofNoTopic.map((entry) => ({ name: placeOf(entry), reason: '`topics` does not list this topic' }));
  return {
    ...connector,
    meaningless: [...repeated, ...unread, ...meaninglessAmong(readings, connector)],
    ignored: ignoredOf(strays),
  };
}

interface Unique {
  readonly kept: readonly Entry[];
  readonly repeated: readonly Meaningless[];
}

/** As in `java.util.Properties`, the last entry of a name applies. */
function lastOfEach(entries: readonly Entry[]): Unique {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const repeated = entries
    .filter((entry) => byName.get(entry.name) !== entry)
    .map((entry) => ({
      name: placeOf(entry),
      reason: 'the property is set again further down; the last value applies',
    }));
  return { kept: [...byName.values()], repeated };
}

/** What the placeholders of a file stand for. */
interface Reader extends ReadOptions {
  readonly kinds: ReadonlyMap<string, ProviderKind>;
}

const resolved = ({ value }: Entry, { environment = {}, kinds }: Reader): string => {
  const withEnvironment = placeholdersOf(value).reduce((text, { text: placeholder, provider, path, key }) => {
    const found = kinds.get(provider) === 'environment' && path === '' ? variableIn(environment, key) : undefined;
    return found === undefined ? text : text.replaceAll(placeholder, () => found);
  }, value);
  return withEnvironment.trim();
};

const topicsOf = (entries: readonly Entry[], reader: Reader): readonly string[] => {
  const entry = entries.find(({ name }) => name === 'topics');
  return entry === undefined ? [] : namesIn(resolved(entry, reader));
};

function readAll(
  entries: readonly Entry[],
  topics: readonly string[],
  reader: Reader,
  problems: string[],
): { readonly readings: readonly Reading[]; readonly strays: readonly Stray[] } {
  const readings: Reading[] = [];
  const strays: Stray[] = [];
  for (const entry of entries) {
    const named = readName(entry, topics);
    if (named.kind !== 'known') {
      strays.push(named);
      continue;
    }
    const { property } = named;
    const value = resolved(entry, reader);
    const isOpen = placeholdersOf(entry.value).length === 0;
    const problem = problemOf({ property, value, isOpen, kinds: reader.kinds });
    // A secret stays unresolved: only the running function may know its value.
    const kept = property.form.resolvedLater ? entry.value.trim() : normalized(property, value);
    if (problem === undefined) readings.push({ ...named, value: kept });
    else problems.push(`${placeOf(entry)} ${problem}`);
  }
  return { readings, strays };
}

function requirements(
  topics: readonly string[],
  entries: readonly Entry[],
  problems: readonly string[],
): readonly string[] {
  const names = new Set(entries.map(({ name }) => name));
  const missing = PROPERTIES.filter((property) => property.default === null && !names.has(property.name))
    .filter(({ name }) => topics.length === 0 || topics.some((topic) => !names.has(`${OVERRIDE}${topic}.${name}`)))
    .map(({ name }) => `${name} is missing`);
  const isSaid = topics.length > 0 || problems.some((problem) => /(?:^|: )topics /.test(problem));
  const regex = entries.find(({ name, value }) => name === 'topics.regex' && value.trim() !== '');
  if (regex !== undefined)
    return [
      `${placeOf(regex)} must be resolved to topics before packaging: run npm run topics -- --stage STAGE`,
      ...missing,
    ];
  return isSaid ? missing : ['topics is missing: list the topics to read', ...missing];
}

function connectorOf(topics: readonly string[], readings: readonly Reading[]): Connector {
  const valuesOf = (topic: string | undefined) =>
    readings.filter((reading) => reading.topic === topic).map(({ name, value }) => [name, value] as const);
  const common = new Map([...DEFAULTS, ...valuesOf(undefined)]);
  const properties = new TopicProperties(common);
  const byTopic = new Map(
    topics.map((topic) => [topic, new TopicProperties(new Map([...common, ...valuesOf(topic)]))]),
  );
  return {
    topics,
    propertiesByTopic: (topic) => byTopic.get(topic) ?? properties,
    properties,
    connectionUri: properties.text('connection.uri'),
    providers: providersIn(common),
    transforms: new Map([...common].filter(([name]) => /^(?:transforms|predicates)(?:\.|$)/.test(name))),
    epochs: epochsIn(common),
    meaningless: [],
    ignored: [],
  };
}

const epochsIn = (values: ReadonlyMap<string, string>): ReadonlyMap<string, number> =>
  new Map(
    [...values]
      .filter(([name]) => name.startsWith(EPOCH))
      .map(([name, value]) => [name.slice(EPOCH.length), Number(value)]),
  );

/** The kind of each config provider that the placeholders of a file may name. */
export const kindsIn = (entries: readonly Entry[]): ReadonlyMap<string, ProviderKind> =>
  providerKinds(providersIn(entries.map(({ name, value }) => [name, value.trim()])));

const PROVIDER_CLASS = /^config\.providers\.([^.]+)\.class$/;

const providersIn = (values: Iterable<readonly [string, string]>): ReadonlyMap<string, string> =>
  new Map(
    [...values].flatMap(([name, value]) => {
      const alias = PROVIDER_CLASS.exec(name)?.[1];
      return alias === undefined ? [] : [[alias, value] as const];
    }),
  );

function topicProblems({ topics, propertiesByTopic }: Connector): readonly string[] {
  const problems = topics.map((topic) => problemsAmong(propertiesByTopic(topic)));
  const shared = new Set(problems[0]?.filter((problem) => problems.every((each) => each.includes(problem))));
  const own = topics.flatMap((topic, index) =>
    (problems[index] ?? []).filter((problem) => !shared.has(problem)).map((problem) => `topic ${topic}: ${problem}`),
  );
  return [...shared, ...own];
}
