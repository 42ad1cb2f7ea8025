import { combinationProblems } from '../../../functions/kinesis-sink/combinations.ts';
import { SEND_RESERVE_MS } from '../../../shared/limits.ts';
import { isWritten, type Rule, sinksOf } from './checked-file.ts';

/** https://docs.aws.amazon.com/documentdb/latest/developerguide/failover.html: usually done within 30 seconds. */
const FAILOVER_SECONDS = 30;
const RESERVE_SECONDS = SEND_RESERVE_MS / 1000;

export const aSinkIsNamed: Rule = (file) =>
  sinksOf(file).length > 0 ? [] : ['kinesisSink and documentdbSink are both left out: write at least one of them'];

/** Shorter, and every invocation that meets one ends with records handed back that a little patience would have written. */
export const timeoutsOutliveTheTarget: Rule = ({ sound: { kinesisSink, documentdbSink } }) => {
  const requestSeconds = Math.ceil((kinesisSink?.requestTimeoutMs ?? 0) / 1000);
  return [
    ...tooShort('kinesisSink', kinesisSink?.timeoutSeconds, requestSeconds, 'one request (requestTimeoutMs)'),
    ...tooShort('documentdbSink', documentdbSink?.timeoutSeconds, FAILOVER_SECONDS, 'a failover of DocumentDB'),
  ];
};

function tooShort(sink: string, timeoutSeconds: number | undefined, targetSeconds: number, what: string) {
  const least = targetSeconds + RESERVE_SECONDS;
  if (timeoutSeconds === undefined || timeoutSeconds >= least) return [];
  return [
    `${sink}.timeoutSeconds is ${timeoutSeconds}, shorter than ${what}, ${targetSeconds} s, and the ${RESERVE_SECONDS} s kept for the answer: write at least ${least}`,
  ];
}

export const streamAccessIsWhole: Rule = (file) => {
  if (!isWritten(file, 'kinesisSink')) return [];
  const hasRole = isWritten(file, 'kinesisSink', 'roleArn');
  return [
    ...(!hasRole && isWritten(file, 'kinesisSink', 'externalId')
      ? ['kinesisSink.externalId is written but no roleArn: the id belongs to the role that is assumed']
      : []),
    ...(hasRole && isWritten(file, 'kinesisSink', 'kmsKeyArn')
      ? [
          "kinesisSink.kmsKeyArn is for a stream without roleArn; with it, the role in the stream's account uses the key",
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
  return [`kinesisSink.${hasSubnets ? 'securityGroupIds' : 'subnetIds'} is missing: a VPC takes both`];
};
