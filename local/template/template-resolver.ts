import { attributeOf, isObject, member, type ResolveIntrinsic, text } from './intrinsic.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html */
const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::AccountId': '000000000000',
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-west-1',
  'AWS::StackName': 'local',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** The property with a resource's name, and the end of the resource's ARN. */
const NAMED: Readonly<Record<string, readonly [property: string, service: string, end: (name: string) => string]>> = {
  'AWS::SQS::Queue': ['QueueName', 'sqs', (name) => name],
  'AWS::SNS::Topic': ['TopicName', 'sns', (name) => name],
  'AWS::Lambda::Function': ['FunctionName', 'lambda', (name) => `function:${name}`],
  'AWS::MSK::Cluster': ['ClusterName', 'kafka', (name) => `cluster/${name}/00000000-0000-0000-0000-000000000000-1`],
};

/** Resources whose `Ref` is their ARN. */
const REF_IS_ARN = new Set(['AWS::MSK::Cluster', 'AWS::SNS::Topic']);

/**
 * Resolves what the template itself says: parameters, pseudo parameters, the names and ARNs of its buckets, queues, topics, functions
 * and clusters, `Fn::Sub` and `Fn::Join` of these. A resource without a name gets its logical id in lower case.
 *
 * @param given values of parameters and of pseudo parameters, instead of their defaults
 */
export function templateResolver(template: unknown, given: Readonly<Record<string, string>> = {}): ResolveIntrinsic {
  const pseudo = { ...PSEUDO_PARAMETERS, ...given };

  function resolved(value: unknown): string | undefined {
    if (isObject(value)) return resolve(value);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  }

  function reference(name: string): string | undefined {
    const type = text(member(resourceOf(name), 'Type'));
    if (type !== undefined) return REF_IS_ARN.has(type) ? arnOf(name) : nameOf(name);
    return pseudo[name] ?? resolved(member(member(member(template, 'Parameters'), name), 'Default'));
  }

  const resourceOf = (logicalId: string) => member(member(template, 'Resources'), logicalId);

  function nameOf(logicalId: string): string | undefined {
    const resource = resourceOf(logicalId);
    const type = text(member(resource, 'Type')) ?? '';
    const property = type === 'AWS::S3::Bucket' ? 'BucketName' : NAMED[type]?.[0];
    if (property === undefined) return undefined;
    const name = member(member(resource, 'Properties'), property);
    return name === undefined ? logicalId.toLowerCase() : resolved(name);
  }

  function arnOf(logicalId: string): string | undefined {
    const type = text(member(resourceOf(logicalId), 'Type')) ?? '';
    const name = nameOf(logicalId);
    if (name === undefined) return undefined;
    if (type === 'AWS::S3::Bucket') return `arn:${pseudo['AWS::Partition']}:s3:::${name}`;
    const [, service, end] = NAMED[type] ?? [];
    const place = `${pseudo['AWS::Region']}:${pseudo['AWS::AccountId']}`;
    return end && `arn:${pseudo['AWS::Partition']}:${service}:${place}:${end(name)}`;
  }

  function attribute(operand: unknown): string | undefined {
    const [logicalId = '', name] = attributeOf(operand) ?? [];
    return name === 'Arn' ? arnOf(logicalId) : undefined;
  }

  function substitute(operand: unknown): string | undefined {
    const [pattern, own] = Array.isArray(operand) ? operand : [operand, {}];
    if (typeof pattern !== 'string') return undefined;
    const [first = '', ...rest] = pattern.split('${');
    const parts = rest.map((part) => {
      const end = part.indexOf('}');
      const [name, after] = [part.slice(0, end), part.slice(end + 1)];
      // `${!Name}` stands for the text `${Name}`.
      if (name.startsWith('!')) return `\${${name.slice(1)}}${after}`;
      const value = resolved(member(own, name)) ?? (name.includes('.') ? attribute(name) : reference(name));
      return value === undefined ? undefined : value + after;
    });
    return joined([first, ...parts], '');
  }

  const resolve: ResolveIntrinsic = (intrinsic) => {
    const { Ref, 'Fn::GetAtt': get, 'Fn::Sub': sub, 'Fn::Join': join } = intrinsic;
    if (typeof Ref === 'string') return reference(Ref);
    if (get !== undefined) return attribute(get);
    if (sub !== undefined) return substitute(sub);
    const [separator, list] = Array.isArray(join) ? join : [];
    return typeof separator === 'string' && Array.isArray(list) ? joined(list.map(resolved), separator) : undefined;
  };
  return resolve;
}

function joined(parts: readonly (string | undefined)[], separator: string): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join(separator);
}
