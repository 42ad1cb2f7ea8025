import { STAGE_LENGTH_MAX } from '../../../shared/settings/common-settings.ts';
import { consumerGroupOf, deadLetterBucketName, functionName, triggerOf } from '../../sinks.ts';
import { type CheckedFile, type Rule, sinksOf, triggerPath } from './checked-file.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET_NAME_LENGTH_MAX = 63;
/** https://docs.aws.amazon.com/lambda/latest/api/API_AmazonManagedKafkaEventSourceConfig.html */
const CONSUMER_GROUP_LENGTH_MAX = 200;
/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html. A role's name is shorter than its function's. */
const FUNCTION_NAME_LENGTH_MAX = 64;

/** Checks the names composed of service, stage and account: CloudFormation would refuse them halfway through a deployment. */
export const stageFitsIntoNames: Rule = ({ service, stage, sound: { accountId = '0'.repeat(12) } }) => {
  const bucket = deadLetterBucketName(service, stage, accountId);
  const excess = Math.max(
    bucket.length - BUCKET_NAME_LENGTH_MAX,
    functionName(service, stage, 'documentdbSink').length - FUNCTION_NAME_LENGTH_MAX,
    stage.length - STAGE_LENGTH_MAX,
  );
  const parts = [`the stage ${stage}`, `the service ${service} of serverless.yml`] as const;
  return [
    ...[stage, service].flatMap((name, index) =>
      /^[a-z0-9-]+$/.test(name)
        ? []
        : [
            `${parts[index]} must consist of lower-case letters, digits and dashes: it is part of the bucket name ${bucket}`,
          ],
    ),
    ...(excess <= 0
      ? []
      : [
          `the stage ${stage} is ${excess} characters too long: the bucket name ${bucket} may have ${BUCKET_NAME_LENGTH_MAX} characters, function names ${FUNCTION_NAME_LENGTH_MAX}, a stage ${STAGE_LENGTH_MAX}`,
        ]),
  ];
};

interface Group {
  readonly name: string;
  readonly topic: string;
  readonly path: string;
}

const groupsOf = (file: CheckedFile): readonly Group[] =>
  sinksOf(file).flatMap((sink) => {
    const { consumerGroupId, topics = [] } = triggerOf(file.sound, sink);
    if (consumerGroupId === undefined) return [];
    const { service, stage } = file;
    return topics.map((topic) => ({
      name: consumerGroupOf(consumerGroupId, { service, stage, function: sink, topic }),
      topic,
      path: triggerPath(file, sink, 'consumerGroupId'),
    }));
  });

/** A group must be unique among all Kafka mappings of the account. https://docs.aws.amazon.com/lambda/latest/dg/kafka-consumer-group-id.html */
export const eachMappingHasItsGroup: Rule = (file) => {
  const counts = new Map<string, number>();
  for (const { name } of groupsOf(file)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const paths = new Map(groupsOf(file).map(({ name, path }) => [name, path]));
  return [...counts]
    .filter(([, count]) => count > 1)
    .map(
      ([name, count]) =>
        `${paths.get(name)} gives ${count} mappings the same group ${name}, but each mapping needs its own: add {topic}, and {function} or a trigger section for each function`,
    );
};

export const groupsAreShort: Rule = (file) => {
  const long = groupsOf(file).filter(({ name }) => name.length > CONSUMER_GROUP_LENGTH_MAX);
  return [...new Set(long.map(({ topic }) => topic))].map(
    (topic) =>
      `trigger.topics: ${topic.slice(0, 20)}.. makes a consumer group of more than ${CONSUMER_GROUP_LENGTH_MAX} characters; write a shorter trigger.consumerGroupId`,
  );
};
