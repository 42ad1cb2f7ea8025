import type { Entry, PropertiesFile } from '../../functions/documentdb-sink/connector/file/properties-file.ts';
import { kindsIn } from '../../functions/documentdb-sink/connector/file/read-connector.ts';
import { placeholdersOf } from '../../functions/documentdb-sink/target/placeholders.ts';
import { type ConnectorFile, readConnectorFile } from '../connector-file/read-connector-file.ts';
import type { Surroundings } from './project-files.ts';
import { lockPathOf, parseTopicsLock, regexProblem, type TopicsLock, tooManyTopics } from './topics-lock.ts';

/** A connector's settings as they are packaged: `topics` in place of a regular expression. */
export interface ConnectorSettings extends ConnectorFile {
  /** What `topics.regex` was replaced by. */
  readonly lock: TopicsLock | undefined;
}

/** Undefined where there is no such file. @param path from the project's root */
export function readConnectorSettings(path: string, surroundings: Surroundings): ConnectorSettings | undefined {
  const text = surroundings.readFile(path);
  if (text === undefined) return undefined;
  const file = readConnectorFile(text, path);
  const regex = settingOf(file, 'topics.regex', surroundings);
  return regex === undefined ? { ...file, lock: undefined } : withTopicsOf(file, regex, path, surroundings);
}

/** The value that holds, without blanks and with the environment's variables; undefined where there is none. */
export function settingOf(
  { entries }: PropertiesFile,
  name: string,
  { environment }: Pick<Surroundings, 'environment'>,
): Entry | undefined {
  const entry = entries.findLast((each) => each.name === name);
  if (entry === undefined) return undefined;
  const kinds = kindsIn(entries);
  const value = placeholdersOf(entry.value).reduce(
    (text, { text: placeholder, provider, key }) =>
      kinds.get(provider) === 'environment'
        ? text.replaceAll(placeholder, () => environment[key] ?? placeholder)
        : text,
    entry.value.trim(),
  );
  return value === '' ? undefined : { ...entry, value };
}

function withTopicsOf(file: ConnectorFile, regex: Entry, path: string, surroundings: Surroundings): ConnectorSettings {
  const lockPath = lockPathOf(path);
  const lockText = surroundings.readFile(lockPath);
  const lock = lockText === undefined ? undefined : parseTopicsLock(lockText);
  const isAlone = settingOf(file, 'topics', surroundings) === undefined;
  const problem = isAlone
    ? lockProblem(regex.value, lockPath, lockText, lock)
    : 'topics.regex stands beside topics: keep one of them, as in Kafka Connect';
  const others = file.entries.filter(({ name }) => name !== 'topics.regex' && (name !== 'topics' || !isAlone));
  const topics = { name: 'topics', value: lock?.topics.join(',') ?? '', line: regex.line };
  return problem === undefined
    ? { ...file, entries: [...others, topics], lock }
    : { ...file, faults: [...file.faults, { line: regex.line, problem }], entries: others, lock: undefined };
}

function lockProblem(
  regex: string,
  lockPath: string,
  text: string | undefined,
  lock: TopicsLock | undefined,
): string | undefined {
  const unfollowed = regexProblem(regex);
  if (unfollowed !== undefined) return `topics.regex cannot be followed: ${unfollowed}`;
  const remedy = 'run npm run topics -- --stage STAGE';
  if (text === undefined) {
    return `topics.regex needs the names of the cluster's topics, which packaging does not look up: ${remedy}, which writes ${lockPath}`;
  }
  if (lock === undefined) return `topics.regex needs ${lockPath}, which is no list of topics: ${remedy}`;
  if (lock.regex !== regex) return `topics.regex is not the expression ${lockPath} was written for: ${remedy}`;
  if (lock.topics.length === 0) return `topics.regex matched no topic when ${lockPath} was written: ${remedy}`;
  return tooManyTopics(lock.topics.length);
}
