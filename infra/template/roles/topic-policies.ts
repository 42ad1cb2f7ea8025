import type { DeployedMapping } from '../deployment.ts';
import { allow, charactersOf, inCluster, type Statement } from './statements.ts';

/**
 * The characters of all policies inside of a role, of a policy outside of it, and the number of such policies of a role.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const INLINE_CHARACTERS_MAX = 10_240;
const POLICY_CHARACTERS_MAX = 6_144;
export const POLICIES_MAX = 10;

/** The rights of a role. */
export interface Rights {
  readonly inline: readonly Statement[];
  /** Each becomes a policy outside of the role. */
  readonly outside: readonly (readonly Statement[])[];
}

/**
 * A role has room for some thirty topics. With more, the rights to topics and groups move into policies of their own.
 * @param before the statements that stand before those of the topics
 */
export function rightsOf(
  clusterArn: string,
  mappings: readonly DeployedMapping[],
  { before, after }: { readonly before: readonly Statement[]; readonly after: readonly Statement[] },
): Rights {
  const whole = [...before, ...topicStatements(clusterArn, mappings), ...after];
  if (charactersOf(whole) <= INLINE_CHARACTERS_MAX) return { inline: whole, outside: [] };
  return { inline: [...before, ...after], outside: inParts(clusterArn, mappings) };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/msk-cluster-auth.html */
const topicStatements = (clusterArn: string, mappings: readonly DeployedMapping[]): readonly Statement[] => [
  allow(
    ['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'],
    mappings.map(({ topic }) => inCluster(clusterArn, 'topic', topic)),
  ),
  allow(
    ['kafka-cluster:DescribeGroup', 'kafka-cluster:AlterGroup'],
    mappings.map(({ consumerGroupId }) => inCluster(clusterArn, 'group', consumerGroupId)),
  ),
];

function inParts(clusterArn: string, mappings: readonly DeployedMapping[]): readonly (readonly Statement[])[] {
  const parts: DeployedMapping[][] = [];
  for (const mapping of mappings) {
    const last = parts.at(-1);
    const fits =
      last !== undefined && charactersOf(topicStatements(clusterArn, [...last, mapping])) <= POLICY_CHARACTERS_MAX;
    if (fits) last.push(mapping);
    else parts.push([mapping]);
  }
  return parts.map((part) => topicStatements(clusterArn, part));
}
