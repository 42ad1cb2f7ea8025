import { describe, expect, it } from 'vitest';
import { checkCaBundle } from '../../../../cli/doctor/checks/documentdb.ts';
import { readStageFile } from '../../../../infra/stage-file/read-stage-file.ts';
import { aStageFile } from '../../../support/a-stage-file.ts';
import { type Broken, CLUSTER, findingsOf, KEY_ARN, MAPPINGS, STREAM } from './a-stage-in-aws.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:AmazonMSK_orders-AbCdEf';

/** The account's concurrency that nobody has reserved: both functions need 10 pollers with 5 invocations each. */
const free = (UnreservedConcurrentExecutions: number): Broken => ({
  answers: {
    'lambda get-account-settings': { AccountLimit: { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions } },
  },
});
const reserved = (reservedConcurrency: number): Broken => ({ stageFile: { kinesisSink: { reservedConcurrency } } });
const partitions = (PartitionCount: number): Broken => ({ answers: { 'kafka describe-topic': { PartitionCount } } });
const stream = (changes: object): Broken => ({
  answers: { 'kinesis describe-stream-summary': { StreamDescriptionSummary: { ...STREAM, ...changes } } },
});
const stack = (StackStatus: string): Broken => ({
  answers: { 'cloudformation describe-stacks': { Stacks: [{ StackStatus }] } },
});
const memory = (memoryMb: number, MemorySize: number): Broken => ({
  stageFile: { kinesisSink: { memoryMb } },
  answers: { 'lambda get-function-configuration msk-sinks-dev-kinesisSink': { State: 'Active', MemorySize } },
});
/** A cluster with one method of login, whose group lets itself in on these ports. */
const ports = (
  FromPort: number,
  ToPort: number,
  authentication: 'iam' | 'saslScram512' | 'mutualTls' = 'iam',
): Broken => {
  const methods = {
    iam: { Sasl: { Iam: { Enabled: true } } },
    saslScram512: { Sasl: { Scram: { Enabled: true } } },
    mutualTls: { Tls: { Enabled: true } },
  };
  const info = { ...CLUSTER, Provisioned: { ...CLUSTER.Provisioned, ClientAuthentication: methods[authentication] } };
  const UserIdGroupPairs = [{ GroupId: 'sg-1' }];
  const rule = { IpProtocol: 'tcp', FromPort, ToPort, UserIdGroupPairs };
  return {
    ...(authentication !== 'iam' && { stageFile: { cluster: { authentication, secretArn: SECRET_ARN } } }),
    answers: {
      'kafka describe-cluster-v2': { ClusterInfo: info },
      'ec2 describe-security-groups': { SecurityGroups: [{ GroupId: 'sg-1', IpPermissions: [rule] }] },
    },
  };
};
const key = (KeyState: string): Broken => ({
  answers: { 'kms describe-key': { KeyMetadata: { Arn: KEY_ARN, KeyManager: 'CUSTOMER', KeyState } } },
});

const GROUPS = "cluster's security groups";
const RESERVED = 'kinesisSink: reserved concurrency';
const MEMORY = 'kinesisSink: memory';

describe('what the doctor says of a value that is just enough, and of the next one', () => {
  it.each<[string, string, Broken]>([
    ['concurrency', 'ok', free(100)],
    ['concurrency', 'failed', free(99)],
    [RESERVED, 'ok', reserved(10)],
    [RESERVED, 'warning', reserved(9)],
    ['topic orders', 'ok', partitions(10)],
    ['topic orders', 'warning', partitions(9)],
    [GROUPS, 'ok', ports(9098, 9098)],
    [GROUPS, 'failed', ports(9099, 9100)],
    [GROUPS, 'failed', ports(9096, 9097)],
    [GROUPS, 'ok', ports(9096, 9096, 'saslScram512')],
    [GROUPS, 'failed', ports(9097, 9098, 'saslScram512')],
    [GROUPS, 'ok', ports(9094, 9094, 'mutualTls')],
    [GROUPS, 'failed', ports(9095, 9098, 'mutualTls')],
    ['stream', 'ok', stream({ StreamStatus: 'UPDATING' })],
    ['stream', 'failed', stream({ StreamStatus: 'CREATING' })],
    ['record size', 'ok', stream({ MaxRecordSizeInKiB: undefined })],
    [
      'record size',
      'failed',
      { ...stream({ MaxRecordSizeInKiB: undefined }), stageFile: { kinesisSink: { recordKiBMax: 1025 } } },
    ],
    ['stack', 'ok', stack('CREATE_COMPLETE')],
    ['stack', 'failed', stack('UPDATE_ROLLBACK_COMPLETE')],
    ['stack', 'warning', stack('UPDATE_IN_PROGRESS')],
    [MEMORY, 'ok', memory(3_008, 512)],
    [MEMORY, 'ok', memory(3_009, 3_009)],
    [MEMORY, 'warning', memory(3_009, 3_008)],
    ['encryption', 'failed', key('PendingImport')],
  ])('%s: %s', async (title, status, broken) => {
    const found = (await findingsOf(broken)).find((each) => each.title === title);
    expect(found?.status, found?.found).toBe(status);
  });

  it('takes no mapping of a function whose name begins so for that of the function', async () => {
    const [own = {}, ...others] = MAPPINGS;
    const FunctionArn = 'arn:aws:lambda:eu-west-1:111111111111:function:msk-sinks-dev-kinesisSink-old';
    const old = {
      ...own,
      FunctionArn,
      State: 'Disabled',
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'old' },
    };
    const answers = { 'lambda list-event-source-mappings': { EventSourceMappings: [old, own, ...others] } };
    expect((await findingsOf({ answers })).filter(({ status }) => status !== 'ok')).toEqual([]);
  });

  it('names an alarm that is made of others', async () => {
    const CompositeAlarms = [{ AlarmName: 'stands', StateValue: 'ALARM' }];
    const answers = { 'cloudwatch describe-alarms': { MetricAlarms: [], CompositeAlarms } };
    const row = (await findingsOf({ answers })).find(({ title }) => title === 'alarms');
    expect(row).toMatchObject({ status: 'failed', found: 'raised: stands' });
  });

  it('wants roots that last as long as the alarm on certificates asks for', async () => {
    const deployment = readStageFile(
      'msk-sinks',
      'dev',
      aStageFile({ alarms: { topicArn: 'arn:aws:sns:eu-west-1:111111111111:on-call', certificateDaysMin: 30 } }),
    );
    const rowAt = async (nowMs: number) => {
      const ask = () => Promise.reject(new Error('nothing is asked'));
      const [row] = await checkCaBundle({ deployment, ask, askStreamAccount: undefined, nowMs });
      return row;
    };
    const todayMs = Date.UTC(2026, 10, 29);
    const daysLeft = Number(/(\d+) days left/.exec((await rowAt(todayMs))?.found ?? '')?.[1]);
    expect(await rowAt(todayMs + (daysLeft - 30) * 86_400_000)).toMatchObject({ status: 'ok' });
    const late = await rowAt(todayMs + (daysLeft - 29) * 86_400_000);
    expect(late).toMatchObject({ status: 'failed', found: 'the roots of eu-west-1 end in 29 days' });
  });
});
