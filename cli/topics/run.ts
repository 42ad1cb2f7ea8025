import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConnectorFile } from '../../infra/connector-file/read-connector-file.ts';
import { settingOf } from '../../infra/stage-file/connector-settings.ts';
import { projectSurroundings, type Surroundings } from '../../infra/stage-file/project-files.ts';
import {
  lockPathOf,
  matchingTopics,
  parseTopicsLock,
  regexProblem,
  type TopicsLock,
  tooManyTopics,
} from '../../infra/stage-file/topics-lock.ts';
import { type ListTopics, listWithAws } from '../../infra/topics/list-with-aws.ts';
import { topicsOfStage } from '../../infra/topics/topics-of-stage.ts';
import { connectionTo } from '../kafka/connection.ts';
import { listWithBrokers } from './list-topics.ts';
import type { TopicsOptions } from './options.ts';

/** Looks the topics up and writes them beside the connector's file. Rejects with an Error that says what to do. */
export async function runTopics(options: TopicsOptions, print: (line: string) => void): Promise<void> {
  const { name, connectorPath, region, clusterArn } = topicsOfStage(options.stage, projectSurroundings);
  if (connectorPath === undefined) {
    throw new Error(
      `${name} names no connector file (documentdbSink.connector): only topics.regex of such a file needs a list of topics`,
    );
  }
  const { regex, path } = regexOf(connectorPath, projectSurroundings);
  const { brokers } = options;
  if (brokers === undefined && (clusterArn === undefined || region === undefined)) {
    throw new Error(`${name}: cluster.arn and region must be written, or name brokers with --bootstrap`);
  }
  const list: ListTopics =
    brokers === undefined
      ? listWithAws(clusterArn ?? '', { region: region ?? '' })
      : listWithBrokers(connectionTo(brokers, region ?? ''));
  const found = { regex, cluster: brokers?.bootstrapServers ?? clusterArn ?? '', names: await list() };
  const lock = lockOf(found, new Date());
  const lockPath = lockPathOf(path);
  const before = parseTopicsLock(projectSurroundings.readFile(lockPath) ?? '');
  await writeFile(join(process.cwd(), lockPath), `${JSON.stringify(lock, null, 2)}\n`);
  for (const line of changesOf(before, lock, lockPath)) print(line);
}

/** The expression of a connector's file. @throws Error where it has none that can be followed */
export function regexOf(path: string, surroundings: Surroundings): { readonly regex: string; readonly path: string } {
  const text = surroundings.readFile(path);
  if (text === undefined) throw new Error(`there is no file ${path}`);
  const file = readConnectorFile(text, path);
  const [fault] = file.faults;
  if (fault !== undefined)
    throw new Error(`${path}: ${fault.line === 0 ? '' : `line ${fault.line}: `}${fault.problem}`);
  const regex = settingOf(file, 'topics.regex', surroundings)?.value;
  if (regex === undefined) throw new Error(`${path} has no topics.regex: its topics need no list`);
  const problem = regexProblem(regex);
  if (problem !== undefined) throw new Error(`${path}: topics.regex cannot be followed: ${problem}`);
  return { regex, path };
}

interface Found {
  readonly regex: string;
  readonly cluster: string;
  /** Of all topics. */
  readonly names: readonly string[];
}

/** @throws Error where none matches, or more than can be mappings */
export function lockOf({ regex, cluster, names }: Found, now: Date): TopicsLock {
  const topics = matchingTopics(regex, names);
  if (topics.length === 0) throw new Error(`none of the ${names.length} topics of ${cluster} matches topics.regex`);
  const problem = tooManyTopics(topics.length);
  if (problem !== undefined) throw new Error(problem);
  return { regex, cluster, readAt: now.toISOString(), topics: [...topics] };
}

/** What is said of a new list. */
export function changesOf(before: TopicsLock | undefined, lock: TopicsLock, lockPath: string): readonly string[] {
  const were = before?.topics ?? [];
  const added = lock.topics.filter((topic) => !were.includes(topic));
  const gone = were.filter((topic) => !lock.topics.includes(topic));
  return [
    `${lockPath}: ${lock.topics.length} topics match`,
    ...added.map((topic) => `  + ${topic}`),
    ...gone.map((topic) => `  - ${topic}`),
  ];
}
