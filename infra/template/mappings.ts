import { pollerGroupOf } from '../sinks.ts';
import type { StageFile } from '../stage-file/stage-file.ts';
import type { DeployedFunction, DeployedMapping, Deployment } from './deployment.ts';
import { tagged } from './tags.ts';

/**
 * One event source mapping resource for each topic and function: the framework's `msk` event supports neither partial batch
 * responses nor retry settings.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html
 */
export const mappingsOf = (deployment: Deployment): Readonly<Record<string, object>> =>
  Object.fromEntries(
    deployment.functions.flatMap((each) =>
      each.mappings.map((mapping) => [
        mapping.logicalId,
        { Type: 'AWS::Lambda::EventSourceMapping', Properties: propertiesOf(deployment, each, mapping) },
      ]),
    ),
  );

function propertiesOf(deployment: Deployment, each: DeployedFunction, mapping: DeployedMapping): object {
  const { trigger } = each;
  const { cluster, tags } = deployment.file;
  return {
    FunctionName: { 'Fn::GetAtt': [`${each.id}LambdaFunction`, 'Arn'] },
    // The mapping reads a cluster in another account through its VPC connection.
    EventSourceArn: cluster.vpcConnectionArn ?? cluster.arn,
    Topics: [mapping.topic],
    Enabled: trigger.enabled,
    StartingPosition: trigger.startingPosition,
    ...(trigger.startingTimestamp && { StartingPositionTimestamp: trigger.startingTimestamp.getTime() / 1000 }),
    AmazonManagedKafkaEventSourceConfig: {
      ConsumerGroupId: mapping.consumerGroupId,
      ...(trigger.schemaRegistry && { SchemaRegistryConfig: trigger.schemaRegistry }),
    },
    ...accessOf(cluster),
    BatchSize: trigger.batchRecordsMax,
    MaximumBatchingWindowInSeconds: trigger.batchWindowSeconds,
    ...(trigger.filter && {
      FilterCriteria: { Filters: trigger.filter.map((pattern) => ({ Pattern: JSON.stringify(pattern) })) },
    }),
    ...(trigger.filterKmsKeyArn !== undefined && { KmsKeyArn: trigger.filterKmsKeyArn }),
    DestinationConfig: {
      OnFailure: {
        Destination: trigger.onFailure === 'bucket' ? { 'Fn::GetAtt': ['DeadLetterBucket', 'Arn'] } : trigger.onFailure,
      },
    },
    ...(trigger.mode === 'provisioned' && provisionedProperties(each)),
    ...tagged(tags),
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_SourceAccessConfiguration.html */
const ACCESS_TYPES = { saslScram512: 'SASL_SCRAM_512_AUTH', mutualTls: 'CLIENT_CERTIFICATE_TLS_AUTH' } as const;

const accessOf = ({ authentication, secretArn }: StageFile['cluster']): object =>
  authentication === 'iam'
    ? {}
    : { SourceAccessConfigurations: [{ Type: ACCESS_TYPES[authentication], URI: secretArn }] };

/** Properties that Lambda supports only in provisioned mode. https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html */
function provisionedProperties({ functionName, trigger, bisectBatch }: DeployedFunction): object {
  return {
    ProvisionedPollerConfig: {
      MinimumPollers: trigger.pollersMin,
      MaximumPollers: trigger.pollersMax,
      PollerGroupName: pollerGroupOf(functionName, trigger.pollerGroup),
    },
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    BisectBatchOnFunctionError: bisectBatch,
    // With an on-failure destination, Lambda turns -1 (no limit) into 10 attempts.
    MaximumRetryAttempts: trigger.retryAttemptsMax,
    ...(trigger.recordAgeSecondsMax !== undefined && { MaximumRecordAgeInSeconds: trigger.recordAgeSecondsMax }),
    ...(trigger.metrics.length > 0 && { MetricsConfig: { Metrics: trigger.metrics } }),
    LoggingConfig: { SystemLogLevel: trigger.systemLogLevel },
  };
}
