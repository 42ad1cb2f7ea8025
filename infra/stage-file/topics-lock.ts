import * as v from 'valibot';
import { PatternError } from '../../functions/documentdb-sink/java/regex/pattern-error.ts';
import { matcher } from '../../functions/documentdb-sink/java/regex/replacement.ts';

/** The topics of a cluster that matched a connector's `topics.regex` when somebody looked. Lies beside the connector's file. */
const topicsLock = v.object({
  /** As the connector's file had it. */
  regex: v.string(),
  /** Where the topics were listed: a cluster's ARN, or brokers. */
  cluster: v.string(),
  readAt: v.pipe(v.string(), v.isoTimestamp()),
  topics: v.array(v.string()),
});

export type TopicsLock = Readonly<v.InferOutput<typeof topicsLock>>;

export const lockPathOf = (connectorPath: string): string => `${connectorPath}.topics.json`;

/** Undefined where the text is no lock file. */
export function parseTopicsLock(text: string): TopicsLock | undefined {
  try {
    const { success, output } = v.safeParse(topicsLock, JSON.parse(text));
    return success ? output : undefined;
  } catch {
    return undefined;
  }
}

/** Kafka's own, and Amazon's: a consumer of Kafka passes over the first two whatever its pattern. */
const INTERNAL = /^__(?:consumer_offsets|transaction_state|amazon_msk_canary.*)$/;

/**
 * The topics whose whole name matches, in order.
 * @throws PatternError when Java's pattern has no equivalent
 */
export function matchingTopics(regex: string, names: readonly string[]): readonly string[] {
  const matches = matcher(regex);
  return names.filter((name) => !INTERNAL.test(name) && matches(name)).toSorted();
}

/** https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html */
const MAPPINGS_MAX = 100;
/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const STACK_RESOURCES_MAX = 500;

/** Why so many topics cannot be mappings; undefined where they can. */
export const tooManyTopics = (count: number): string | undefined =>
  count <= MAPPINGS_MAX
    ? undefined
    : `${count} topics match topics.regex. Each becomes an event source mapping: a poller group has at most ${MAPPINGS_MAX}, and a stack at most ${STACK_RESOURCES_MAX} resources. Narrow the expression, or give each part of the topics a stage of its own`;

/** What keeps a regular expression from being followed. */
export function regexProblem(regex: string): string | undefined {
  try {
    matcher(regex);
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
}
