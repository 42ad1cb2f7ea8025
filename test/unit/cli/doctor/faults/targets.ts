import { type Broken, STREAM, trustOf, WRITER } from '../a-stage-in-aws.ts';
import type { Fault } from './fault.ts';

const stream = (changes: object): Broken => ({
  answers: { 'kinesis describe-stream-summary': { StreamDescriptionSummary: { ...STREAM, ...changes } } },
});

/** What the functions write to, and the way there. */
export const FAULTS_OF_THE_TARGETS: readonly Fault[] = [
  [
    'a role that may not assume',
    {
      answers: {
        'iam simulate-principal-policy sts:AssumeRole': { EvaluationResults: [{ EvalDecision: 'implicitDeny' }] },
      },
    },
    ...(["the function's role", 'failed', /implicitDeny/, /permissionsBoundaryArn/] as const),
  ],
  [
    'no role in account B',
    { answers: { 'iam get-role': 'NoSuchEntity' } },
    'the role in account B',
    'failed',
    /does not exist/,
    /stream-account\.yml/,
  ],
  [
    'a role that trusts another',
    { answers: { 'iam get-role': trustOf('arn:aws:iam::111111111111:role/another', 'msk-sinks-dev') } },
    ...(['the role in account B', 'failed', /does not name .*msk-sinks-dev-kinesis/, /WriterRoleArn=/] as const),
  ],
  [
    'another external id',
    { answers: { 'iam get-role': trustOf(WRITER, 'other') } },
    'the role in account B',
    'failed',
    /another external id/,
    /both accounts/,
  ],
  [
    'no external id in account B',
    { answers: { 'iam get-role': trustOf(WRITER, undefined) } },
    'the role in account B',
    'warning',
    /without an external id/,
    /ExternalId/,
  ],
  [
    'no external id in the stage file',
    { stageFile: { kinesisSink: { externalId: undefined } } },
    ...(['the role in account B', 'failed', /asks for an external id/, /kinesisSink\.externalId/] as const),
  ],
  [
    'no such stream',
    { answers: { 'kinesis describe-stream-summary': 'ResourceNotFoundException' } },
    'stream',
    'failed',
    /does not exist/,
    /streamArn/,
  ],
  ['a stream that is being deleted', stream({ StreamStatus: 'DELETING' }), 'stream', 'failed', /DELETING/, /ACTIVE/],
  [
    'records larger than the stream takes',
    { stageFile: { kinesisSink: { recordKiBMax: 2048 } } },
    ...([
      'record size',
      'failed',
      /recordKiBMax is 2048, but the stream takes 1024 KiB/,
      /MaxRecordSizeInKiB/,
    ] as const),
  ],
  [
    'a stream that ignores keys',
    stream({ RecordDistributionStrategy: 'AUTO' }),
    'distribution',
    'failed',
    /AUTO/,
    /ordering: none/,
  ],
  [
    'a stream without encryption',
    stream({ EncryptionType: 'NONE' }),
    'encryption',
    'warning',
    /not encrypted/,
    /start-stream-encryption/,
  ],
  [
    'no such secret',
    { answers: { 'secretsmanager get-secret-value': 'ResourceNotFoundException' } },
    "DocumentDB's secret",
    'failed',
    /does not exist/,
    /secretArn/,
  ],
  [
    'a secret that is no JSON',
    { answers: { 'secretsmanager get-secret-value': { SecretString: 'p' } } },
    "DocumentDB's secret",
    'failed',
    /lacks JSON/,
    /as JSON/,
  ],
  [
    'a secret without a password',
    { answers: { 'secretsmanager get-secret-value': { SecretString: '{"host":"h","username":"u"}' } } },
    ...(["DocumentDB's secret", 'failed', /lacks password/, /as JSON/] as const),
  ],
  [
    'a CA bundle that is not there',
    { stageFile: { documentdbSink: { caBundle: 's3://trust/ca.pem' } }, answers: { 's3api head-object': '404' } },
    ...(['CA bundle', 'failed', /s3:\/\/trust\/ca\.pem does not exist/, /upload/] as const),
  ],
  [
    'no such subnet',
    { answers: { 'ec2 describe-subnets': 'InvalidSubnetID.NotFound' } },
    "documentdbSink's subnets",
    'failed',
    /does not exist/,
    /subnetIds/,
  ],
  [
    'subnets of two VPCs',
    { answers: { 'ec2 describe-subnets': { Subnets: [{ VpcId: 'vpc-1' }, { VpcId: 'vpc-2' }] } } },
    ...(["documentdbSink's subnets", 'failed', /2 VPCs/, /one VPC/] as const),
  ],
  [
    'a VPC without DNS',
    { answers: { 'ec2 describe-vpc-attribute': { EnableDnsSupport: { Value: false } } } },
    'DNS of the VPC',
    'failed',
    /not enabled/,
    /--vpc-id vpc-1/,
  ],
  [
    'no endpoints',
    { answers: { 'ec2 describe-vpc-endpoints': { VpcEndpoints: [] } } },
    'endpoints of the VPC',
    'warning',
    /none for s3, secretsmanager/,
    /endpoints\.yml/,
  ],
];
