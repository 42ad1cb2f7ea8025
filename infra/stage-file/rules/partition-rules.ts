import type { Rule } from './checked-file.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html; https://docs.aws.amazon.com/sdk-for-go/api/aws/endpoints */
const PARTITIONS: readonly (readonly [region: RegExp, partition: string])[] = [
  [/^cn-/, 'aws-cn'],
  [/^us-gov-/, 'aws-us-gov'],
  [/^eusc-/, 'aws-eusc'],
  [/^us-iso-/, 'aws-iso'],
  [/^us-isob-/, 'aws-iso-b'],
  [/^eu-isoe-/, 'aws-iso-e'],
  [/^us-isof-/, 'aws-iso-f'],
];

const partitionOf = (region: string): string => PARTITIONS.find(([pattern]) => pattern.test(region))?.[1] ?? 'aws';

/** IAM and CloudFormation would refuse another partition halfway through a deployment. */
export const arnsAreOfOnePartition: Rule = ({ sound }) => {
  const { region } = sound;
  if (region === undefined) return [];
  const own = partitionOf(region);
  return arnsIn(sound, '').flatMap(([path, partition]) =>
    partition === own
      ? []
      : [
          `${path} is in the partition ${partition} of AWS, but ${region} is in ${own}: nothing of one partition can be used in another`,
        ],
  );
};

function arnsIn(value: unknown, path: string): readonly (readonly [path: string, partition: string])[] {
  if (typeof value === 'string') {
    const [, partition] = /^arn:([^:]*):/.exec(value) ?? [];
    return partition === undefined ? [] : [[path, partition]];
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) return [];
  return Object.entries(value).flatMap(([name, child]) => arnsIn(child, path === '' ? name : `${path}.${name}`));
}
