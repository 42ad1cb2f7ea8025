import { isServerless } from '../cluster-settings.ts';
import { type CheckedFile, isWritten, type Rule } from './checked-file.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/msk-cluster-auth.html */
export const authenticationIsWhole: Rule = (file) => {
  const { arn, authentication } = file.sound.cluster ?? {};
  if (authentication === undefined) return [];
  const secretSettings = ['secretArn', 'secretKmsKeyArn'].filter((name) => isWritten(file, 'cluster', name));
  if (authentication === 'iam') {
    return secretSettings.map(
      (name) => `cluster.${name} is for authentication: saslScram512 or mutualTls; with iam leave it out`,
    );
  }
  return [
    ...(isWritten(file, 'cluster', 'secretArn')
      ? []
      : [`cluster.secretArn is missing: ${authentication} needs a secret`]),
    ...(arn !== undefined && isServerless(arn)
      ? [`cluster.authentication is ${authentication}: MSK Serverless knows iam alone`]
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
          `cluster.arn is in ${regionOf(arn)}, the functions in ${region}: a mapping reads a cluster of its own region`,
        ]),
    ...(isOurs || isWritten(file, 'cluster', 'vpcConnectionArn')
      ? []
      : [
          `cluster.arn is in account ${accountOf(arn)}, the functions in ${accountId}: name the VPC connection to it in cluster.vpcConnectionArn`,
        ]),
    ...(vpcConnectionArn === undefined ? [] : connectionProblems(file, arn, vpcConnectionArn)),
  ];
};

function connectionProblems({ sound }: CheckedFile, arn: string, connection: string): readonly string[] {
  const { accountId, region } = sound;
  return [
    ...(isServerless(arn) ? ['cluster.vpcConnectionArn: MSK Serverless cannot be read from another account'] : []),
    ...((accountId === undefined || accountOf(connection) === accountId) &&
    (region === undefined || regionOf(connection) === region)
      ? []
      : [
          `cluster.vpcConnectionArn is in ${accountOf(connection)}, ${regionOf(connection)}: it belongs to the account and region of the functions`,
        ]),
  ];
}

/** arn:aws:service:<region>:<account>:.. */
const regionOf = (arn: string): string | undefined => arn.split(':')[3];
const accountOf = (arn: string): string | undefined => arn.split(':')[4];
