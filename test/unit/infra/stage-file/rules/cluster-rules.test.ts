import { describe, expect, it } from 'vitest';
import { aStageFile, CLUSTER_ARN, type StageFileChanges } from '../../../../support/a-stage-file.ts';
import { problemsOf } from '../../../../support/problems-of.ts';

const problemsWith = (cluster: Record<string, unknown>, changes: StageFileChanges = {}) =>
  problemsOf(aStageFile({ ...changes, cluster }));

const secretArn = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:AmazonMSK_reader-AbCdEf';
const serverlessArn = CLUSTER_ARN.replace(/-1$/, '-s1');
const otherAccount = CLUSTER_ARN.replace(':111111111111:', ':999999999999:');
const vpcConnectionArn =
  'arn:aws:kafka:eu-west-1:111111111111:vpc-connection/999999999999/orders-dev/11111111-2222-3333-4444-555555555555-1';

describe('authentication', () => {
  it.each(['saslScram512', 'mutualTls'])('%s needs a secret', (authentication) => {
    expect(problemsWith({ authentication })).toEqual([
      `cluster.secretArn is missing: authentication: ${authentication} needs a secret`,
    ]);
    expect(problemsWith({ authentication, secretArn })).toEqual([]);
  });

  it('by iam has no secret', () => {
    expect(problemsWith({ secretArn })).toEqual([
      expect.stringMatching(/^cluster\.secretArn applies only to authentication/),
    ]);
  });

  it('to MSK Serverless is by iam', () => {
    expect(problemsWith({ arn: serverlessArn })).toEqual([]);
    expect(problemsWith({ arn: serverlessArn, authentication: 'saslScram512', secretArn })).toEqual([
      expect.stringMatching(/MSK Serverless supports only iam$/),
    ]);
  });
});

describe('a cluster', () => {
  it('is in the region of the functions', () => {
    expect(problemsWith({ arn: CLUSTER_ARN.replace('eu-west-1', 'us-east-1') })).toEqual([
      'cluster.arn is in us-east-1, but the functions are in eu-west-1: a mapping can only read a cluster in its own region',
    ]);
  });

  it('of another account is read through a VPC connection of this one', () => {
    expect(problemsWith({ arn: otherAccount })).toEqual([
      'cluster.arn is in account 999999999999, but the functions are in 111111111111: write the VPC connection to the cluster in cluster.vpcConnectionArn',
    ]);
    expect(problemsWith({ arn: otherAccount, vpcConnectionArn })).toEqual([]);
    for (const elsewhere of [
      vpcConnectionArn.replace(':111111111111:', ':999999999999:'),
      vpcConnectionArn.replace('eu-west-1', 'eu-west-2'),
    ]) {
      expect(problemsWith({ arn: otherAccount, vpcConnectionArn: elsewhere })).toEqual([
        expect.stringMatching(
          /^cluster\.vpcConnectionArn is in .*: the connection must be in the account and region of the functions$/,
        ),
      ]);
    }
  });

  it('of another account is not MSK Serverless', () => {
    const arn = serverlessArn.replace(':111111111111:', ':999999999999:');
    expect(problemsWith({ arn, vpcConnectionArn })).toEqual([
      expect.stringMatching(/an MSK Serverless cluster cannot be read/),
    ]);
  });

  it('is said nothing about beside its own problem', () => {
    expect(problemsWith({ arn: 'orders' })).toHaveLength(1);
  });
});
