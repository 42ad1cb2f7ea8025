import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOnlyChanges } from '../../../../infra/deploy/create-only-changes.ts';
import type { StageFileChanges } from '../../../support/a-stage-file.ts';
import { randomRuns } from '../../../support/random-runs.ts';
import { between, ofBoth, ofKinesis } from '../../../support/template-changes.ts';

const nothing = { refusals: [], notices: [] };

describe('what can be changed in place is not mentioned', () => {
  it('nothing at all, as CloudFormation gives the template back', () => {
    expect(createOnlyChanges(JSON.parse(JSON.stringify(ofBoth())), ofBoth())).toEqual(nothing);
  });

  it.each<[string, StageFileChanges]>([
    ['batches', { trigger: { batchRecordsMax: 10, batchWindowSeconds: 5 } }],
    ['pollers', { trigger: { pollersMin: 2, pollersMax: 3, pollerGroup: 'none' } }],
    ['the mode', { trigger: { mode: 'onDemand' } }],
    ['retries', { trigger: { retryAttemptsMax: 1, recordAgeSecondsMax: 60 } }],
    ['a filter', { trigger: { filter: [{ value: { type: ['order'] } }] } }],
    ['a pause', { trigger: { enabled: false } }],
    [
      'a schema registry beside the group',
      { trigger: { schemaRegistry: { SchemaRegistryURI: 'https://registry', EventRecordFormat: 'JSON' } } },
    ],
    [
      'how the pollers log in',
      {
        cluster: {
          authentication: 'saslScram512',
          secretArn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:AmazonMSK_orders-AbCdEf',
        },
      },
    ],
    ["the function's permissions", { kinesisSink: { roleArn: 'arn:aws:iam::222222222222:role/another' } }],
    ['the retention of dead letters', { deadLetters: { retentionDays: 7 } }],
  ])('%s', (_, changes) => {
    expect(ofKinesis(changes)).not.toEqual(ofKinesis());
    expect(between({}, changes)).toEqual(nothing);
  });

  it('the function a mapping invokes', () => {
    const renamed = JSON.parse(
      JSON.stringify(ofKinesis()).replaceAll('KinesisSinkLambdaFunction', 'OtherLambdaFunction'),
    );
    expect(renamed).not.toEqual(ofKinesis());
    expect(createOnlyChanges(ofKinesis(), renamed)).toEqual(nothing);
  });
});

describe('a mapping with a problem', () => {
  it('is always named, together with other changes', () => {
    const { refusals, notices } = createOnlyChanges(
      ofBoth({ trigger: { topics: ['orders', 'returns'] } }),
      ofBoth({ trigger: { topics: ['orders', 'invoices'] }, kinesisSink: { trigger: { startingPosition: 'LATEST' } } }),
    );
    expect(refusals.map((line) => line.split(':')[0])).toEqual(['KinesisSinkMappingOrders']);
    expect(notices.map((line) => line.split('.')[0])).toEqual([
      'KinesisSinkMappingInvoices: new',
      'DocumentdbSinkMappingInvoices: new',
      'KinesisSinkMappingReturns: removed',
      'DocumentdbSinkMappingReturns: removed',
    ]);
  });
});

describe('names', () => {
  it('of another account make another bucket, and the old one stays', () => {
    const moved = JSON.parse(JSON.stringify(ofKinesis()).replaceAll('dev-111111111111', 'dev-333333333333'));
    expect(createOnlyChanges(ofKinesis(), moved).notices).toEqual([
      'DeadLetterBucket: replaced, BucketName msk-sinks-dev-111111111111-dead-letters -> msk-sinks-dev-333333333333-dead-letters: CloudFormation creates a new bucket, and keeps the old one with its objects.',
    ]);
  });

  it('are compared for resources of one type alone', () => {
    const resource = (Type: string, Properties: object) => ({ Resources: { Some: { Type, Properties } } });
    const bucket = resource('AWS::S3::Bucket', { BucketName: 'letters' });
    expect(createOnlyChanges(resource('AWS::SNS::Topic', { TopicName: 'letters' }), bucket)).toEqual(nothing);
  });

  it('of roles are what others trust', () => {
    const renamed = JSON.parse(JSON.stringify(ofKinesis()).replaceAll('"msk-sinks-dev-kinesis"', '"other"'));
    expect(createOnlyChanges(ofKinesis(), renamed).notices).toEqual([
      'KinesisSinkRole: replaced, RoleName msk-sinks-dev-kinesis -> other: CloudFormation creates a new role and deletes the old one: policies in other accounts must name the new role.',
    ]);
  });
});

describe('a template of any shape', () => {
  const mapping = (Properties: unknown) => ({
    Resources: { M: { Type: 'AWS::Lambda::EventSourceMapping', ...(Properties === undefined ? {} : { Properties }) } },
  });

  it.each([
    [undefined],
    [null],
    ['text'],
    [7],
    [[]],
    [{}],
    [{ Resources: null }],
    [{ Resources: [{ Type: 'AWS::Lambda::EventSourceMapping' }] }],
    [{ Resources: { M: null } }],
  ])('is read: %j', (template) => {
    expect(createOnlyChanges(template, template)).toEqual(nothing);
    const asNew = createOnlyChanges(template, ofKinesis());
    expect(asNew.refusals).toEqual([]);
    expect(asNew.notices).toEqual([expect.stringMatching(/^KinesisSinkMappingOrders: new\. /)]);
  });

  it('without properties has them unset', () => {
    expect(createOnlyChanges(mapping(undefined), mapping({ StartingPosition: 'LATEST' }))).toEqual({
      refusals: [],
      notices: [
        'M: replaced, trigger.startingPosition unset -> LATEST. CloudFormation creates the new mapping, then deletes the old one. Consumer group unset continues at its committed offsets in topics unset; without committed offsets it starts at the newest record (LATEST) and skips all records produced before the mapping runs.',
      ],
    });
  });

  it('with functions in place of values is compared by what they say, whatever the order of their members', () => {
    const group = (members: object) => mapping({ AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: members } });
    const [a, b] = [group({ 'Fn::Sub': 'x', y: 1 }), group({ y: 1, 'Fn::Sub': 'x' })];
    expect(createOnlyChanges(a, b)).toEqual(nothing);
    expect(createOnlyChanges(a, group({ Ref: 'Group' })).refusals).toEqual([
      expect.stringMatching(/^M: trigger\.consumerGroupId \{"Fn::Sub":"x","y":1\} -> \{"Ref":"Group"\}\. /),
    ]);
  });

  it('as a program has it is what JSON makes of it', () => {
    const topics = Object.assign(Object.create(null), { Ref: 'Topic', Default: undefined });
    expect(createOnlyChanges(mapping({ Topics: { Ref: 'Topic' } }), mapping({ Topics: topics }))).toEqual(nothing);
  });

  it('with odd starts is shown as it is', () => {
    const at = (StartingPositionTimestamp: unknown) =>
      mapping({ StartingPosition: { Ref: 'P' }, StartingPositionTimestamp });
    expect(createOnlyChanges(at(1e99), at('soon')).notices).toEqual([
      expect.stringMatching(
        /^M: replaced, trigger\.startingTimestamp 1e\+99 -> soon\. .* it starts at \{"Ref":"P"\}\.$/,
      ),
    ]);
  });

  it('never throws, and finds no difference between a template and itself', () => {
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        fc.jsonValue({ maxDepth: 2 }),
        fc.dictionary(
          fc.constantFrom(
            'Resources',
            'Type',
            'Properties',
            'Topics',
            'ConsumerGroupId',
            'StartingPosition',
            '__proto__',
          ),
          fc.oneof(tie('node'), fc.constant('AWS::Lambda::EventSourceMapping')),
        ),
      ),
    })).node;
    const template = fc.record({
      Resources: fc.dictionary(
        fc.string(),
        fc.record({
          Type: fc.constantFrom('AWS::Lambda::EventSourceMapping', 'AWS::S3::Bucket', 'toString'),
          Properties: value,
        }),
      ),
    });
    fc.assert(
      fc.property(fc.oneof(template, value), fc.oneof(template, value), (before, after) => {
        expect(createOnlyChanges(before, before)).toEqual(nothing);
        const { refusals, notices } = createOnlyChanges(before, after);
        for (const line of [...refusals, ...notices]) expect(line).not.toMatch(/undefined|\[object/);
      }),
      { numRuns: randomRuns(50) },
    );
  });
});
