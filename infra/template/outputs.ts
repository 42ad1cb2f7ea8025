import type { Deployment } from './deployment.ts';

/** What an operator looks up after a deployment, and what account B's template asks for. */
export const outputsOf = ({ functions }: Deployment): Readonly<Record<string, object>> => ({
  DeadLetterBucketName: {
    Description: 'Records that can never succeed, and what the mappings gave up',
    Value: { Ref: 'DeadLetterBucket' },
  },
  ...Object.fromEntries(
    functions.flatMap(({ id, name, mappings }) => [
      [
        `${id}RoleArn`,
        { Description: `The role of ${name}; other accounts trust it`, Value: { 'Fn::GetAtt': [`${id}Role`, 'Arn'] } },
      ],
      ...mappings.map(({ logicalId, topic, consumerGroupId }) => [
        `${logicalId}Uuid`,
        { Description: `The mapping of ${topic} to ${name}, group ${consumerGroupId}`, Value: { Ref: logicalId } },
      ]),
    ]),
  ),
});
