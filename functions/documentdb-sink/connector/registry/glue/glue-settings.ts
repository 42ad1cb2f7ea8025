import { REGION } from '../../../../../shared/settings/parse-settings.ts';
import type { ConfigurationParts } from '../../../configuration.ts';
import { PropertyError } from '../../property-error.ts';
import { assumeWithSts, ownCredentials, roleCredentials } from './glue-credentials.ts';
import type { GlueParts } from './glue-source.ts';

/**
 * Settings of Glue's converter, without `value.converter.`.
 * https://docs.aws.amazon.com/glue/latest/dg/schema-registry-integrations.html
 */
type Own = ReadonlyMap<string, string>;

/** @throws PropertyError that names the property and the remedy */
export function checkGlue(own: Own, prefix: string): void {
  const region = own.get('region') ?? '';
  if (!new RegExp(`^${REGION}$`).test(region))
    throw new PropertyError(`${prefix}region`, region, "must be the registry's region, like eu-west-1");
  const endpoint = own.get('endpoint') ?? '';
  if (endpoint !== '' && !/^https?:\/\/[^\s]+$/.test(endpoint))
    throw new PropertyError(`${prefix}endpoint`, endpoint, 'must be a URL');
  const role = own.get('assumeRoleArn') ?? '';
  if (role !== '' && !/^arn:[^:]+:iam::\d{12}:role\/.+$/.test(role))
    throw new PropertyError(`${prefix}assumeRoleArn`, role, "must be a role's ARN");
  if ((own.get('secondaryDeserializer') ?? '') !== '')
    throw new PropertyError(
      `${prefix}secondaryDeserializer`,
      '..',
      'is refused: the function cannot run Java. Remove the property',
    );
}

/** China and the European Sovereign Cloud: https://docs.aws.amazon.com/sdk-for-go/api/aws/endpoints */
function domainOf(region: string): string {
  if (region.startsWith('cn-')) return 'amazonaws.com.cn';
  return region.startsWith('eusc-') ? 'amazonaws.eu' : 'amazonaws.com';
}

/** @param assumeRole tests have their own */
export function glueParts(
  own: Own,
  environment: ConfigurationParts['environment'],
  assumeRole = assumeWithSts,
): GlueParts {
  const region = own.get('region') ?? '';
  const arn = own.get('assumeRoleArn') ?? '';
  const sessionName = own.get('assumeRoleSessionName') || 'kafka-connect-session';
  const endpoint =
    own.get('endpoint') || environment['AWS_ENDPOINT_URL'] || `https://glue.${region}.${domainOf(region)}`;
  return {
    region,
    endpoint: new URL('/', endpoint),
    readCredentials:
      arn === '' ? ownCredentials(environment) : roleCredentials({ arn, sessionName, region }, assumeRole),
  };
}
