import type { Deployment } from './deployment.ts';
import { consumerGroupOf } from './mappings.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET_NAME_LENGTH_MAX = 63;
/** https://docs.aws.amazon.com/lambda/latest/api/API_AmazonManagedKafkaEventSourceConfig.html */
const CONSUMER_GROUP_LENGTH_MAX = 200;

/** Names made of several parts, which only together can be wrong: CloudFormation would find out halfway through. */
export function nameProblems(deployment: Deployment): readonly string[] {
  const { deadLetterBucket, file, functions, stage } = deployment;
  const groups = functions.flatMap((each) =>
    file.trigger.topics.map((topic) => ({ topic, group: consumerGroupOf(deployment, each, topic) })),
  );
  const longTopics = new Set(
    groups.filter(({ group }) => group.length > CONSUMER_GROUP_LENGTH_MAX).map(({ topic }) => topic),
  );
  return [
    ...(/^[a-z0-9-]+$/.test(deadLetterBucket)
      ? []
      : [`the stage ${stage} must be lower-case letters, digits and dashes: ${deadLetterBucket} is a bucket's name`]),
    ...(deadLetterBucket.length <= BUCKET_NAME_LENGTH_MAX
      ? []
      : [
          `the stage ${stage} is ${deadLetterBucket.length - BUCKET_NAME_LENGTH_MAX} characters too long: ${deadLetterBucket} is a bucket's name, at most ${BUCKET_NAME_LENGTH_MAX}`,
        ]),
    ...[...longTopics].map(
      (topic) =>
        `trigger.topics ${topic.slice(0, 20)}.. is too long: with service, stage and function it makes a consumer group of more than ${CONSUMER_GROUP_LENGTH_MAX} characters`,
    ),
  ];
}
