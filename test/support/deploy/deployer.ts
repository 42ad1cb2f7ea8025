import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { administratorOf } from '../../../local/engines/aws/accounts.ts';
import type { Credentials } from '../../../local/engines/endpoints.ts';
import type { AwsCli } from './aws-cli.ts';

/** An AWS that speaks TLS, and the command to talk to it. */
export interface AwsAccess {
  readonly endpointUrl: string;
  readonly caFile: string;
  readonly region: string;
  readonly cli: AwsCli;
  /** Of the commands: what they keep stays there. */
  readonly home: string;
}

/** Somebody who deploys to one account: an IAM user with an access key, as a person or a pipeline has. */
export interface Deployer {
  /** What `serverless`, `aws` and an SDK need of their environment. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * One command of the AWS CLI: `aws('iam get-role', { 'role-name': 'x' })`.
   * @returns its JSON
   * @throws Error with what it wrote when it fails
   */
  aws(command: string, options?: CliOptions, ...positional: readonly string[]): Promise<unknown>;
  /** The same for commands that answer with text. */
  awsText(command: string, options?: CliOptions): Promise<string>;
  /** The words after `aws`, of a command that may fail. */
  attempt(args: readonly string[]): ReturnType<AwsCli['attempt']>;
  kinesis(): KinesisClient;
  s3(): S3Client;
}

/** By their names, without the dashes in front. */
export type CliOptions = Readonly<Record<string, string | readonly string[]>>;

const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';

/**
 * Makes a user and its key: requests of its are signed, and the signature is checked.
 * @param policy the JSON of what the user may do; anything when it is left out
 */
export async function createDeployer(access: AwsAccess, account: string, policy?: string): Promise<Deployer> {
  const root = deployerWith(access, administratorOf(account));
  const user = { 'user-name': policy === undefined ? 'administrator' : 'deployer' };
  await root.awsText('iam create-user', user);
  const rights = policy === undefined ? ADMINISTRATOR : await createPolicy(root, policy);
  await root.awsText('iam attach-user-policy', { ...user, 'policy-arn': rights });
  const created = await root.aws('iam create-access-key', user);
  const { AccessKey } = created as { readonly AccessKey: Readonly<Record<'AccessKeyId' | 'SecretAccessKey', string>> };
  return deployerWith(access, { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey });
}

async function createPolicy(root: Deployer, policy: string): Promise<string> {
  const named = { 'policy-name': 'deployer', 'policy-document': policy, query: 'Policy.Arn' };
  return String(await root.aws('iam create-policy', named));
}

/** The same with any credentials, a role's session for instance. */
export function deployerWith(access: AwsAccess, credentials: Credentials): Deployer {
  const environment = environmentOf(access, credentials);
  const run = (command: string, options: CliOptions, ...positional: readonly string[]) => {
    const named = Object.entries(options).flatMap(([name, value]) => [`--${name}`, ...[value].flat()]);
    return access.cli.run([...command.split(' '), ...positional, ...named], { ...environment, ...NOWHERE_ELSE });
  };
  const httpsAgent = new Agent({ ca: readFileSync(access.caFile), keepAlive: true });
  const client = {
    endpoint: access.endpointUrl,
    region: access.region,
    credentials: { ...credentials },
    requestHandler: new NodeHttpHandler({ httpsAgent, requestTimeout: 30_000, throwOnRequestTimeout: true }),
  };
  return {
    environment,
    aws: async (command, options = {}, ...positional) =>
      JSON.parse(await run(command, { ...options, output: 'json' }, ...positional)),
    awsText: (command, options = {}) => run(command, options),
    attempt: (args) => access.cli.attempt(args, { ...environment, ...NOWHERE_ELSE }),
    kinesis: () => new KinesisClient(client),
    s3: () => new S3Client({ ...client, forcePathStyle: true }),
  };
}

const environmentOf = (
  { endpointUrl, caFile, region, home }: AwsAccess,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
): Readonly<Record<string, string>> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: home,
  AWS_ENDPOINT_URL: endpointUrl,
  AWS_CA_BUNDLE: caFile,
  NODE_EXTRA_CA_CERTS: caFile,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
  // Traffic stays on this machine.
  AWS_EC2_METADATA_DISABLED: 'true',
});

/** The command knows some services' addresses better than AWS_ENDPOINT_URL (SQS): those calls must not leave this machine. */
const NOWHERE_ELSE = { HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1' };
