import { describe, expect, it } from 'vitest';
import { stageFile } from '../../../../infra/stage-file/stage-file.ts';
import { templateParts } from '../../../../infra/template/template.ts';
import { aStageFile, CLUSTER_ARN, SECRET_ARN, type StageFileChanges } from '../../../support/a-stage-file.ts';
import { problemsOf } from '../../../support/problems-of.ts';

/** The problems of a file that is sound but for these changes. */
const problemsWith = (changes: StageFileChanges) => problemsOf(aStageFile(changes));

describe('a stage file with ten mistakes', () => {
  it('gives one error that names all ten, and the file', () => {
    const written = aStageFile({
      accountId: 111_111_111_111,
      pagers: {},
      cluster: { arn: 'arn:aws:kafka:eu-west-1:<account>:cluster/orders/1' },
      trigger: {
        topics: ['orders', 'returns'],
        consumerGroupId: 'doka-{function}',
        batchWindowSeconds: '5s',
        pollersMin: 5,
        pollersMax: 4,
      },
      kinesisSink: { streamArn: 'orders', retries: 3, trigger: { mode: 'onDemand', retryAttemptsMax: 5 } },
      documentdbSink: { subnetIds: undefined, timeoutSeconds: 30 },
    });
    const problems = problemsOf(written);
    expect(problems).toEqual([
      'accountId must be an account id of 12 digits, in quotes',
      expect.stringMatching(/^cluster\.arn contains a placeholder: .*arn:aws:kafka/),
      'trigger.batchWindowSeconds must be a whole number of seconds from 0 to 300, got "5s"',
      expect.stringMatching(/^kinesisSink\.streamArn must be an ARN like arn:aws:kinesis:/),
      'kinesisSink.retries is not a setting',
      'documentdbSink.subnetIds is missing',
      'pagers is not a setting',
      'trigger.pollersMin (5) is greater than pollersMax (4)',
      expect.stringMatching(/^kinesisSink\.trigger\.retryAttemptsMax applies only to mode: provisioned/),
      expect.stringMatching(/^trigger\.consumerGroupId gives 2 mappings the same group doka-kinesisSink, but/),
      expect.stringMatching(/^trigger\.consumerGroupId gives 2 mappings the same group doka-documentdbSink, but/),
      expect.stringMatching(/^documentdbSink\.timeoutSeconds is 30, but a DocumentDB failover/),
    ]);
    expect(() => templateParts('msk-sinks', 'dev', written)).toThrow(/^config\/dev\.yml has 12 problem/);
  });
});

describe('refuses', () => {
  it.each<{ readonly what: string; readonly changes: StageFileChanges; readonly problem: string }>([
    { what: 'an unknown section', changes: { pager: {} }, problem: 'pager is not a setting' },
    {
      what: 'a setting the deployment derives',
      changes: { kinesisSink: { triggerMode: 'onDemand' } },
      problem: 'kinesisSink.triggerMode is not a setting',
    },
    { what: 'no topics', changes: { trigger: { topics: [] } }, problem: 'trigger.topics must name at least one topic' },
    {
      what: 'topics that are one name',
      changes: { trigger: { topics: 'orders' } },
      problem: 'trigger.topics must be a list of topic names',
    },
    { what: 'a topic with a blank', changes: { trigger: { topics: ['a b'] } }, problem: 'trigger.topics.0 must be' },
    {
      what: 'a timeout longer than a Kafka mapping allows',
      changes: { documentdbSink: { timeoutSeconds: 900 } },
      problem: 'documentdbSink.timeoutSeconds must be a whole number of seconds from 15 to 840, got 900',
    },
    {
      what: 'a subnet that is none',
      changes: { documentdbSink: { subnetIds: ['sg-0aaaaaaaaaaaaaaaa'] } },
      problem: 'documentdbSink.subnetIds.0 must be like subnet-0123456789abcdef0',
    },
    {
      what: 'a region that is none',
      changes: { region: 'Ireland' },
      problem: 'region must be a region like eu-west-1',
    },
  ])('$what', ({ changes, problem }) => {
    expect(problemsWith(changes)).toEqual([expect.stringContaining(problem)]);
  });

  it.each([null, undefined, 'text', 5])('a file that is %j', (stageFile) => {
    expect(problemsOf(stageFile)).toHaveLength(1);
  });

  it('a folder in the place of a file, and ends with no error of the disk', () => {
    expect(problemsWith({ documentdbSink: { caBundle: 'config' } })).toEqual([
      "documentdbSink.caBundle: there is no file config; write a path relative to the project's root",
    ]);
    const own = { secretArn: undefined, database: undefined, connector: 'config' };
    expect(problemsWith({ documentdbSink: own })).toContain(
      "documentdbSink.connector: there is no file config; write a path relative to the project's root",
    );
  });

  it('a stage that cannot be part of a bucket name', () => {
    expect(problemsOf(aStageFile(), 'Dev')).toEqual([expect.stringContaining('lower-case')]);
    expect(problemsOf(aStageFile(), 'd'.repeat(32))).toEqual([expect.stringMatching(/5 characters too long/)]);
  });

  it('a topic whose consumer group would be too long, once', () => {
    expect(problemsWith({ trigger: { topics: ['t'.repeat(249)] }, documentdbSink: { collection: 'orders' } })).toEqual([
      expect.stringMatching(/^trigger\.topics: t{20}\.\. makes a consumer group/),
    ]);
  });
});

describe('takes numbers within their bounds alone', () => {
  const within = (section: string, name: string) => (value: number) => ({ [section]: { [name]: value } });
  it.each<{ name: string; changes: (value: number) => StageFileChanges; min: number; max: number }>([
    { name: 'batchRecordsMax', changes: within('trigger', 'batchRecordsMax'), min: 1, max: 10_000 },
    { name: 'batchWindowSeconds', changes: within('trigger', 'batchWindowSeconds'), min: 0, max: 300 },
    {
      name: 'pollersMax',
      changes: (value) => ({ trigger: { pollerGroup: 'none', pollersMax: value } }),
      min: 1,
      max: 2_000,
    },
    {
      name: 'pollersMin',
      changes: (value) => ({ trigger: { pollersMin: value, pollersMax: Math.max(value, 1) } }),
      min: 1,
      max: 200,
    },
    { name: 'retryAttemptsMax', changes: within('trigger', 'retryAttemptsMax'), min: 0, max: 10_000 },
    { name: 'recordAgeSecondsMax', changes: within('trigger', 'recordAgeSecondsMax'), min: 60, max: 604_800 },
    { name: 'topicRetentionHours', changes: within('trigger', 'topicRetentionHours'), min: 1, max: 87_600 },
    { name: 'memoryMb', changes: within('kinesisSink', 'memoryMb'), min: 128, max: 10_240 },
    { name: 'timeoutSeconds', changes: within('kinesisSink', 'timeoutSeconds'), min: 15, max: 840 },
    { name: 'reservedConcurrency', changes: within('documentdbSink', 'reservedConcurrency'), min: 1, max: 100_000 },
    { name: 'retentionDays', changes: within('deadLetters', 'retentionDays'), min: 1, max: 36_500 },
  ])('$name: from $min to $max', ({ name, changes, min, max }) => {
    for (const value of [min, max]) expect(problemsWith(changes(value))).toEqual([]);
    for (const value of [min - 1, max + 1]) {
      expect(problemsWith(changes(value))).toContainEqual(expect.stringContaining(`${name} must be a whole number`));
    }
  });
});

describe('a stage file', () => {
  it('accepts the retention days that CloudWatch accepts, and the error lists them', () => {
    for (const logRetentionDays of [1, 30, 3_653]) expect(problemsWith({ logRetentionDays })).toEqual([]);
    for (const logRetentionDays of [0, 2, 31, 4_000, '30']) {
      expect(problemsWith({ logRetentionDays })).toEqual([
        expect.stringMatching(/^logRetentionDays .* 1, 3, 5, .* 3653$/),
      ]);
    }
  });

  it.each<StageFileChanges>([
    { accountId: '11111111111' },
    { tags: { 'aws:cost': 'x' } },
    { tags: { team: 5 } },
    { tags: ['team'] },
    { permissionsBoundaryArn: 'arn:aws:iam::111111111111:role/boundary' },
    { deploymentBucket: 'Packages' },
    { cluster: { authentication: 'scram' } },
    { cluster: { vpcConnectionArn: CLUSTER_ARN } },
    { trigger: { enabled: 'yes' } },
    { trigger: { consumerGroupId: 'doka-{topics}' } },
    { trigger: { consumerGroupId: 'doka {topic}' } },
    { trigger: { startingPosition: 'EARLIEST' } },
    { trigger: { startingPosition: 'AT_TIMESTAMP', startingTimestamp: 'yesterday' } },
    { trigger: { startingPosition: 'AT_TIMESTAMP', startingTimestamp: '2999-01-01T00:00:00Z' } },
    { trigger: { topics: ['t'] } },
    { trigger: { topics: ['.orders'] } },
    { cluster: { authentication: 'mutualTls', secretArn: `${SECRET_ARN}${'x'.repeat(200)}` } },
    { documentdbSink: { securityGroupIds: Array.from({ length: 6 }, () => 'sg-0cccccccccccccccc') } },
    { trigger: { filter: [] } },
    { trigger: { filter: [{ value: { type: ['a'] }, key: { type: ['a'] } }] } },
    { trigger: { filter: [{ value: 'a' }] } },
    { trigger: { filter: Array.from({ length: 11 }, () => ({ value: { type: ['a'] } })) } },
    { trigger: { onFailure: 'arn:aws:sqs:eu-west-1:111111111111:failed.fifo' } },
    { trigger: { onFailure: 'kafka://' } },
    { trigger: { onFailure: 'kafka://..' } },
    { trigger: { metrics: ['Everything'] } },
    { trigger: { systemLogLevel: 'ERROR' } },
    { trigger: { pollerGroup: 'a b' } },
    { trigger: { schemaRegistry: {} } },
    { trigger: { schemaRegistry: { SchemaRegistryURI: 'registry' } } },
    { trigger: { schemaRegistry: { SchemaRegistryURI: 'https://registry', EventRecordFormat: 'Json' } } },
    { trigger: { schemaRegistry: { SchemaRegistryURI: 'https://registry', Format: 'JSON' } } },
    {
      trigger: {
        schemaRegistry: { SchemaRegistryURI: 'https://registry', SchemaValidationConfigs: [{ Attribute: 'value' }] },
      },
    },
    { trigger: { schemaRegistry: { SchemaRegistryURI: 'https://registry', AccessConfigs: [{ Type: 'BASIC_AUTH' }] } } },
    { trigger: { startingPosition: 'AT_TIMESTAMP', startingTimestamp: '2026-11-01T00:00:00' } },
    { trigger: { startingPosition: 'AT_TIMESTAMP', startingTimestamp: '2026-02-30T00:00:00Z' } },
    { trigger: { startingPosition: 'AT_TIMESTAMP', startingTimestamp: '2026-11-01T24:01:00Z' } },
    { trigger: { startingPosition: 'AT_TIMESTAMP', startingTimestamp: 'Nov 1 2026' } },
    { trigger: { startingPosition: 'AT_TIMESTAMP', startingTimestamp: '1' } },
    { tags: { 'AWS:cost': 'x' } },
    { tags: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`tag${index}`, 'x'])) },
    { cluster: { arn: 'arn:aws:kafka:eu-west-1:111111111111:cluster/orders-dev' } },
    { cluster: { arn: CLUSTER_ARN.replace('arn:aws:', 'arn:aws-cn:') } },
    { kinesisSink: { roleArn: 'arn:aws-us-gov:iam::222222222222:role/orders-stream-writer' } },
    { permissionsBoundaryArn: 'arn:aws-cn:iam::111111111111:policy/boundary' },
    { alarms: null },
    { kinesisSink: { trigger: { topic: 'orders' } } },
    { accountId: '1111111111111' },
    { region: 'eu-west-1a' },
    { documentdbSink: { securityGroupIds: [] } },
    { documentdbSink: { subnetIds: ['subnet-0aaaaaaaaaaaaaaaax'] } },
  ])('with a nearly right value is refused: %j', (changes) => {
    expect(problemsWith(changes)).toHaveLength(1);
  });

  it('accepts names up to the length that AWS allows, and not one character more', () => {
    // msk-sinks-<stage>-111111111111-dead-letters
    expect(problemsOf(aStageFile(), 'd'.repeat(27))).toEqual([]);
    expect(problemsOf(aStageFile(), 'd'.repeat(28))).toEqual([expect.stringMatching(/1 characters too long/)]);
    // msk-sinks-dev-documentdbSink-<topic>, 200
    expect(problemsWith({ trigger: { topics: ['t'.repeat(171)] }, documentdbSink: { collection: 'orders' } })).toEqual(
      [],
    );
    expect(
      problemsWith({ trigger: { topics: ['t'.repeat(172)] }, documentdbSink: { collection: 'orders' } }),
    ).toHaveLength(1);
    expect(problemsOf(aStageFile(), 'd.e')).toHaveLength(1);
  });

  it.each(['2026-11-01', '2026-11-01T00:00Z', '2026-11-01T00:00:00.250Z', '2026-11-01T01:00:00+01:00'])(
    'names a time that is the same on each machine: %s',
    (startingTimestamp) => {
      expect(problemsWith({ trigger: { startingPosition: 'AT_TIMESTAMP', startingTimestamp } })).toEqual([]);
    },
  );

  it('has 49 tags beside the one of the framework, as AWS allows', () => {
    const tags = Object.fromEntries(Array.from({ length: 49 }, (_, index) => [`tag${index}`, 'x']));
    expect(problemsWith({ tags })).toEqual([]);
  });

  it('may name things that are called todo, and no reminder', () => {
    expect(problemsWith({ trigger: { topics: ['todo'] }, documentdbSink: { database: 'todo' } })).toEqual([]);
    expect(problemsWith({ documentdbSink: { database: 'TODO' } })).toHaveLength(1);
  });

  it('is of one partition of AWS, that of its region', () => {
    const china = JSON.parse(
      JSON.stringify(aStageFile({ documentdbSink: { caBundle: '/opt/roots.pem' } }))
        .replaceAll('arn:aws:', 'arn:aws-cn:')
        .replaceAll('eu-west-1', 'cn-north-1'),
    );
    expect(problemsOf(china)).toEqual([]);
    expect(problemsWith({ kinesisSink: { roleArn: 'arn:aws-cn:iam::222222222222:role/writer' } })).toEqual([
      'kinesisSink.roleArn is in the partition aws-cn of AWS, but eu-west-1 is in aws: nothing of one partition can be used in another',
    ]);
  });

  it('is refused in words of this project, whatever stands in the place of a setting', () => {
    const whole = aStageFile({ tags: {}, deadLetters: {}, alarms: {} });
    const problems = Object.keys(stageFile.entries).flatMap((name) => {
      const section = whole[name];
      const names = Object.keys(
        (stageFile.entries as Record<string, { wrapped?: { entries?: object } }>)[name]?.wrapped?.entries ?? {},
      );
      return [null, 5, 'x', true, [], {}, [null], [{}], { x: null }].flatMap((odd) => [
        ...problemsOf({ ...whole, [name]: odd }),
        ...names.flatMap((inner) => problemsOf({ ...whole, [name]: { ...(section as object), [inner]: odd } })),
      ]);
    });
    expect(problems.length).toBeGreaterThan(500);
    expect(problems.filter((problem) => /Invalid|Expected|undefined|NaN|\[object/.test(problem))).toEqual([]);
    expect(problemsWith({ alarms: null })).toEqual([
      'alarms must be a section of settings: write one below its name, or remove the name',
    ]);
  });

  it('has every unknown name reported, at every level', () => {
    const written = aStageFile({ pagers: {}, pager: {}, kinesisSink: { stage: 'x', retry: 3, retries: 3 } });
    expect(problemsOf(written)).toEqual([
      'kinesisSink.stage is not a setting',
      'kinesisSink.retry is not a setting',
      'kinesisSink.retries is not a setting',
      'pagers is not a setting',
      'pager is not a setting',
    ]);
  });

  it.each([
    [{ trigger: { pollerMax: 3 } }, 'trigger.pollerMax is not a setting: did you mean pollersMax?'],
    [{ kinesissink: {} }, 'kinesissink is not a setting: did you mean kinesisSink?'],
    [{ kinesisSink: { memoryMB: 512 } }, 'kinesisSink.memoryMB is not a setting: did you mean memoryMb?'],
    [
      { documentdbSink: { trigger: { batchRecordMax: 5 } } },
      'documentdbSink.trigger.batchRecordMax is not a setting: did you mean batchRecordsMax?',
    ],
    [{ kinesisSink: { pollersMax: 5 } }, 'kinesisSink.pollersMax is not a setting'],
  ])('has misspelt names reported with the right one: %j', (changes, problem) => {
    expect(problemsWith(changes)).toEqual([problem]);
  });

  it('is never quoted, because a text may be a secret', () => {
    const problems = problemsWith({ kinesisSink: { externalId: 'hunter 2', streamArn: 'hunter2' } });
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toContain('hunter');
  });
});
