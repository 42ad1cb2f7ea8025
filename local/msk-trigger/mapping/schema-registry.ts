import { member } from '../../template/intrinsic.ts';
import type { PropertyReader } from '../../template/property-reader.ts';
import type { SchemaRegistrySettings } from './mapping.ts';

const PATH = 'AmazonManagedKafkaEventSourceConfig.SchemaRegistryConfig';

/**
 * Reads `SchemaRegistryConfig`; undefined: the mapping has none.
 * @param otherUrl a registry that stands in for the mapping's own
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-eventsourcemapping-schemaregistryconfig.html
 */
export function readSchemaRegistry(
  read: PropertyReader,
  isProvisioned: boolean,
  otherUrl: string | undefined,
): SchemaRegistrySettings | undefined {
  if (read.at(PATH) === undefined) return undefined;
  if (!isProvisioned) read.problem(PATH, 'needs ProvisionedPollerConfig: Lambda supports it only in provisioned mode');
  if (otherUrl === undefined && read.at(`${PATH}.AccessConfigs`) !== undefined)
    read.problem(
      `${PATH}.AccessConfigs`,
      'names secrets of AWS, which are not read here: leave it out, and write user:password@ into SchemaRegistryURI if the registry asks for a login',
    );
  return { url: otherUrl ?? readUrl(read), format: readFormat(read), validated: readAttributes(read) };
}

function readUrl(read: PropertyReader): string {
  const name = `${PATH}.SchemaRegistryURI`;
  const uri = read.text(name) ?? read.missing(name, 'the URL of a registry with the API of Confluent');
  if (uri.startsWith('arn:'))
    read.problem(
      name,
      'is a registry of AWS Glue, which does not run on this machine: write the URL of a registry with the API of Confluent',
    );
  else if (uri !== '' && !URL.canParse(uri)) read.problem(name, 'is neither a URL nor the ARN of a registry');
  return uri;
}

function readFormat(read: PropertyReader): SchemaRegistrySettings['format'] {
  const name = `${PATH}.EventRecordFormat`;
  const format = read.text(name);
  if (format === 'JSON' || format === 'SOURCE') return format;
  read.problem(name, `is ${format ?? 'missing'}; write JSON or SOURCE`);
  return 'JSON';
}

function readAttributes(read: PropertyReader): SchemaRegistrySettings['validated'] {
  const name = `${PATH}.SchemaValidationConfigs`;
  const configs = read.at(name) ?? [];
  const attributes = Array.isArray(configs) ? configs.map((config) => member(config, 'Attribute')) : [undefined];
  const isKnown = attributes.every((attribute) => attribute === 'KEY' || attribute === 'VALUE');
  if (!isKnown) read.problem(name, 'must be a list of { Attribute: KEY } and { Attribute: VALUE }');
  return (['key', 'value'] as const).filter((attribute) => attributes.includes(attribute.toUpperCase()));
}
