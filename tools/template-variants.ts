import { type TemplateParts, templateParts } from '../infra/template/template.ts';

/** A template for a stage file without an example in config/. */
export interface TemplateVariant {
  readonly name: string;
  readonly template: object;
}

type StageFile = Readonly<Record<string, unknown>>;
type Section = Readonly<Record<string, unknown>>;

/** Changes to a stage file: a section is merged into the existing one, `undefined` removes a section or a setting. */
type Changes = Readonly<Record<string, Section | string | boolean | undefined>>;

const SECRET = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:AmazonMSK_msk-sinks-AbCdEf';
const KEY = 'arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-3333-4444-555555555555';
const UUID = '11111111-2222-3333-4444-555555555555';
const PRIVATE_SUBNETS = { subnetIds: ['subnet-0aaaaaaaaaaaaaaaa'], securityGroupIds: ['sg-0cccccccccccccccc'] };

/** The settings that change the template's shape. */
const VARIANTS: Readonly<Record<string, Changes>> = {
  'on-demand pollers': {
    trigger: { mode: 'onDemand', pollersMax: undefined },
    alarms: { topicArn: 'arn:aws:sns:eu-west-1:111111111111:on-call' },
  },
  'SASL/SCRAM': { cluster: { authentication: 'saslScram512', secretArn: SECRET, secretKmsKeyArn: KEY } },
  'mutual TLS': { cluster: { authentication: 'mutualTls', secretArn: SECRET } },
  'a cluster of another account': {
    cluster: {
      arn: `arn:aws:kafka:eu-west-1:999999999999:cluster/orders/${UUID}-7`,
      vpcConnectionArn: `arn:aws:kafka:eu-west-1:111111111111:vpc-connection/999999999999/orders/${UUID}-7`,
    },
  },
  'MSK Serverless': { cluster: { arn: `arn:aws:kafka:eu-west-1:111111111111:cluster/orders/${UUID}-s1` } },
  'kinesisSink alone': { documentdbSink: undefined },
  'documentdbSink alone': { kinesisSink: undefined },
  'filter, registry, start at a time': {
    trigger: {
      startingPosition: 'AT_TIMESTAMP',
      startingTimestamp: '2026-01-01T00:00:00Z',
      recordAgeSecondsMax: 86_400,
      pollerGroup: 'none',
      enabled: false,
      filter: [{ value: { type: ['order'] } }],
      schemaRegistry: {
        SchemaRegistryURI: 'arn:aws:glue:eu-west-1:111111111111:registry/orders',
        EventRecordFormat: 'JSON',
        SchemaValidationConfigs: [{ Attribute: 'VALUE' }],
      },
    },
  },
  'keys of their own, no role': {
    deadLetters: { kmsKeyArn: KEY },
    kinesisSink: { roleArn: undefined, externalId: undefined, kmsKeyArn: KEY },
    documentdbSink: { secretKmsKeyArn: KEY },
  },
  "a connector's file": {
    documentdbSink: {
      connector: 'config/connectors/orders.properties',
      secretArn: undefined,
      database: undefined,
      caBundle: 's3://trust/ca.pem',
    },
  },
  'DocumentDB by the role': {
    documentdbSink: {
      authentication: 'iam',
      host: 'orders.cluster-c1a2b3c4d5e6.eu-west-1.docdb.amazonaws.com',
      secretArn: undefined,
    },
  },
  'failed batches in a topic': {
    trigger: { onFailure: 'kafka://failed', filter: [{ value: { type: ['order'] } }], filterKmsKeyArn: KEY },
  },
  'failed batches in a queue': {
    trigger: { onFailure: 'arn:aws:sqs:eu-west-1:111111111111:failed', onFailureKmsKeyArn: KEY },
  },
  'a Confluent registry': {
    trigger: {
      schemaRegistry: {
        SchemaRegistryURI: 'https://registry.example',
        EventRecordFormat: 'SOURCE',
        AccessConfigs: [{ Type: 'BASIC_AUTH', URI: SECRET }],
        SchemaValidationConfigs: [{ Attribute: 'VALUE' }],
      },
      schemaRegistryKmsKeyArn: KEY,
    },
  },
  'everything optional': {
    logKmsKeyArn: KEY,
    terminationProtection: true,
    permissionsBoundaryArn: 'arn:aws:iam::111111111111:policy/boundary',
    deploymentBucket: 'packages-111111111111',
    tags: { team: 'data' },
    alarms: { topicArn: 'arn:aws:sns:eu-west-1:111111111111:on-call' },
    tracing: true,
    kinesisSink: { ...PRIVATE_SUBNETS, reservedConcurrency: 5 },
    documentdbSink: { reservedConcurrency: 10 },
  },
};

/**
 * A template for each variant of a stage file. This file writes the functions as the framework does, without its other resources.
 * @throws SettingsError if a variant is no longer a valid stage file
 */
export const templateVariants = (base: StageFile): readonly TemplateVariant[] =>
  Object.entries(VARIANTS).map(([name, changes]) => ({
    name,
    template: templateOf(templateParts('msk-sinks', 'dev', changed(base, changes))),
  }));

function changed(base: StageFile, changes: Changes): StageFile {
  const merged = Object.entries(changes).map(([name, value]) => [
    name,
    typeof value === 'object' ? defined({ ...(base[name] as Section | undefined), ...value }) : value,
  ]);
  return defined({ ...base, ...Object.fromEntries(merged) });
}

const defined = (section: Section): Section =>
  Object.fromEntries(Object.entries(section).filter(([, value]) => value !== undefined));

/** The part of a function in serverless.yml that becomes a resource. */
interface FrameworkFunction {
  readonly handler: string;
  readonly role: string;
  readonly memorySize: number;
  readonly timeout: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly reservedConcurrency?: number;
  readonly tracing?: string;
  readonly vpc?: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };
}

const templateOf = ({ functions, resources: { extensions = {}, ...resources } }: TemplateParts): object => ({
  AWSTemplateFormatVersion: '2010-09-09',
  ...resources,
  Resources: {
    ...Object.fromEntries(
      Object.entries(functions).map(([name, each]) => [
        `${name.replace(/^./, (first) => first.toUpperCase())}LambdaFunction`,
        functionResource(each as FrameworkFunction),
      ]),
    ),
    ...Object.fromEntries(
      Object.keys(functions).map((name) => {
        const id = `${name.replace(/^./, (first) => first.toUpperCase())}LogGroup`;
        const own = (extensions[id] as { readonly Properties?: object } | undefined)?.Properties;
        const Properties = { LogGroupName: `/aws/lambda/msk-sinks-dev-${name}`, ...own };
        return [id, { Type: 'AWS::Logs::LogGroup', Properties }];
      }),
    ),
    ...resources.Resources,
  },
});

const functionResource = ({ vpc, reservedConcurrency, tracing, ...each }: FrameworkFunction): object => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { S3Bucket: 'packages', S3Key: 'function.zip' },
    Handler: each.handler,
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    Role: { 'Fn::GetAtt': [each.role, 'Arn'] },
    MemorySize: each.memorySize,
    Timeout: each.timeout,
    Environment: { Variables: each.environment },
    ...(reservedConcurrency !== undefined && { ReservedConcurrentExecutions: reservedConcurrency }),
    ...(tracing && { TracingConfig: { Mode: tracing } }),
    ...(vpc && { VpcConfig: { SubnetIds: vpc.subnetIds, SecurityGroupIds: vpc.securityGroupIds } }),
  },
});
