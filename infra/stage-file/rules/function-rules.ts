import { combinationProblems } from '../../../functions/kinesis-sink/settings/combinations.ts';
import { SEND_RESERVE_MS } from '../../../shared/limits.ts';
import { isWritten, type Rule, sinksOf } from './checked-file.ts';

/** A failover usually takes at most 30 seconds. https://docs.aws.amazon.com/documentdb/latest/developerguide/failover.html */
const FAILOVER_SECONDS = 30;
const RESERVE_SECONDS = SEND_RESERVE_MS / 1000;

export const aSinkIsNamed: Rule = (file) =>
  sinksOf(file).length > 0 ? [] : ['kinesisSink and documentdbSink are both missing: write at least one of them'];

/** A shorter timeout would hand back records that a few more seconds would have delivered. */
export const timeoutsOutliveTheTarget: Rule = ({ sound: { kinesisSink, documentdbSink } }) => {
  const requestSeconds = Math.ceil((kinesisSink?.requestTimeoutMs ?? 0) / 1000);
  return [
    ...tooShort('kinesisSink', kinesisSink?.timeoutSeconds, requestSeconds, 'one request (requestTimeoutMs)'),
    ...tooShort('documentdbSink', documentdbSink?.timeoutSeconds, FAILOVER_SECONDS, 'a DocumentDB failover'),
  ];
};

function tooShort(sink: string, timeoutSeconds: number | undefined, targetSeconds: number, what: string) {
  const least = targetSeconds + RESERVE_SECONDS;
  if (timeoutSeconds === undefined || timeoutSeconds >= least) return [];
  return [
    `${sink}.timeoutSeconds is ${timeoutSeconds}, but ${what} can take ${targetSeconds} s, and ${RESERVE_SECONDS} s are reserved for the response: write at least ${least}`,
  ];
}

export const streamAccessIsWhole: Rule = (file) => {
  if (!isWritten(file, 'kinesisSink')) return [];
  const hasRole = isWritten(file, 'kinesisSink', 'roleArn');
  return [
    ...(!hasRole && isWritten(file, 'kinesisSink', 'externalId')
      ? ['kinesisSink.externalId needs roleArn: the external id is used to assume that role']
      : []),
    ...(hasRole && isWritten(file, 'kinesisSink', 'kmsKeyArn')
      ? [
          "kinesisSink.kmsKeyArn cannot be combined with roleArn: the role in the stream's account uses the key; remove it",
        ]
      : []),
  ];
};

export const streamSettingsGoTogether: Rule = (file) => {
  if (!isWritten(file, 'kinesisSink')) return [];
  const problems = combinationProblems(file.sound.kinesisSink ?? {}, file.stage, (name) =>
    isWritten(file, 'kinesisSink', name),
  );
  return problems.map((problem) => `kinesisSink.${problem}`);
};

export const vpcsAreWhole: Rule = (file) => {
  const [hasSubnets, hasGroups] = ['subnetIds', 'securityGroupIds'].map((name) => isWritten(file, 'kinesisSink', name));
  if (hasSubnets === hasGroups) return [];
  return [
    `kinesisSink.${hasSubnets ? 'securityGroupIds' : 'subnetIds'} is missing: a function in a VPC needs subnetIds and securityGroupIds`,
  ];
};
