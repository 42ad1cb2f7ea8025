import { isServerless } from '../../../infra/stage-file/cluster-settings.ts';
import type { Value } from '../ask.ts';
import { type Check, type Context, look } from '../context.ts';
import { type Finding, failed, ok, warning } from '../finding.ts';

/** https://docs.aws.amazon.com/msk/latest/developerguide/port-info.html: IAM, SASL/SCRAM, TLS. */
const PORTS = { iam: 9098, saslScram512: 9096, mutualTls: 9094 } as const;

/** State, authentication and security groups of the cluster. */
export const checkCluster: Check = async (context) => {
  const { cluster } = context.deployment.file;
  return await look(
    context.ask,
    {
      title: 'cluster',
      command: 'kafka describe-cluster-v2',
      options: { 'cluster-arn': cluster.arn },
      right: 'kafka:DescribeClusterV2',
      missing: (title) => failed(title, 'the cluster does not exist', 'correct cluster.arn in the stage file'),
    },
    async ({ ClusterInfo }: Value) => [
      ClusterInfo.State === 'ACTIVE'
        ? ok('cluster', `${ClusterInfo.ClusterName} is ACTIVE`)
        : failed(
            'cluster',
            `the cluster is ${ClusterInfo.State}`,
            'wait until the cluster is ACTIVE; pollers cannot read before',
          ),
      authenticationOf(ClusterInfo, cluster.authentication),
      ...(await networkOf(context, ClusterInfo)),
    ],
  );
};

function authenticationOf(info: Value, wanted: keyof typeof PORTS): Finding {
  const title = 'authentication';
  if (info.ClusterType === 'SERVERLESS') return ok(title, 'iam, as every serverless cluster');
  const { Sasl, Tls } = info.Provisioned?.ClientAuthentication ?? {};
  const enabled = {
    iam: Sasl?.Iam?.Enabled === true,
    saslScram512: Sasl?.Scram?.Enabled === true,
    mutualTls: Tls?.Enabled === true,
  };
  if (enabled[wanted]) return ok(title, `${wanted} is enabled`);
  const others = Object.entries(enabled).filter(([, is]) => is);
  return failed(
    title,
    `${wanted} is not enabled${others.length === 0 ? '' : `, but ${others.map(([name]) => name).join(' and ')}`}`,
    'enable the method on the cluster (aws kafka update-security), or change cluster.authentication',
  );
}

/** Lambda's pollers run in the cluster's subnets with the cluster's security groups, so that a group must let itself in. */
async function networkOf({ ask, deployment }: Context, info: Value): Promise<readonly Finding[]> {
  const title = "cluster's security groups";
  const { Provisioned, Serverless } = info;
  const groups: readonly string[] =
    Provisioned?.BrokerNodeGroupInfo?.SecurityGroups ?? Serverless?.VpcConfigs?.[0]?.SecurityGroupIds ?? [];
  if (groups.length === 0) return [];
  const port = PORTS[deployment.file.cluster.authentication];
  return await look(
    ask,
    {
      title,
      command: 'ec2 describe-security-groups',
      options: { 'group-ids': groups },
      right: 'ec2:DescribeSecurityGroups',
      missing: () => failed(title, 'a security group of the cluster does not exist', 'repair the cluster'),
    },
    ({ SecurityGroups }: Value) =>
      SecurityGroups.some((group: Value) => letsItselfIn(group, port))
        ? ok(title, `${groups.join(', ')} let themselves in on port ${port}`)
        : failed(
            title,
            `none of ${groups.join(', ')} lets itself in on port ${port}`,
            `aws ec2 authorize-security-group-ingress --group-id ${groups[0]} --protocol tcp --port ${port} --source-group ${groups[0]}`,
          ),
  );
}

const letsItselfIn = ({ GroupId, IpPermissions = [] }: Value, port: number): boolean =>
  IpPermissions.some(
    ({ IpProtocol, FromPort, ToPort, UserIdGroupPairs = [] }: Value) =>
      UserIdGroupPairs.some((pair: Value) => pair.GroupId === GroupId) &&
      (IpProtocol === '-1' || (FromPort <= port && port <= ToPort)),
  );

/** Each topic exists, and has work for the pollers. */
export const checkTopics: Check = async (context) => {
  const { file, functions } = context.deployment;
  if (isServerless(file.cluster.arn)) return [];
  const pollersMax = new Map(
    functions.flatMap(({ trigger, mappings }) => mappings.map(({ topic }) => [topic, trigger.pollersMax] as const)),
  );
  const findings = [...pollersMax].map(([topic, pollers]) =>
    look(
      context.ask,
      {
        title: `topic ${topic}`,
        command: 'kafka describe-topic',
        options: { 'cluster-arn': file.cluster.arn, 'topic-name': topic },
        right: 'kafka:DescribeTopic',
        missing: (title) => failed(title, 'the topic does not exist', `create the topic, or correct trigger.topics`),
      },
      ({ PartitionCount }: Value) =>
        pollers === undefined || pollers <= PartitionCount
          ? ok(`topic ${topic}`, `${PartitionCount} partitions`)
          : warning(
              `topic ${topic}`,
              `${PartitionCount} partitions for at most ${pollers} pollers`,
              `lower trigger.pollersMax to ${PartitionCount}: more pollers have nothing to do`,
            ),
    ),
  );
  return (await Promise.all(findings)).flat();
};
