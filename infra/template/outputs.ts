import type { Deployment } from './deployment.ts';

/** Values that an operator looks up after a deployment, and that account B's template needs. */
export const outputsOf = ({ functions }: Deployment): Readonly<Record<string, object>> => ({
  DeadLetterBucketName: {
    Description: 'The bucket for dead letters and for batches that exhausted their retries',
    Value: { Ref: 'DeadLetterBucket' },
  },
  ...Object.fromEntries(
    functions.flatMap(({ id, name, mappings }) => [
      [
        `${id}RoleArn`,
        {
          Description: `The execution role of ${name}, which other accounts trust`,
          Value: { 'Fn::GetAtt': [`${id}Role`, 'Arn'] },
        },
      ],
      ...mappings.map(({ logicalId, topic, consumerGroupId }) => [
        `${logicalId}Uuid`,
        {
          Description: `The mapping from ${topic} to ${name}, consumer group ${consumerGroupId}`,
          Value: { Ref: logicalId },
        },
      ]),
    ]),
  ),
});
