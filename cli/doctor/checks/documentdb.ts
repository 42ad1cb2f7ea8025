import { X509Certificate } from 'node:crypto';
import { caBundleOf } from '../../../infra/bundle/ca-bundle.ts';
import type { Value } from '../ask.ts';
import { type Check, type Context, look } from '../context.ts';
import { type Finding, failed, ok, warning } from '../finding.ts';

/** The secret that the function reads: there, and with the fields that the function needs. The values are never printed. */
export const checkSecret: Check = async ({ ask, deployment: { file } }) => {
  const secretArn = file.documentdbSink?.secretArn;
  if (secretArn === undefined) return [];
  const title = "DocumentDB's secret";
  return await look(
    ask,
    {
      title,
      command: 'secretsmanager get-secret-value',
      options: { 'secret-id': secretArn },
      right: 'secretsmanager:GetSecretValue',
      missing: () =>
        failed(title, 'the secret does not exist', 'correct documentdbSink.secretArn, or create the secret'),
    },
    ({ SecretString }: Value) => {
      const lacking = lackingFields(SecretString, file.documentdbSink?.host !== undefined);
      return lacking.length === 0
        ? ok(title, 'has host, username and password')
        : failed(
            title,
            `lacks ${lacking.join(', ')}`,
            'write the secret as JSON: {"host": .., "port": .., "username": .., "password": ..}',
          );
    },
  );
};

function lackingFields(text: unknown, hasHost: boolean): readonly string[] {
  const needed = ['username', 'password', ...(hasHost ? [] : ['host'])];
  try {
    const fields: unknown = JSON.parse(String(text));
    if (typeof fields !== 'object' || fields === null) return ['JSON'];
    return needed.filter((name) => !(name in fields));
  } catch {
    return ['JSON'];
  }
}

const DAY_MS = 86_400_000;

/** The roots that packaging bundles, or the object that the function reads. */
export const checkCaBundle: Check = async (context) => {
  const caBundle = context.deployment.file.documentdbSink?.caBundle;
  if (caBundle === undefined) return [];
  const title = 'CA bundle';
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(caBundle) ?? [];
  if (bucket !== '') {
    return await look(
      context.ask,
      {
        title,
        command: 's3api head-object',
        options: { bucket, key },
        right: 's3:GetObject',
        missing: () =>
          failed(title, `${caBundle} does not exist`, 'upload the bundle, or correct documentdbSink.caBundle'),
      },
      ({ ContentLength }: Value) => ok(title, `${caBundle}, ${ContentLength} bytes`),
    );
  }
  return caBundle === 'region' ? [bundledRoots(context, title)] : [];
};

function bundledRoots({ deployment: { file }, nowMs }: Context, title: string): Finding {
  const bundle = caBundleOf(file.region, new Date(nowMs));
  if (bundle === undefined) {
    return failed(
      title,
      `no root of ${file.region} is known`,
      'name a bundle: documentdbSink.caBundle: s3://bucket/key',
    );
  }
  const ends = [...bundle.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)].map(([pem]) =>
    Date.parse(new X509Certificate(pem).validTo),
  );
  const daysLeft = Math.floor((Math.max(...ends) - nowMs) / DAY_MS);
  return daysLeft >= file.alarms.certificateDaysMin
    ? ok(title, `${ends.length} roots of ${file.region}, ${daysLeft} days left`)
    : failed(
        title,
        `the roots of ${file.region} end in ${daysLeft} days`,
        'update the package with the roots, and deploy',
      );
}

/** The function's subnets and security groups exist and lie in one VPC, whose DNS answers. */
export const checkNetwork: Check = async (context) => {
  const { subnetIds } = context.deployment.file.documentdbSink ?? {};
  if (subnetIds === undefined) return [];
  const title = "documentdbSink's subnets";
  return await look(
    context.ask,
    {
      title,
      command: 'ec2 describe-subnets',
      options: { 'subnet-ids': subnetIds },
      right: 'ec2:DescribeSubnets',
      missing: () => failed(title, 'a subnet does not exist', 'correct documentdbSink.subnetIds'),
    },
    async ({ Subnets }: Value) => {
      const vpcs = [...new Set<string>(Subnets.map(({ VpcId }: Value) => VpcId))];
      const [vpc] = vpcs;
      if (vpcs.length !== 1 || vpc === undefined) {
        return [failed(title, `lie in ${vpcs.length} VPCs`, 'name subnets of one VPC')];
      }
      const further = await Promise.all([checkDns(context, vpc), checkEndpoints(context, vpc)]);
      return [ok(title, `${subnetIds.length} in ${vpc}`), ...further.flat()];
    },
  );
};

const checkDns = ({ ask }: Context, vpc: string): Promise<readonly Finding[]> =>
  look(
    ask,
    {
      title: 'DNS of the VPC',
      command: 'ec2 describe-vpc-attribute',
      options: { 'vpc-id': vpc, attribute: 'enableDnsSupport' },
      right: 'ec2:DescribeVpcAttribute',
      missing: (title) => failed(title, `${vpc} does not exist`, 'correct documentdbSink.subnetIds'),
    },
    ({ EnableDnsSupport }: Value) =>
      EnableDnsSupport?.Value === true
        ? ok('DNS of the VPC', 'is enabled')
        : failed(
            'DNS of the VPC',
            'is not enabled',
            `aws ec2 modify-vpc-attribute --vpc-id ${vpc} --enable-dns-support`,
          ),
  );

/** What the function calls from inside the VPC. A NAT gateway serves as well, so that a missing endpoint is no fault by itself. */
const checkEndpoints = ({ ask, deployment: { file } }: Context, vpc: string): Promise<readonly Finding[]> =>
  look(
    ask,
    {
      title: 'endpoints of the VPC',
      command: 'ec2 describe-vpc-endpoints',
      options: { filters: `Name=vpc-id,Values=${vpc}` },
      right: 'ec2:DescribeVpcEndpoints',
      missing: (title) => warning(title, 'no answer', 'try again'),
    },
    ({ VpcEndpoints = [] }: Value) => {
      const services = VpcEndpoints.map(({ ServiceName }: Value) => String(ServiceName).split('.').at(-1));
      const needed = ['s3', ...(file.documentdbSink?.secretArn === undefined ? [] : ['secretsmanager'])];
      const lacking = needed.filter((service) => !services.includes(service));
      return lacking.length === 0
        ? ok('endpoints of the VPC', needed.join(', '))
        : warning(
            'endpoints of the VPC',
            `none for ${lacking.join(', ')}`,
            'deploy infra/endpoints.yml, unless the subnets have a NAT gateway',
          );
    },
  );
