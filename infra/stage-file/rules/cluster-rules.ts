import { isServerless } from '../cluster-settings.ts';
import { type CheckedFile, isWritten, type Rule } from './checked-file.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/msk-cluster-auth.html */
export const authenticationIsWhole: Rule = (file) => {
  const { arn, authentication } = file.sound.cluster ?? {};
  if (authentication === undefined) return [];
  const secretSettings = ['secretArn', 'secretKmsKeyArn'].filter((name) => isWritten(file, 'cluster', name));
  if (authentication === 'iam') {
    return secretSettings.map(
      (name) => `cluster.${name} applies only to authentication: saslScram512 or mutualTls; remove it for iam`,
    );
  }
  return [
    ...(isWritten(file, 'cluster', 'secretArn')
      ? []
      : [`cluster.secretArn is missing: authentication: ${authentication} needs a secret`]),
    ...(arn !== undefined && isServerless(arn)
      ? [`cluster.authentication is ${authentication}, but MSK Serverless supports only iam`]
      : []),
  ];
};

/** https://docs.aws.amazon.com/lambda/latest/dg/msk-cross-account.html */
export const clusterIsReachable: Rule = (file) => {
  const { accountId, region, cluster = {} } = file.sound;
  const { arn, vpcConnectionArn } = cluster;
  if (arn === undefined) return [];
  const isOurs = accountId === undefined || accountOf(arn) === accountId;
  return [
    ...(region === undefined || regionOf(arn) === region
      ? []
      : [
          `cluster.arn is in ${regionOf(arn)}, but the functions are in ${region}: a mapping can only read a cluster in its own region`,
        ]),
    ...(isOurs || isWritten(file, 'cluster', 'vpcConnectionArn')
      ? []
      : [
          `cluster.arn is in account ${accountOf(arn)}, but the functions are in ${accountId}: write the VPC connection to the cluster in cluster.vpcConnectionArn`,
        ]),
    ...(vpcConnectionArn === undefined ? [] : connectionProblems(file, arn, vpcConnectionArn)),
  ];
};

function connectionProblems({ sound }: CheckedFile, arn: string, connection: string): readonly string[] {
  const { accountId, region } = sound;
  return [
    ...(isServerless(arn)
      ? ['cluster.vpcConnectionArn: an MSK Serverless cluster cannot be read from another account']
      : []),
    ...((accountId === undefined || accountOf(connection) === accountId) &&
    (region === undefined || regionOf(connection) === region)
      ? []
      : [
          `cluster.vpcConnectionArn is in account ${accountOf(connection)}, region ${regionOf(connection)}: the connection must be in the account and region of the functions`,
        ]),
  ];
}

/** arn:aws:service:<region>:<account>:.. */
const regionOf = (arn: string): string | undefined => arn.split(':')[3];
const accountOf = (arn: string): string | undefined => arn.split(':')[4];
