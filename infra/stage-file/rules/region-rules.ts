import { triggerOf } from '../../sinks.ts';
import { type CheckedFile, type Rule, sinksOf, triggerPath } from './checked-file.ts';

/**
 * AWS takes these only from the region of what uses them, and CloudFormation would stop halfway through a deployment.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html,
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html,
 * https://docs.aws.amazon.com/msk/latest/developerguide/msk-password.html
 */
export const helpersAreInTheRegion: Rule = (file) => {
  const { region } = file.sound;
  if (region === undefined) return [];
  return regionalArns(file).flatMap(([path, arn]) => {
    const own = arn?.split(':')[3];
    return own === undefined || own === region
      ? []
      : [`${path} is in ${own}, but the functions are in ${region}: write one of ${region}`];
  });
};

const regionalArns = (file: CheckedFile): readonly (readonly [path: string, arn: string | undefined])[] => {
  const { alarms, cluster, deadLetters, logKmsKeyArn } = file.sound;
  return [
    ['alarms.topicArn', alarms?.topicArn],
    ['alarms.pageTopicArn', alarms?.pageTopicArn],
    ['logKmsKeyArn', logKmsKeyArn],
    ['deadLetters.kmsKeyArn', deadLetters?.kmsKeyArn],
    ...(cluster?.authentication === 'saslScram512' ? ([['cluster.secretArn', cluster.secretArn]] as const) : []),
    ...new Map(
      sinksOf(file).map((sink) => [
        triggerPath(file, sink, 'filterKmsKeyArn'),
        triggerOf(file.sound, sink).filterKmsKeyArn,
      ]),
    ),
  ];
};
