import type { Value } from '../ask.ts';
import { type Check, look } from '../context.ts';
import { failed, ok, warning } from '../finding.ts';

/** The bucket for dead letters belongs to this account and is private. */
export const checkBucket: Check = ({ ask, deployment: { deadLetterBucket, stage } }) =>
  look(
    ask,
    {
      title: 'dead-letter bucket',
      command: 's3api get-public-access-block',
      options: { bucket: deadLetterBucket },
      right: 's3:GetBucketPublicAccessBlock',
      missing: (title) =>
        warning(
          title,
          `${deadLetterBucket} does not exist, or is not private`,
          `npx serverless deploy --stage ${stage}`,
        ),
    },
    ({ PublicAccessBlockConfiguration: block }: Value) =>
      Object.values(block ?? {}).filter(Boolean).length === 4
        ? ok('dead-letter bucket', `${deadLetterBucket} is private`)
        : failed(
            'dead-letter bucket',
            `${deadLetterBucket} can be made public`,
            'deploy again, or restore its public access block',
          ),
  );

/** Alarms that are raised now, and the topic that takes them. */
export const checkAlarms: Check = async ({ ask, deployment: { service, stage, file } }) => {
  const { topicArn } = file.alarms;
  if (topicArn === undefined) {
    return [warning('alarms', 'the stage has none', 'name an SNS topic in alarms.topicArn, and deploy')];
  }
  const topic = await look(
    ask,
    {
      title: "alarms' topic",
      command: 'sns get-topic-attributes',
      options: { 'topic-arn': topicArn },
      right: 'sns:GetTopicAttributes',
      missing: (title) => failed(title, `${topicArn} does not exist`, 'correct alarms.topicArn, or create the topic'),
    },
    ({ Attributes }: Value) =>
      Number(Attributes?.SubscriptionsConfirmed ?? 0) > 0
        ? ok("alarms' topic", `confirmed subscriptions: ${Attributes.SubscriptionsConfirmed}`)
        : warning(
            "alarms' topic",
            'has no confirmed subscriber',
            'subscribe to the topic, and confirm the subscription',
          ),
  );
  const alarms = await look(
    ask,
    {
      title: 'alarms',
      command: 'cloudwatch describe-alarms',
      options: { 'alarm-name-prefix': `${service}-${stage}-` },
      right: 'cloudwatch:DescribeAlarms',
      missing: (title) => warning(title, 'not deployed', `npx serverless deploy --stage ${stage}`),
    },
    ({ MetricAlarms = [], CompositeAlarms = [] }: Value) => {
      const all = [...MetricAlarms, ...CompositeAlarms];
      const raised = all
        .filter(({ StateValue }: Value) => StateValue === 'ALARM')
        .map(({ AlarmName }: Value) => AlarmName);
      if (all.length === 0) return warning('alarms', 'not deployed', `npx serverless deploy --stage ${stage}`);
      return raised.length === 0
        ? ok('alarms', `${all.length}, none is raised`)
        : failed('alarms', `raised: ${raised.join(', ')}`, 'docs/operations.md has a section for each');
    },
  );
  return [...topic, ...alarms];
};
