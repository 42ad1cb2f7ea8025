import { describe, expect, it } from 'vitest';
import { aStageFile, type StageFileChanges } from '../../../../support/a-stage-file.ts';
import { problemsOf } from '../../../../support/problems-of.ts';

const problemsWith = (changes: StageFileChanges) => problemsOf(aStageFile(changes));
const without = (...names: readonly string[]) =>
  Object.fromEntries(Object.entries(aStageFile()).filter(([name]) => !names.includes(name)));

it('either function can be left out, and not both', () => {
  expect(problemsOf(without('kinesisSink'))).toEqual([]);
  expect(problemsOf(without('documentdbSink'))).toEqual([]);
  expect(problemsOf(without('kinesisSink', 'documentdbSink'))).toEqual([
    'kinesisSink and documentdbSink are both left out: write at least one of them',
  ]);
});

describe('a timeout', () => {
  it('outlives a failover of DocumentDB and the answer', () => {
    expect(problemsWith({ documentdbSink: { timeoutSeconds: 35 } })).toEqual([]);
    expect(problemsWith({ documentdbSink: { timeoutSeconds: 34 } })).toEqual([
      'documentdbSink.timeoutSeconds is 34, shorter than a failover of DocumentDB, 30 s, and the 5 s kept for the answer: write at least 35',
    ]);
  });

  it('outlives one request to Kinesis and the answer', () => {
    expect(problemsWith({ kinesisSink: { timeoutSeconds: 15 } })).toEqual([]);
    expect(problemsWith({ kinesisSink: { timeoutSeconds: 15, requestTimeoutMs: 10_001 } })).toEqual([
      'kinesisSink.timeoutSeconds is 15, shorter than one request (requestTimeoutMs), 11 s, and the 5 s kept for the answer: write at least 16',
    ]);
  });
});

describe('the way to the stream', () => {
  it('has an external id with a role alone', () => {
    expect(problemsWith({ kinesisSink: { roleArn: undefined } })).toEqual([
      'kinesisSink.externalId is written but no roleArn: the id belongs to the role that is assumed',
    ]);
    expect(problemsWith({ kinesisSink: { roleArn: undefined, externalId: undefined } })).toEqual([]);
  });

  it('has a key without a role alone', () => {
    const kmsKeyArn = 'arn:aws:kms:eu-west-1:222222222222:key/11111111-2222-3333-4444-555555555555';
    expect(problemsWith({ kinesisSink: { kmsKeyArn } })).toEqual([
      expect.stringMatching(/^kinesisSink\.kmsKeyArn is for a stream without roleArn/),
    ]);
    expect(problemsWith({ kinesisSink: { kmsKeyArn, roleArn: undefined, externalId: undefined } })).toEqual([]);
  });
});

it('kinesisSink takes subnets and security groups together', () => {
  const subnetIds = ['subnet-0aaaaaaaaaaaaaaaa'];
  const securityGroupIds = ['sg-0cccccccccccccccc'];
  expect(problemsWith({ kinesisSink: { subnetIds, securityGroupIds } })).toEqual([]);
  expect(problemsWith({ kinesisSink: { subnetIds } })).toEqual([
    'kinesisSink.securityGroupIds is missing: a VPC takes both',
  ]);
  expect(problemsWith({ kinesisSink: { securityGroupIds } })).toEqual([
    'kinesisSink.subnetIds is missing: a VPC takes both',
  ]);
});
