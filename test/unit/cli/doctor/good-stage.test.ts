import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { askWith } from '../../../../cli/doctor/ask.ts';
import { tableOf } from '../../../../cli/doctor/print.ts';
import { cliWith, findingsOf } from './a-stage-in-aws.ts';

const CLUSTER_ARN = 'arn:aws:kafka:eu-west-1:111111111111:cluster/orders-dev/11111111-2222-3333-4444-555555555555-1';
const WRITER_ARN = 'arn:aws:iam::222222222222:role/orders-stream-writer';
const STREAM_ARN = 'arn:aws:kinesis:eu-west-1:222222222222:stream/orders';
const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:msk-sinks/dev/documentdb-AbCdEf';
const KEY_ARN = 'arn:aws:kms:eu-west-1:222222222222:key/k-1';
const CONTEXT = `ContextKeyName=kms:EncryptionContext:aws:kinesis:arn,ContextKeyValues=${STREAM_ARN},ContextKeyType=string`;
/** The last quarter of an hour. */
const lagOf = (group: string) =>
  `cloudwatch get-metric-statistics --namespace AWS/Kafka --metric-name MaxOffsetLag --statistics Maximum --dimensions Name=Cluster Name,Value=orders-dev Name=Consumer Group,Value=${group} Name=Topic,Value=orders --period 300 --start-time 2026-11-28T23:45:00.000Z --end-time 2026-11-29T00:00:00.000Z`;

/** https://docs.aws.amazon.com/cli/latest/reference/ */
const OF_THE_FUNCTIONS = [
  'sts get-caller-identity',
  `kafka describe-cluster-v2 --cluster-arn ${CLUSTER_ARN}`,
  `kafka describe-topic --cluster-arn ${CLUSTER_ARN} --topic-name orders`,
  'ec2 describe-security-groups --group-ids sg-1',
  `iam simulate-principal-policy --policy-source-arn arn:aws:iam::111111111111:role/msk-sinks-dev-kinesis --action-names sts:AssumeRole --resource-arns ${WRITER_ARN}`,
  `secretsmanager get-secret-value --secret-id ${SECRET_ARN}`,
  'ec2 describe-subnets --subnet-ids subnet-0aaaaaaaaaaaaaaaa subnet-0bbbbbbbbbbbbbbbb',
  'ec2 describe-vpc-attribute --vpc-id vpc-1 --attribute enableDnsSupport',
  'ec2 describe-vpc-endpoints --filters Name=vpc-id,Values=vpc-1',
  's3api get-public-access-block --bucket msk-sinks-dev-111111111111-dead-letters',
  'lambda get-account-settings',
  'cloudformation describe-stacks --stack-name msk-sinks-dev',
  'lambda get-function-configuration --function-name msk-sinks-dev-kinesisSink',
  'lambda get-function-configuration --function-name msk-sinks-dev-documentdbSink',
  `lambda list-event-source-mappings --event-source-arn ${CLUSTER_ARN}`,
  lagOf('msk-sinks-dev-kinesisSink-orders'),
  lagOf('msk-sinks-dev-documentdbSink-orders'),
  'lambda invoke F/kinesisSink.answer.json --function-name msk-sinks-dev-kinesisSink --payload fileb://F/kinesisSink.event.json',
  'lambda invoke F/documentdbSink.answer.json --function-name msk-sinks-dev-documentdbSink --payload fileb://F/documentdbSink.event.json',
  'sns get-topic-attributes --topic-arn arn:aws:sns:eu-west-1:111111111111:on-call',
  'cloudwatch describe-alarms --alarm-name-prefix msk-sinks-dev-',
];
const OF_THE_STREAM = [
  'iam get-role --role-name orders-stream-writer',
  `kinesis describe-stream-summary --stream-arn ${STREAM_ARN}`,
  `kms describe-key --key-id ${KEY_ARN}`,
  `iam simulate-principal-policy --policy-source-arn ${WRITER_ARN} --action-names kms:GenerateDataKey --resource-arns ${KEY_ARN} --context-entries ${CONTEXT}`,
];

const TABLE = `ok       credentials                        arn:aws:iam::111111111111:user/operator
ok       cluster                            orders-dev is ACTIVE
ok       authentication                     iam is enabled
ok       cluster's security groups          sg-1 let themselves in on port 9098
ok       topic orders                       12 partitions
ok       the function's role                may assume arn:aws:iam::222222222222:role/orders-stream-writer
ok       the role in account B              trusts the function with its external id
ok       stream                             ACTIVE, 4 shards
ok       record size                        up to 1024 KiB
ok       distribution                       by partition key
ok       encryption                         arn:aws:kms:eu-west-1:222222222222:key/k-1 is Enabled
ok       the right to the key               the role in account B may use the key
ok       DocumentDB's secret                has host, username and password
ok       CA bundle                          3 roots of eu-west-1, N days left
ok       documentdbSink's subnets           2 in vpc-1
ok       DNS of the VPC                     is enabled
ok       endpoints of the VPC               s3, secretsmanager
ok       dead-letter bucket                 msk-sinks-dev-111111111111-dead-letters is private
ok       concurrency                        1000 of 1000 are not reserved, up to 100 are needed
ok       stack                              UPDATE_COMPLETE
ok       kinesisSink                        Active
ok       kinesisSink: settings              as in the stage file
ok       kinesisSink: memory                512 MB, which every account allows
ok       documentdbSink                     Active
ok       documentdbSink: settings           as in the stage file
ok       documentdbSink: memory             1024 MB, which every account allows
ok       kinesisSink: mapping of orders     Enabled, OK
ok       kinesisSink: group of orders       msk-sinks-dev-kinesisSink-orders, at most 3 records of a partition behind
ok       documentdbSink: mapping of orders  Enabled, OK
ok       documentdbSink: group of orders    msk-sinks-dev-documentdbSink-orders, at most 3 records of a partition behind
ok       kinesisSink: stream                ACTIVE
ok       documentdbSink: connection         TLS and login succeed
ok       alarms' topic                      confirmed subscriptions: 1
ok       alarms                             1, none is raised

34 ok, 0 warnings, 0 failed`;

describe('the doctor before a good stage', () => {
  it('asks each question once, of the account that knows the answer', async () => {
    const asked: string[] = [];
    const cli = cliWith({});
    await findingsOf({
      run(args) {
        asked.push(
          args.join(' ').replaceAll(/\S*\/msk-sinks-doctor-[^/]+/g, (path) => (path[0] === 'f' ? 'fileb://F' : 'F')),
        );
        return cli(args);
      },
    });
    const end = '--region eu-west-1 --output json';
    expect(asked.toSorted()).toEqual(
      [
        ...OF_THE_FUNCTIONS.map((question) => `${question} ${end}`),
        ...OF_THE_STREAM.map((question) => `${question} ${end} --profile account-b`),
      ].toSorted(),
    );
  });

  it('prints what was found, a row each, on the way from the cluster to the alarms', async () => {
    expect(tableOf(await findingsOf(), false).replace(/\d+ days left/, 'N days left')).toBe(TABLE);
  });

  it('leaves no file of its questions to the functions', async () => {
    const files: string[] = [];
    const cli = cliWith({});
    await findingsOf({
      run(args) {
        if (args[1] === 'invoke') files.push(args[2] ?? '');
        return cli(args);
      },
    });
    expect(files.map((file) => existsSync(file))).toEqual([false, false]);
  });
});

describe('the AWS CLI', () => {
  it.each([
    ['', { kind: 'value', value: {} }],
    ['{"a":1}\n', { kind: 'value', value: { a: 1 } }],
    ['usage: aws', { kind: 'failed', code: 'the answer is no JSON' }],
  ])('that prints %j answers', async (stdout, answer) => {
    const ask = askWith(() => Promise.resolve({ exitCode: 0, stdout, stderr: '' }), 'eu-west-1');
    expect(await ask('sts get-caller-identity')).toEqual(answer);
  });
});
