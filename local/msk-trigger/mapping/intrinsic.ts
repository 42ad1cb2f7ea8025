/**
 * Resolves a CloudFormation intrinsic function (`{ Ref }`, `{ "Fn::GetAtt" }`, ...) to its text, or to undefined if the text is not
 * known here.
 */
export type ResolveIntrinsic = (intrinsic: Readonly<Record<string, unknown>>) => string | undefined;

/** The part of a template that the resolver reads. */
export interface TemplateParts {
  readonly resources: Readonly<Record<string, unknown>>;
  readonly parameters: Readonly<Record<string, unknown>>;
}

const ARN_OF: Readonly<Record<string, (name: string) => string>> = {
  'AWS::S3::Bucket': (name) => `arn:aws:s3:::${name}`,
  'AWS::SQS::Queue': (name) => `arn:aws:sqs:eu-west-1:000000000000:${name}`,
  'AWS::SNS::Topic': (name) => `arn:aws:sns:eu-west-1:000000000000:${name}`,
};

const NAME_PROPERTY: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SNS::Topic': 'TopicName',
};

/**
 * Resolves the ARN of a bucket, queue or topic in the same template, from its name or otherwise its logical id, and a parameter from
 * its default. For other references, pass your own resolver.
 */
export function templateResolver(template: TemplateParts): ResolveIntrinsic {
  return (intrinsic) => {
    const attribute = intrinsic['Fn::GetAtt'];
    const reference = intrinsic['Ref'];
    if (attribute !== undefined) return arnOf(template, attribute);
    if (typeof reference === 'string') return text(member(template.parameters[reference], 'Default'));
    return undefined;
  };
}

/** The logical id in `{ "Fn::GetAtt": [id, "Arn"] }`, `{ "Fn::GetAtt": "id.Arn" }` or `{ Ref: id }`. */
export function logicalIdOf(value: unknown): string | undefined {
  const attribute = member(value, 'Fn::GetAtt');
  if (typeof attribute === 'string') return attribute.split('.')[0];
  if (Array.isArray(attribute)) return text(attribute[0]);
  return text(member(value, 'Ref'));
}

/** The member of an object; undefined for anything else. */
export function member(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function arnOf(template: TemplateParts, attribute: unknown): string | undefined {
  const [logicalId, name] =
    typeof attribute === 'string' ? attribute.split('.') : Array.isArray(attribute) ? attribute : [];
  if (typeof logicalId !== 'string' || name !== 'Arn') return undefined;
  const resource = template.resources[logicalId];
  const type = text(member(resource, 'Type')) ?? '';
  const declared = text(member(member(resource, 'Properties'), NAME_PROPERTY[type] ?? ''));
  return ARN_OF[type]?.(declared ?? logicalId.toLowerCase());
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
