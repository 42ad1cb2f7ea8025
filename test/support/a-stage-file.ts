/** The stage file of `dev` as YAML would give it, all defaults left out; sections are changed, or lose what is `undefined`. */
export function aStageFile(changes: StageFileChanges = {}): Readonly<Record<string, unknown>> {
  const { cluster, trigger, kinesisSink, documentdbSink, ...top } = changes;
  return defined({
    accountId: '111111111111',
    region: 'eu-west-1',
    ...top,
    cluster: defined({ arn: CLUSTER_ARN, ...cluster }),
    trigger: defined({ topics: ['orders'], ...trigger }),
    kinesisSink: defined({
      streamArn: STREAM_ARN,
      roleArn: STREAM_ROLE_ARN,
      externalId: 'msk-sinks-dev',
      ...kinesisSink,
    }),
    documentdbSink: defined({
      secretArn: SECRET_ARN,
      database: 'shop',
      subnetIds: ['subnet-0aaaaaaaaaaaaaaaa', 'subnet-0bbbbbbbbbbbbbbbb'],
      securityGroupIds: ['sg-0cccccccccccccccc'],
      ...documentdbSink,
    }),
  });
}

type Section = Readonly<Record<string, unknown>>;

export interface StageFileChanges {
  readonly [name: string]: unknown;
  readonly cluster?: Section;
  readonly trigger?: Section;
  readonly kinesisSink?: Section;
  readonly documentdbSink?: Section;
}

export const CLUSTER_ARN =
  'arn:aws:kafka:eu-west-1:111111111111:cluster/orders-dev/11111111-2222-3333-4444-555555555555-1';
export const STREAM_ARN = 'arn:aws:kinesis:eu-west-1:222222222222:stream/orders';
export const STREAM_ROLE_ARN = 'arn:aws:iam::222222222222:role/orders-stream-writer';
export const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:msk-sinks/dev/documentdb-AbCdEf';

const defined = (section: Section): Section =>
  Object.fromEntries(Object.entries(section).filter(([, value]) => value !== undefined));
