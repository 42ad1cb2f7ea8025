import { type Broken, CLUSTER } from '../a-stage-in-aws.ts';
import type { Fault } from './fault.ts';

const cluster = (changes: object): Broken => ({
  answers: { 'kafka describe-cluster-v2': { ClusterInfo: { ...CLUSTER, ...changes } } },
});

/** What feeds the functions: credentials, the cluster, its topics. */
export const FAULTS_OF_THE_SOURCE: readonly Fault[] = [
  [
    'credentials of another account',
    { answers: { 'sts get-caller-identity': { Account: '999999999999', Arn: 'x' } } },
    ...(['credentials', 'failed', /of account 999999999999/, /sign in to 111111111111/] as const),
  ],
  [
    'no such cluster',
    { answers: { 'kafka describe-cluster-v2': 'NotFoundException' } },
    'cluster',
    'failed',
    /does not exist/,
    /cluster\.arn/,
  ],
  ['a cluster that is being made', cluster({ State: 'CREATING' }), 'cluster', 'failed', /CREATING/, /wait/],
  [
    'another authentication',
    cluster({ Provisioned: { ClientAuthentication: { Sasl: { Scram: { Enabled: true } } } } }),
    ...(['authentication', 'failed', /iam is not enabled, but saslScram512/, /cluster\.authentication/] as const),
  ],
  [
    'a security group that does not let itself in',
    { answers: { 'ec2 describe-security-groups': { SecurityGroups: [{ GroupId: 'sg-1', IpPermissions: [] }] } } },
    ...([
      "cluster's security groups",
      'failed',
      /port 9098/,
      /--group-id sg-1 --protocol tcp --port 9098 --source-group sg-1/,
    ] as const),
  ],
  [
    'a security group that lets itself in on another port',
    {
      answers: {
        'ec2 describe-security-groups': {
          SecurityGroups: [
            {
              GroupId: 'sg-1',
              IpPermissions: [
                { IpProtocol: 'tcp', FromPort: 9092, ToPort: 9096, UserIdGroupPairs: [{ GroupId: 'sg-1' }] },
                { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-2' }] },
              ],
            },
          ],
        },
      },
    },
    ...(["cluster's security groups", 'failed', /none of sg-1/, /authorize-security-group-ingress/] as const),
  ],
  [
    'no such topic',
    { answers: { 'kafka describe-topic': 'NotFoundException' } },
    'topic orders',
    'failed',
    /does not exist/,
    /create the topic/,
  ],
  [
    'more pollers than partitions',
    { answers: { 'kafka describe-topic': { PartitionCount: 1 } } },
    'topic orders',
    'warning',
    /1 partitions for at most/,
    /pollersMax to 1/,
  ],
];
