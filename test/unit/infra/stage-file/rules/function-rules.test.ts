import { describe, expect, it } from 'vitest';
import { aStageFile, type StageFileChanges } from '../../../../support/a-stage-file.ts';
import { problemsOf } from '../../../../support/problems-of.ts';

const problemsWith = (changes: StageFileChanges) => problemsOf(aStageFile(changes));
const without = (...names: readonly string[]) =>
  Object.fromEntries(Object.entries(aStageFile()).filter(([name]) => !names.includes(name)));

describe('the functions', () => {
  it('can be left out one at a time, but not both', () => {
    expect(problemsOf(without('kinesisSink'))).toEqual([]);
    expect(problemsOf(without('documentdbSink'))).toEqual([]);
    expect(problemsOf(without('kinesisSink', 'documentdbSink'))).toEqual([
      'kinesisSink and documentdbSink are both missing: write at least one of them',
    ]);
  });
});

describe('a timeout', () => {
  it('outlives a DocumentDB failover and the answer', () => {
    expect(problemsWith({ documentdbSink: { timeoutSeconds: 35 } })).toEqual([]);
    expect(problemsWith({ documentdbSink: { timeoutSeconds: 34 } })).toEqual([
      'documentdbSink.timeoutSeconds is 34, but a DocumentDB failover can take 30 s, and 5 s are reserved for the response: write at least 35',
    ]);
  });

  it('outlives one request to Kinesis and the answer', () => {
    expect(problemsWith({ kinesisSink: { timeoutSeconds: 15 } })).toEqual([]);
    expect(problemsWith({ kinesisSink: { timeoutSeconds: 15, requestTimeoutMs: 10_001 } })).toEqual([
      'kinesisSink.timeoutSeconds is 15, but one request (requestTimeoutMs) can take 11 s, and 5 s are reserved for the response: write at least 16',
    ]);
  });
});

describe('the way to the stream', () => {
  it('has an external id with a role alone', () => {
    expect(problemsWith({ kinesisSink: { roleArn: undefined } })).toEqual([
      'kinesisSink.externalId needs roleArn: the external id is used to assume that role',
    ]);
    expect(problemsWith({ kinesisSink: { roleArn: undefined, externalId: undefined } })).toEqual([]);
  });

  it('has a key without a role alone', () => {
    const kmsKeyArn = 'arn:aws:kms:eu-west-1:222222222222:key/11111111-2222-3333-4444-555555555555';
    expect(problemsWith({ kinesisSink: { kmsKeyArn } })).toEqual([
      expect.stringMatching(/^kinesisSink\.kmsKeyArn cannot be combined with roleArn/),
    ]);
    expect(problemsWith({ kinesisSink: { kmsKeyArn, roleArn: undefined, externalId: undefined } })).toEqual([]);
  });
});

describe('settings of the stream that mean nothing together', () => {
  it('are refused with what to write instead', () => {
    expect(problemsWith({ kinesisSink: { ordering: 'none', aggregation: 'key' } })).toEqual([
      'kinesisSink.aggregation: key has no effect with ordering: none, where no two records share a lane: set aggregation: bucket',
    ]);
    expect(problemsWith({ kinesisSink: { partitionKey: 'jsonPointer' } })).toEqual([
      'kinesisSink.partitionKeyPointer is missing: partitionKey: jsonPointer requires it',
    ]);
  });

  it('are not looked for in a file without the function, nor in a setting that is refused already', () => {
    expect(problemsOf(without('kinesisSink'))).toEqual([]);
    expect(problemsWith({ kinesisSink: { partitionKey: 'keys', partitionKeyPointer: '/id' } })).toHaveLength(1);
  });

  it('are those with a session and no role, and a name too long for the stage', () => {
    const kinesisSink = { sessionName: 'doka-{stage}-{uuid}' };
    expect(problemsWith({ kinesisSink })).toEqual([]);
    expect(problemsWith({ kinesisSink: { ...kinesisSink, roleArn: undefined, externalId: undefined } })).toEqual([
      'kinesisSink.sessionName has no effect without roleArn: set roleArn, or remove sessionName',
    ]);
    expect(problemsOf(aStageFile({ kinesisSink }), 's'.repeat(23))).toContain(
      `kinesisSink.sessionName gives a name of 65 characters on stage ${'s'.repeat(23)}, and STS accepts 2 to 64: shorten or lengthen sessionName`,
    );
  });

  it.each([
    { partitionKeyPrefix: 'a b', says: 'visible ASCII' },
    { partitionKeyConstant: 'x'.repeat(257), says: 'at most 256' },
    { partitionKeyPointer: 'customer/id', says: 'JSON pointer like /customer/id' },
    { sessionName: 'doka-{topic}', says: '{stage}, {id}, {uuid}' },
    { aggregation: false, says: 'must be one of off, key, bucket' },
    { ordering: 'offset', says: 'must be one of key, partition, none' },
  ])('have forms of their own: $says', ({ says, ...kinesisSink }) => {
    expect(problemsWith({ kinesisSink })[0]).toContain(says);
  });
});

describe('the VPC of kinesisSink', () => {
  it('needs subnets and security groups together', () => {
    const subnetIds = ['subnet-0aaaaaaaaaaaaaaaa'];
    const securityGroupIds = ['sg-0cccccccccccccccc'];
    expect(problemsWith({ kinesisSink: { subnetIds, securityGroupIds } })).toEqual([]);
    expect(problemsWith({ kinesisSink: { subnetIds } })).toEqual([
      'kinesisSink.securityGroupIds is missing: a function in a VPC needs subnetIds and securityGroupIds',
    ]);
    expect(problemsWith({ kinesisSink: { securityGroupIds } })).toEqual([
      'kinesisSink.subnetIds is missing: a function in a VPC needs subnetIds and securityGroupIds',
    ]);
  });
});
