import type { DeployedFunction, Deployment } from './deployment.ts';
import { topicId } from './topic-id.ts';

/**
 * One raw event source mapping for each topic and function: the `msk` event of the framework knows neither partial
 * responses nor retries.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html
 */
export const mappingsOf = (deployment: Deployment): Readonly<Record<string, object>> =>
  Object.fromEntries(
    deployment.functions.flatMap((each) =>
      deployment.file.trigger.topics.map((topic) => [
        `${each.id}Mapping${topicId(topic)}`,
        { Type: 'AWS::Lambda::EventSourceMapping', Properties: propertiesOf(deployment, each, topic) },
      ]),
    ),
  );

/** Unique among all mappings of the account, and so that the role can be limited to it. */
export const consumerGroupOf = ({ service, stage }: Deployment, each: DeployedFunction, topic: string): string =>
  `${service}-${stage}-${each.name}-${topic}`;

function propertiesOf(deployment: Deployment, each: DeployedFunction, topic: string): object {
  const { trigger } = deployment.file;
  return {
    FunctionName: { 'Fn::GetAtt': [`${each.id}LambdaFunction`, 'Arn'] },
    EventSourceArn: trigger.clusterArn,
    Topics: [topic],
    StartingPosition: trigger.startingPosition,
    AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: consumerGroupOf(deployment, each, topic) },
    BatchSize: trigger.batchRecordsMax,
    MaximumBatchingWindowInSeconds: trigger.batchWindowSeconds,
    DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['DeadLetterBucket', 'Arn'] } } },
    ...(trigger.mode === 'provisioned' && provisionedProperties(deployment, each)),
  };
}

/** What Lambda offers with pollers of one's own only. https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html */
function provisionedProperties({ service, stage, file: { trigger } }: Deployment, each: DeployedFunction): object {
  return {
    ProvisionedPollerConfig: {
      MinimumPollers: trigger.pollersMin,
      MaximumPollers: trigger.pollersMax,
      PollerGroupName: `${service}-${stage}`,
    },
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    BisectBatchOnFunctionError: each.bisectBatch,
    // -1 (for ever) would become 10 attempts beside a destination.
    MaximumRetryAttempts: trigger.retryAttemptsMax,
    ...(trigger.recordAgeSecondsMax !== undefined && { MaximumRecordAgeInSeconds: trigger.recordAgeSecondsMax }),
    MetricsConfig: { Metrics: ['EventCount', 'ErrorCount', 'KafkaMetrics'] },
    LoggingConfig: { SystemLogLevel: 'WARN' },
  };
}
