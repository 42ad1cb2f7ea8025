import { CreateStreamCommand, KinesisClient, waitUntilStreamExists } from '@aws-sdk/client-kinesis';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { localSecrets } from '../../connector/local-connection.ts';
import type { Credentials } from '../endpoints.ts';
import { createRole, ROLE_SESSION_SECONDS_MAX } from './iam.ts';
import { localRoles } from './policies.ts';
import { type LocalResources, resourceArns, secretNames } from './resources.ts';

/** The AWS emulator and its accounts. */
export interface LocalAccounts {
  readonly endpointUrl: string;
  readonly resources: LocalResources;
}

/** The format of a secret that DocumentDB manages: https://docs.aws.amazon.com/documentdb/latest/developerguide/security.managing-secrets.html */
export interface DocumentDbSecret {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

const STREAM_WAIT_SECONDS = 20;

/** The emulator accepts an account id as the access key of that account's administrator, with any secret. */
export function administratorOf(account: string): Credentials {
  return { accessKeyId: account, secretAccessKey: 'local' };
}

/** Options for every client of the emulator. Kinesis's default HTTP/2 handler breaks signatures here. */
export function clientOptions(accounts: LocalAccounts, credentials: Credentials) {
  return {
    endpoint: accounts.endpointUrl,
    region: accounts.resources.region,
    credentials,
    requestHandler: new NodeHttpHandler(),
  };
}

/** Creates the stream, the roles, the bucket and the secrets in an empty emulator. */
export async function seedAccounts(accounts: LocalAccounts, secret: DocumentDbSecret): Promise<void> {
  const { endpointUrl, resources } = accounts;
  await Promise.all([
    createStream(accounts),
    ...localRoles(resources).map((role) => createRole(endpointUrl, resources.region, role)),
    createBucket(accounts),
    createSecrets(accounts, secret),
  ]);
}

/**
 * A session of an execution role, as Lambda provides it; valid for 12 hours, the maximum.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export async function executionCredentials(accounts: LocalAccounts, roleArn: string): Promise<Credentials> {
  const client = new STSClient(clientOptions(accounts, administratorOf(accounts.resources.accountA)));
  const { Credentials: session } = await client.send(
    new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'local', DurationSeconds: ROLE_SESSION_SECONDS_MAX }),
  );
  client.destroy();
  if (!session?.AccessKeyId || !session.SecretAccessKey || !session.SessionToken) {
    throw new Error(`The local AWS returned no credentials for ${roleArn}: see aws.log in the run's folder.`);
  }
  return {
    accessKeyId: session.AccessKeyId,
    secretAccessKey: session.SecretAccessKey,
    sessionToken: session.SessionToken,
  };
}

async function createStream(accounts: LocalAccounts): Promise<void> {
  const { stream, streamShards, accountB } = accounts.resources;
  const client = new KinesisClient(clientOptions(accounts, administratorOf(accountB)));
  await client.send(new CreateStreamCommand({ StreamName: stream, ShardCount: streamShards }));
  await waitUntilStreamExists(
    { client, maxWaitTime: STREAM_WAIT_SECONDS, minDelay: 1, maxDelay: 1 },
    { StreamARN: resourceArns(accounts.resources).stream },
  );
  client.destroy();
}

async function createBucket(accounts: LocalAccounts): Promise<void> {
  const { deadLetterBucket, accountA } = accounts.resources;
  const client = new S3Client({ ...clientOptions(accounts, administratorOf(accountA)) });
  await client.send(new CreateBucketCommand({ Bucket: deadLetterBucket }));
  client.destroy();
}

async function createSecrets(accounts: LocalAccounts, secret: DocumentDbSecret): Promise<void> {
  const client = new SecretsManagerClient(clientOptions(accounts, administratorOf(accounts.resources.accountA)));
  const { host, port, username, password } = secret;
  const whole = { engine: 'mongo', host, port, username, password, ssl: true };
  const ofConnector = localSecrets(accounts.resources.connectionUri ?? '', secret);
  for (const Name of secretNames(accounts.resources)) {
    const SecretString = JSON.stringify({ ...whole, ...ofConnector.get(Name) });
    await client.send(new CreateSecretCommand({ Name, SecretString }));
  }
  client.destroy();
}
