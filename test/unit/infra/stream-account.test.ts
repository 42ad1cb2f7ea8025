import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { kinesisSettings } from '../../../functions/kinesis-sink/settings/settings.ts';
import { deployed, readTemplate } from '../../support/cloudformation-yaml.ts';
import { type AlarmProperties, isRaised, type Published } from '../../support/cloudwatch/alarm.ts';

const template = readTemplate('infra/stream-account.yml');

const WRITER = 'arn:aws:iam::111111111111:role/msk-sinks-dev-kinesis';
const KEY = 'arn:aws:kms:eu-west-1:222222222222:key/11111111-2222-3333-4444-555555555555';
const STREAM = 'arn:aws:kinesis:eu-west-1:222222222222:stream/orders';
const ACTIONS = ['kinesis:PutRecords', 'kinesis:DescribeStreamSummary'];

const withRole = { StreamName: 'orders', WriterRoleArn: WRITER, ExternalId: 'msk-sinks-dev' };
const withPolicy = { StreamName: 'orders', WriterRoleArn: WRITER, Access: 'resourcePolicy' };

const of = (parameters: Readonly<Record<string, string>>) => {
  const { problems, ...rest } = deployed(template, parameters);
  expect(problems).toEqual([]);
  return rest;
};
const problemsOf = (parameters: Readonly<Record<string, string>>) => deployed(template, parameters).problems;
const streamOf = (parameters: Readonly<Record<string, string>> = {}) =>
  of({ ...withRole, CreateStream: 'true', ...parameters }).resources['Stream'];

/** The account, and of it the one role. */
const FROM_THE_WRITER = {
  Principal: { AWS: 'arn:aws:iam::111111111111:root' },
  ArnEquals: { 'aws:PrincipalArn': WRITER },
};

describe('the role of the stream account', () => {
  const role = (parameters: Readonly<Record<string, string>> = {}) =>
    of({ ...withRole, ...parameters }).resources['WriterRole'];

  it('is made alone when the stream exists', () => {
    expect(Object.keys(of(withRole).resources)).toEqual(['WriterRole']);
  });

  it('lets in the one role of the other account, and only with the external id', () => {
    expect(role()?.Properties['AssumeRolePolicyDocument']).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: FROM_THE_WRITER.Principal,
          Action: 'sts:AssumeRole',
          Condition: {
            ArnEquals: FROM_THE_WRITER.ArnEquals,
            StringEquals: { 'sts:ExternalId': 'msk-sinks-dev' },
          },
        },
      ],
    });
  });

  it('lets in a second role of that account where a developer is named', () => {
    const DeveloperRoleArn = 'arn:aws:iam::111111111111:role/developers';
    expect(role({ DeveloperRoleArn })?.Properties['AssumeRolePolicyDocument']).toMatchObject({
      Statement: [{ Condition: { ArnEquals: { 'aws:PrincipalArn': [WRITER, DeveloperRoleArn] } } }],
    });
    expect(
      of({ ...withPolicy, DeveloperRoleArn }).resources['StreamPolicy']?.Properties['ResourcePolicy'],
    ).toMatchObject({
      Statement: [{ Condition: { ArnEquals: { 'aws:PrincipalArn': [WRITER, DeveloperRoleArn] } } }],
    });
  });

  it('names the other account in its own partition', () => {
    const china = 'arn:aws-cn:iam::333333333333:role/team/msk-sinks-dev-kinesis';
    expect(role({ WriterRoleArn: china })?.Properties['AssumeRolePolicyDocument']).toMatchObject({
      Statement: [
        {
          Principal: { AWS: 'arn:aws-cn:iam::333333333333:root' },
          Condition: { ArnEquals: { 'aws:PrincipalArn': china } },
        },
      ],
    });
  });

  it('may write to the one stream and ask for its state', () => {
    expect(role()?.Properties['Policies']).toEqual([
      {
        PolicyName: 'main',
        PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ACTIONS, Resource: STREAM }] },
      },
    ]);
  });

  it('may use the key for the one stream when there is one', () => {
    expect(role({ KmsKeyArn: KEY })?.Properties['Policies']).toMatchObject([
      {
        PolicyDocument: {
          Statement: [
            { Action: ACTIONS },
            {
              Effect: 'Allow',
              Action: 'kms:GenerateDataKey',
              Resource: KEY,
              Condition: { StringEquals: { 'kms:EncryptionContext:aws:kinesis:arn': STREAM } },
            },
          ],
        },
      },
    ]);
  });

  it('has a fixed name, and sessions of an hour', () => {
    expect(role()?.Properties).toMatchObject({ RoleName: 'msk-sinks-stream-writer', MaxSessionDuration: 3600 });
    expect(role({ RoleName: 'orders-prod' })?.Properties['RoleName']).toBe('orders-prod');
  });
});

describe('the stream of the stream account', () => {
  it('is made on demand, for a day, encrypted with the key of AWS, and stays when the stack goes', () => {
    expect(streamOf()).toEqual({
      Type: 'AWS::Kinesis::Stream',
      Condition: 'CreatesStream',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        Name: 'orders',
        StreamModeDetails: { StreamMode: 'ON_DEMAND' },
        RetentionPeriodHours: 24,
        MaxRecordSizeInKiB: 1024,
        StreamEncryption: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' },
      },
    });
  });

  it('takes shards, retention, record size and key from the parameters', () => {
    const parameters = { StreamMode: 'PROVISIONED', ShardCount: '4', RetentionHours: '168', KmsKeyArn: KEY };
    expect(streamOf({ ...parameters, MaxRecordSizeInKiB: '4096' })?.Properties).toEqual({
      Name: 'orders',
      StreamModeDetails: { StreamMode: 'PROVISIONED' },
      ShardCount: '4',
      RetentionPeriodHours: '168',
      MaxRecordSizeInKiB: '4096',
      StreamEncryption: { EncryptionType: 'KMS', KeyId: KEY },
    });
  });
});

describe('the policy of the stream', () => {
  it('stands in place of the role, for the same role of the other account and the same two actions', () => {
    const { resources } = of(withPolicy);
    expect(Object.keys(resources)).toEqual(['StreamPolicy']);
    expect(resources['StreamPolicy']?.Type).toBe('AWS::Kinesis::ResourcePolicy');
    expect(resources['StreamPolicy']?.Properties).toEqual({
      ResourceArn: STREAM,
      ResourcePolicy: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'WriteFromTheOtherAccount',
            Effect: 'Allow',
            Principal: FROM_THE_WRITER.Principal,
            Action: ACTIONS,
            Resource: STREAM,
            Condition: { ArnEquals: FROM_THE_WRITER.ArnEquals },
          },
        ],
      },
    });
  });

  it('waits for the stream that is made with it', () => {
    const { resources } = of({ ...withPolicy, CreateStream: 'true', KmsKeyArn: KEY });
    expect(resources['StreamPolicy']?.Properties['ResourceArn']).toBe('Stream.Arn');
  });
});

describe('the alarms of the stream account', () => {
  const TOPIC = 'arn:aws:sns:eu-west-1:222222222222:on-call';
  const alarmsOf = (parameters: Readonly<Record<string, string>> = {}): readonly AlarmProperties[] =>
    Object.values(of({ ...withRole, AlarmTopicArn: TOPIC, ...parameters }).resources)
      .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
      .map(({ Properties }) => ({ ...Properties, Threshold: Number(Properties['Threshold']) }) as AlarmProperties);
  const lasting = (minutes: number, metric: string, value: number, stream = 'orders'): readonly Published[] =>
    Array.from({ length: minutes }, (_, minute) => ({
      ...{ namespace: 'AWS/Kinesis', metric, dimensions: { StreamName: stream }, value, agoSeconds: minute * 60 },
    }));
  const raisedBy = (published: readonly Published[], parameters?: Readonly<Record<string, string>>) =>
    alarmsOf(parameters).flatMap((alarm) => (isRaised(alarm, published) ? [alarm.AlarmName] : []));
  const THROTTLED = 'WriteProvisionedThroughputExceeded';
  const AGE = 'GetRecords.IteratorAgeMilliseconds';
  const MINUTE_MS = 60_000;

  it('are there with a topic alone, and reach it when they are raised and when they are over', () => {
    expect(alarmsOf({ AlarmTopicArn: '' })).toEqual([]);
    expect(alarmsOf()).toHaveLength(2);
    for (const alarm of alarmsOf()) expect(alarm).toMatchObject({ AlarmActions: [TOPIC], OKActions: [TOPIC] });
  });

  it('are raised by writes that the stream refuses for a quarter of an hour', () => {
    expect(raisedBy(lasting(20, THROTTLED, 1))).toEqual(['msk-sinks-orders-WriteThrottling']);
    expect(raisedBy(lasting(20, THROTTLED, 0))).toEqual([]);
    expect(raisedBy(lasting(9, THROTTLED, 100))).toEqual([]);
    expect(raisedBy(lasting(20, THROTTLED, 1, 'others'))).toEqual([]);
  });

  it('are raised by a consumer that is more minutes behind than the parameter says', () => {
    expect(raisedBy(lasting(20, AGE, 61 * MINUTE_MS))).toEqual(['msk-sinks-orders-IteratorAge']);
    expect(raisedBy(lasting(20, AGE, 60 * MINUTE_MS))).toEqual([]);
    expect(raisedBy(lasting(9, AGE, 61 * MINUTE_MS))).toEqual([]);
    expect(raisedBy(lasting(20, AGE, 61 * MINUTE_MS), { IteratorAgeMinutesMax: '120' })).toEqual([]);
    // One of two consumers is behind.
    const both = [...lasting(20, AGE, 61 * MINUTE_MS), ...lasting(20, AGE, 0)];
    expect(raisedBy(both)).toEqual(['msk-sinks-orders-IteratorAge']);
  });
});

describe('the outputs of the stream account', () => {
  it('are what the stage file asks for', () => {
    const { outputs } = of(withRole);
    expect(outputs).toEqual({ StreamArn: STREAM, RoleArn: 'WriterRole.Arn' });
  });

  it('have no role when there is none', () => {
    expect(of(withPolicy).outputs).toEqual({ StreamArn: STREAM });
  });

  it('say which setting of the stage file each goes into', () => {
    const named = Object.values(template.Outputs).map(({ Description }) => /kinesisSink\.(\w+)/.exec(Description)?.[1]);
    expect(named).toEqual(['streamArn', 'roleArn']);
    expect(Object.keys(kinesisSettings.entries)).toEqual(expect.arrayContaining(named));
  });
});

describe('a parameter of the stream account that is wrong', () => {
  it.each([
    ['StreamName', STREAM, 'not its ARN'],
    ['StreamName', '', "write the stream's name"],
    ['CreateStream', 'yes', 'write true'],
    ['StreamMode', 'on-demand', 'write ON_DEMAND'],
    ['ShardCount', '0', 'write a number of shards'],
    ['RetentionHours', '12', '24 to 8760'],
    ['MaxRecordSizeInKiB', '512', '1024 to 10240'],
    ['KmsKeyArn', 'alias/orders', 'write the ARN of a KMS key'],
    ['WriterRoleArn', 'msk-sinks-dev-kinesis', "write the ARN of the function's role"],
    ['WriterRoleArn', 'arn:aws:iam::111111111111:role/*', "write the ARN of the function's role"],
    ['WriterRoleArn', 'arn:aws:iam::111111111111:role/msk-sinks-?', "write the ARN of the function's role"],
    ['Access', 'policy', 'write role'],
    ['ExternalId', 'x', 'write 2 to 1224'],
    ['RoleName', 'arn:aws:iam::222222222222:role/writer', "write the role's name"],
  ])('%s: %s is refused with a text that says what to write', (name, value, text) => {
    expect(problemsOf({ ...withRole, [name]: value })).toEqual([expect.stringContaining(text)]);
  });

  it('is named when the external id is missing', () => {
    expect(problemsOf({ StreamName: 'orders', WriterRoleArn: WRITER })).toEqual([
      expect.stringContaining('ExternalId is missing'),
    ]);
  });

  it('is named when the external id has no role to belong to', () => {
    expect(problemsOf({ ...withPolicy, ExternalId: 'msk-sinks-dev' })).toEqual([
      expect.stringContaining('ExternalId is used only to assume the role'),
    ]);
  });

  it('is named when the stream would get a key that the other account cannot use', () => {
    expect(problemsOf({ ...withPolicy, CreateStream: 'true' })).toEqual([
      expect.stringContaining('KmsKeyArn is missing'),
    ]);
  });

  it.each([
    ['aZ9_=,.@:/-+', true],
    ['x'.repeat(1224), true],
    ['x'.repeat(1225), false],
    ['msk sinks', false],
  ])('is an external id to both or to neither, the stage file and the template: %#', (externalId, isGood) => {
    expect(v.safeParse(kinesisSettings.entries.externalId, externalId).success).toBe(isGood);
    expect(problemsOf({ ...withRole, ExternalId: externalId })).toHaveLength(isGood ? 0 : 1);
  });
});
