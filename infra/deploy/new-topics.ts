import type { KafkaClientConfig } from '@aws-sdk/client-kafka';
import { projectSurroundings, type Surroundings } from '../stage-file/project-files.ts';
import { lockPathOf, matchingTopics, parseTopicsLock } from '../stage-file/topics-lock.ts';
import { type ListTopics, listWithAws } from '../topics/list-with-aws.ts';
import { topicsOfStage } from '../topics/topics-of-stage.ts';

/** How a deployment lists the topics of a cluster. */
export type ListTopicsOf = (clusterArn: string) => ListTopics;

export const listTopicsWith =
  (configuration: KafkaClientConfig): ListTopicsOf =>
  (clusterArn) =>
    listWithAws(clusterArn, configuration);

/**
 * What a deployment says of topics that the connector's `topics.regex` matches and the list beside the file lacks. Undefined
 * where there is nothing to say. Never rejects: the deployment is as packaged, with or without an answer.
 */
export async function newTopics(
  stage: string,
  listTopicsOf: ListTopicsOf,
  surroundings: Surroundings = projectSurroundings,
): Promise<string | undefined> {
  const { connectorPath, clusterArn } = topicsOfStage(stage, surroundings);
  if (connectorPath === undefined || clusterArn === undefined) return undefined;
  const lockPath = lockPathOf(connectorPath);
  const lock = parseTopicsLock(surroundings.readFile(lockPath) ?? '');
  if (lock === undefined) return undefined;
  try {
    const matches = matchingTopics(lock.regex, await listTopicsOf(clusterArn)());
    const added = matches.filter((topic) => !lock.topics.includes(topic));
    return added.length === 0
      ? undefined
      : `${added.length} topics of the cluster match topics.regex and are not read, because ${lockPath} lacks them: ${listed(added)}. Run npm run topics -- --stage ${stage}, then deploy again`;
  } catch (error) {
    return `The topics of the cluster were not compared with ${lockPath}: ${error instanceof Error ? error.message : 'the list could not be read'}`;
  }
}

const NAMES_MAX = 10;

const listed = (names: readonly string[]): string =>
  names.length <= NAMES_MAX
    ? names.join(', ')
    : `${names.slice(0, NAMES_MAX).join(', ')} and ${names.length - NAMES_MAX} more`;
