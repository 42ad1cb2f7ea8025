import { BATCH_RECORDS_MAX, FUNCTION_TIMEOUT_SECONDS_MAX } from '../../../shared/limits.ts';
import { isObject, logicalIdOf, member, type ResolveIntrinsic } from '../../template/intrinsic.ts';
import { type PropertyReader, propertyReader } from '../../template/property-reader.ts';
import { readFilters } from '../filter/pattern.ts';
import { BATCH_RECORDS_DEFAULT, WINDOW_DEFAULT_MS } from '../limits.ts';
import type { Destination, Mapping, StartingPosition } from './mapping.ts';
import { readSchemaRegistry } from './schema-registry.ts';

export interface ReadingContext {
  readonly resources: Readonly<Record<string, unknown>>;
  readonly resolve: ResolveIntrinsic;
  /** A schema registry that stands in for those of the mappings. */
  readonly registryUrl?: string | undefined;
  /** One line for each problem. */
  readonly problems: string[];
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html */
const KNOWN = new Set([
  ...[
    'AmazonManagedKafkaEventSourceConfig',
    'BatchSize',
    'BisectBatchOnFunctionError',
    'DestinationConfig',
    'Enabled',
    'FilterCriteria',
  ],
  ...['EventSourceArn', 'FunctionName', 'FunctionResponseTypes', 'KmsKeyArn', 'LoggingConfig'],
  ...['MaximumBatchingWindowInSeconds', 'MaximumRecordAgeInSeconds', 'MaximumRetryAttempts', 'MetricsConfig'],
  ...['ProvisionedPollerConfig', 'SourceAccessConfigurations', 'StartingPosition', 'StartingPositionTimestamp'],
  ...['Tags', 'Topics'],
]);

const SELF_MANAGED = new Set(['SelfManagedEventSource', 'SelfManagedKafkaEventSourceConfig']);

/** https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html */
const PROVISIONED_ONLY = [
  'FunctionResponseTypes',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'BisectBatchOnFunctionError',
];

/** Reads one mapping. An invalid property adds a problem and gets a harmless value. */
export function readMapping(context: ReadingContext, logicalId: string, properties: unknown): Mapping {
  const read = propertyReader(context, logicalId, properties);
  refuseUnknown(read, properties);
  const pollers = readPollers(read);
  const topic = readTopic(read);
  const retries = read.integer('MaximumRetryAttempts', { min: 0, max: 10_000, endless: true });
  const ageSeconds = read.integer('MaximumRecordAgeInSeconds', { min: 60, max: 604_800, endless: true });
  const windowSeconds = read.integer('MaximumBatchingWindowInSeconds', { min: 0, max: 300 });
  if (pollers === undefined) refuseOnDemand(read);
  return {
    logicalId,
    functionLogicalId: readFunction(context, read),
    isEnabled: read.flag('Enabled') ?? true,
    eventSourceArn: read.text('EventSourceArn') ?? read.missing('EventSourceArn', 'the ARN of the MSK cluster'),
    topic,
    consumerGroupId: readGroup(read, logicalId),
    startingPosition: readStartingPosition(read),
    filters: readFilters(read.at('FilterCriteria'), (what) => read.problem('FilterCriteria', what)),
    schemaRegistry: readSchemaRegistry(read, pollers !== undefined, context.registryUrl),
    batchRecordsMax: read.integer('BatchSize', { min: 1, max: BATCH_RECORDS_MAX }) ?? BATCH_RECORDS_DEFAULT,
    windowMs: windowSeconds === undefined ? WINDOW_DEFAULT_MS : windowSeconds * 1000,
    pollers,
    reportsItemFailures: readResponseTypes(read),
    retriesMax: retries ?? Number.POSITIVE_INFINITY,
    recordAgeMaxMs: (ageSeconds ?? Number.POSITIVE_INFINITY) * 1000,
    bisects: read.flag('BisectBatchOnFunctionError') ?? false,
    destination: readDestination(read, topic, pollers !== undefined),
  };
}

function refuseUnknown(read: PropertyReader, properties: unknown): void {
  for (const name of Object.keys(isObject(properties) ? properties : {})) {
    if (SELF_MANAGED.has(name))
      read.problem(
        name,
        'is for self-managed Kafka, and mappings for MSK run here: write EventSourceArn for a local run',
      );
    else if (!KNOWN.has(name)) read.problem(name, 'is not a property of a mapping for MSK');
  }
}

function refuseOnDemand(read: PropertyReader): void {
  for (const name of PROVISIONED_ONLY) {
    if (read.at(name) !== undefined)
      read.problem(name, 'needs ProvisionedPollerConfig: Lambda supports it only in provisioned mode');
  }
}

function readPollers(read: PropertyReader): Mapping['pollers'] {
  if (read.at('ProvisionedPollerConfig') === undefined) return undefined;
  const min = read.integer('ProvisionedPollerConfig.MinimumPollers', { min: 1, max: 200 }) ?? 1;
  const max = read.integer('ProvisionedPollerConfig.MaximumPollers', { min: 1, max: 2_000 }) ?? Math.max(min, 200);
  if (min > max) read.problem('ProvisionedPollerConfig', `MinimumPollers ${min} is more than MaximumPollers ${max}`);
  return { min, max };
}

function readFunction(context: ReadingContext, read: PropertyReader): string {
  const name = read.at('FunctionName');
  const logicalId = functionIn(context, name);
  if (logicalId === undefined) {
    if (name === undefined) return read.missing('FunctionName', 'Fn::GetAtt of the function');
    read.problem('FunctionName', `${JSON.stringify(name)} is no function of the template: name one of its functions`);
    return '';
  }
  const resource = context.resources[logicalId];
  const timeoutSeconds = member(member(resource, 'Properties'), 'Timeout');
  if (typeof timeoutSeconds === 'number' && timeoutSeconds > FUNCTION_TIMEOUT_SECONDS_MAX) {
    read.problem(
      'FunctionName',
      `"${logicalId}" has Timeout ${timeoutSeconds}; a function behind Kafka may have at most ${FUNCTION_TIMEOUT_SECONDS_MAX} s`,
    );
  }
  return logicalId;
}

/** The function's logical id. A mapping names the function, its name or ARN, or its alias or version. */
function functionIn(context: ReadingContext, name: unknown): string | undefined {
  const { resources, resolve } = context;
  const isFunction = (logicalId: string) => member(resources[logicalId], 'Type') === 'AWS::Lambda::Function';
  const named = logicalIdOf(name) ?? '';
  if (isFunction(named)) return named;
  const qualified = member(member(resources[named], 'Properties'), 'FunctionName');
  if (qualified !== undefined) return functionIn(context, qualified);
  const text = typeof name === 'string' ? name : isObject(name) ? resolve(name) : undefined;
  if (text === undefined) return undefined;
  const [, ofArn] = /:function:([^:]+)/.exec(text) ?? [];
  return Object.keys(resources).find(
    (logicalId) => isFunction(logicalId) && resolve({ Ref: logicalId }) === (ofArn ?? text),
  );
}

function readTopic(read: PropertyReader): string {
  const topics = read.at('Topics');
  const [, ...more]: readonly unknown[] = Array.isArray(topics) ? topics : [];
  const topic = read.text('Topics.0') ?? '';
  if (topic === '') return read.missing('Topics', 'a list of one topic');
  if (more.length > 0)
    read.problem(
      'Topics',
      `has ${more.length + 1} topics, but a mapping reads exactly one: write one mapping for each topic`,
    );
  return topic;
}

function readGroup(read: PropertyReader, logicalId: string): string {
  const name = 'AmazonManagedKafkaEventSourceConfig.ConsumerGroupId';
  // The default in AWS is the mapping's UUID; here a name that also survives a restart.
  const group = read.text(name) ?? `mapping-${logicalId}`;
  if (!/^[a-zA-Z0-9\-/*:_+=.@]{1,200}$/.test(group))
    read.problem(name, `"${group}" must have 1 to 200 characters of a-z A-Z 0-9 - / * : _ + = . @`);
  return group;
}

function readStartingPosition(read: PropertyReader): StartingPosition {
  const kind = read.text('StartingPosition');
  const seconds = read.integer('StartingPositionTimestamp', { min: 0, max: Number.MAX_SAFE_INTEGER });
  switch (kind) {
    case 'TRIM_HORIZON':
    case 'LATEST':
      return { kind };
    case 'AT_TIMESTAMP':
      if (seconds === undefined)
        read.missing('StartingPositionTimestamp', 'Unix seconds, because StartingPosition is AT_TIMESTAMP');
      return { kind, timestampMs: (seconds ?? 0) * 1000 };
    default:
      read.problem('StartingPosition', `is ${kind ?? 'missing'}; write TRIM_HORIZON, LATEST or AT_TIMESTAMP`);
      return { kind: 'TRIM_HORIZON' };
  }
}

function readResponseTypes(read: PropertyReader): boolean {
  const types = read.at('FunctionResponseTypes');
  if (types === undefined) return false;
  const isRight = Array.isArray(types) && types.every((type) => type === 'ReportBatchItemFailures');
  if (!isRight) read.problem('FunctionResponseTypes', 'must be a list that contains only ReportBatchItemFailures');
  return isRight && types.length > 0;
}

function readDestination(read: PropertyReader, topic: string, isProvisioned: boolean): Destination | undefined {
  const name = 'DestinationConfig.OnFailure.Destination';
  if (read.at('DestinationConfig.OnSuccess') !== undefined)
    read.problem('DestinationConfig.OnSuccess', 'is not supported for Kafka: remove it');
  const destination = read.text(name);
  if (destination === undefined) return undefined;
  const [, , service] = destination.split(':');
  if (service === 's3') return { kind: 's3', bucketArn: destination };
  if (destination.endsWith('.fifo'))
    read.problem(name, 'must not be a FIFO queue or topic: Lambda does not support them');
  if (service === 'sqs') return { kind: 'sqs', queueArn: destination };
  if (service === 'sns') return { kind: 'sns', topicArn: destination };
  const kafkaTopic = destination.startsWith('kafka://') ? destination.slice('kafka://'.length) : '';
  if (kafkaTopic === '') {
    read.problem(name, 'must be the ARN of a bucket, queue or topic, or kafka://<topic>');
    return undefined;
  }
  if (!isProvisioned)
    read.problem(
      name,
      'must not be a Kafka topic without ProvisionedPollerConfig: Lambda supports it only in provisioned mode',
    );
  if (kafkaTopic === topic)
    read.problem(
      name,
      `kafka://${topic} is the mapping's own topic, so a failed record would return for ever: choose another topic`,
    );
  return { kind: 'kafka', topic: kafkaTopic };
}
