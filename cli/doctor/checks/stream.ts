import type { Value } from '../ask.ts';
import { type Check, type Context, look } from '../context.ts';
import { type Finding, failed, ok, warning } from '../finding.ts';
import { encryption } from './stream-key.ts';

const SESSIONS = 'the role in account B';

/** The stream, asked in its own account. */
export const checkStream: Check = async (context) => {
  const { kinesisSink } = context.deployment.file;
  if (kinesisSink === undefined) return [];
  const { streamArn, roleArn, recordKiBMax } = kinesisSink;
  const ask = roleArn === undefined ? context.ask : context.askStreamAccount;
  if (ask === undefined) return [notAsked('stream')];
  return await look(
    ask,
    {
      title: 'stream',
      command: 'kinesis describe-stream-summary',
      options: { 'stream-arn': streamArn },
      right: 'kinesis:DescribeStreamSummary',
      missing: (title) =>
        failed(title, 'the stream does not exist', 'correct kinesisSink.streamArn, or deploy account B'),
    },
    async ({ StreamDescriptionSummary: stream }: Value) => [
      stream.StreamStatus === 'ACTIVE' || stream.StreamStatus === 'UPDATING'
        ? ok('stream', `${stream.StreamStatus}, ${stream.OpenShardCount} shards`)
        : failed('stream', `the stream is ${stream.StreamStatus}`, 'wait until the stream is ACTIVE'),
      recordSize(stream.MaxRecordSizeInKiB ?? 1024, recordKiBMax),
      distribution(stream),
      ...(await encryption(context, ask, stream)),
    ],
  );
};

const notAsked = (title: string): Finding =>
  warning(
    title,
    'not checked: the stream is in another account',
    'name a profile of that account: --stream-profile NAME',
  );

const recordSize = (streamKiB: number, wantedKiB: number): Finding =>
  wantedKiB <= streamKiB
    ? ok('record size', `up to ${wantedKiB} KiB`)
    : failed(
        'record size',
        `recordKiBMax is ${wantedKiB}, but the stream takes ${streamKiB} KiB`,
        'lower kinesisSink.recordKiBMax, or raise MaxRecordSizeInKiB of the stream',
      );

/** With AUTO, Kinesis ignores partition keys, and there is no order. */
const distribution = ({ RecordDistributionStrategy: mode = 'USER_PARTITION_KEY' }: Value): Finding =>
  mode === 'AUTO'
    ? failed(
        'distribution',
        'AUTO: the stream ignores partition keys',
        'change the mode, or set kinesisSink.ordering: none',
      )
    : ok('distribution', 'by partition key');

/** Both sides of AssumeRole: what the function's role may do, and whom the role in account B trusts. */
export const checkAssumeRole: Check = async (context) => {
  const { file, functions } = context.deployment;
  const { roleArn, externalId } = file.kinesisSink ?? {};
  const own = functions.find(({ name }) => name === 'kinesisSink');
  if (roleArn === undefined || own === undefined) return [];
  const ownArn = roleArnOf(context, own.roleName);
  return [...(await mayAssume(context, ownArn, roleArn)), ...(await isTrusted(context, roleArn, ownArn, externalId))];
};

const roleArnOf = ({ deployment: { file } }: Context, roleName: string): string =>
  `arn:${file.cluster.arn.split(':')[1]}:iam::${file.accountId}:role/${roleName}`;

const mayAssume = ({ ask, deployment }: Context, ownArn: string, roleArn: string): Promise<readonly Finding[]> =>
  look(
    ask,
    {
      title: "the function's role",
      command: 'iam simulate-principal-policy',
      options: { 'policy-source-arn': ownArn, 'action-names': 'sts:AssumeRole', 'resource-arns': roleArn },
      right: 'iam:SimulatePrincipalPolicy',
      missing: (title) => warning(title, 'not deployed', `npx serverless deploy --stage ${deployment.stage}`),
    },
    ({ EvaluationResults: [result] }: Value) =>
      result?.EvalDecision === 'allowed'
        ? ok("the function's role", `may assume ${roleArn}`)
        : failed(
            "the function's role",
            `may not assume ${roleArn}: ${result?.EvalDecision}`,
            'deploy again; check permissionsBoundaryArn',
          ),
  );

async function isTrusted(
  { askStreamAccount }: Context,
  roleArn: string,
  ownArn: string,
  externalId: string | undefined,
): Promise<readonly Finding[]> {
  if (askStreamAccount === undefined) return [notAsked(SESSIONS)];
  return await look(
    askStreamAccount,
    {
      title: SESSIONS,
      command: 'iam get-role',
      options: { 'role-name': roleArn.split('/').at(-1) ?? '' },
      right: 'iam:GetRole',
      missing: (title) =>
        failed(title, 'the role does not exist', 'correct kinesisSink.roleArn, or deploy infra/stream-account.yml'),
    },
    ({ Role }: Value) => trustOf(JSON.stringify(Role.AssumeRolePolicyDocument), ownArn, externalId),
  );
}

function trustOf(policy: string, ownArn: string, externalId: string | undefined): Finding {
  const asksForId = policy.includes('sts:ExternalId');
  if (!policy.includes(`"${ownArn}"`)) {
    return failed(SESSIONS, `does not name ${ownArn}`, `deploy account B with WriterRoleArn=${ownArn}`);
  }
  if (asksForId && externalId === undefined) {
    return failed(SESSIONS, 'asks for an external id, and the stage file has none', 'set kinesisSink.externalId');
  }
  if (asksForId && !policy.includes(`"${externalId}"`)) {
    return failed(SESSIONS, 'asks for another external id', 'write the same external id in both accounts');
  }
  return asksForId
    ? ok(SESSIONS, 'trusts the function with its external id')
    : warning(SESSIONS, 'trusts the function without an external id', 'deploy account B with ExternalId');
}
