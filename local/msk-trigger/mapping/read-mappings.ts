import { isObject, member, type ResolveIntrinsic } from '../../template/intrinsic.ts';
import { templateResolver } from '../../template/template-resolver.ts';
import type { Mapping } from './mapping.ts';
import { readMapping } from './mapping-properties.ts';

/**
 * The Kafka mappings of a packaged CloudFormation template.
 *
 * @param resolve resolves CloudFormation's intrinsic functions; default: from the template itself
 * @param registryUrl a schema registry that stands in for those of the mappings
 * @throws {Error} with one line for each property that Lambda would refuse or that is not emulated: resource, property and remedy
 */
export function readMappings(
  template: unknown,
  resolve: ResolveIntrinsic = templateResolver(template),
  registryUrl?: string,
): readonly Mapping[] {
  const resources = member(template, 'Resources');
  if (!isObject(resources)) throw new Error('the template has no Resources: pass the packaged CloudFormation template');
  const problems: string[] = [];
  const context = { resources, resolve, registryUrl, problems };
  const mappings = Object.entries(resources)
    .filter(([, resource]) => isKafkaMapping(resource))
    .map(([logicalId, resource]) => readMapping(context, logicalId, member(resource, 'Properties')));
  problems.push(...sharedGroups(mappings));
  if (problems.length > 0)
    throw new Error(`the template's event source mappings have problems:\n  ${problems.join('\n  ')}`);
  return mappings;
}

/** Mappings of queues and streams have none of these. */
function isKafkaMapping(resource: unknown): boolean {
  if (member(resource, 'Type') !== 'AWS::Lambda::EventSourceMapping') return false;
  const properties = member(resource, 'Properties');
  const arn = member(properties, 'EventSourceArn');
  const names = ['Topics', 'AmazonManagedKafkaEventSourceConfig'];
  return (
    names.some((name) => member(properties, name) !== undefined) || (typeof arn === 'string' && arn.includes(':kafka:'))
  );
}

/** A group must be unique among all Kafka mappings. https://docs.aws.amazon.com/lambda/latest/dg/kafka-consumer-group-id.html */
function sharedGroups(mappings: readonly Mapping[]): readonly string[] {
  const owners = new Map<string, string>();
  return mappings.flatMap(({ logicalId, consumerGroupId }) => {
    const owner = owners.get(consumerGroupId);
    owners.set(consumerGroupId, owner ?? logicalId);
    if (owner === undefined) return [];
    const property = `${logicalId}.AmazonManagedKafkaEventSourceConfig.ConsumerGroupId`;
    return [`${property}: "${consumerGroupId}" is also the group of ${owner}; each mapping needs its own`];
  });
}
