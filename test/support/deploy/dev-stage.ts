import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Endpoints } from '../../../local/engines/endpoints.ts';
import { listKeys, readDeadLetters } from '../../../local/orders/dead-letter-reader.ts';
import { createDocumentReader } from '../../../local/orders/document-reader.ts';
import { createStreamReader } from '../../../local/orders/stream-reader.ts';
import { PROJECT_ROOT } from '../../../local/pipeline/package-template.ts';
import type { DeadLetter } from '../../../shared/dead-letter/dead-letter.ts';
import { type DeploySite, openDeploySite } from './deploy-site.ts';
import type { Deployer } from './deployer.ts';

/** What config/dev.yml names. */
export const REGION = 'eu-west-1';
export const ACCOUNT_A = '111111111111';
const ACCOUNT_B = '222222222222';
export const CLUSTER = 'orders-dev/11111111-2222-3333-4444-555555555555-1';
export const STREAM_ARN = `arn:aws:kinesis:${REGION}:${ACCOUNT_B}:stream/orders`;
export const STREAM_ROLE_ARN = `arn:aws:iam::${ACCOUNT_B}:role/orders-stream-writer`;
export const EXTERNAL_ID = 'msk-sinks-dev';
/** What a deployment makes of it. */
export const STACK = 'msk-sinks-dev';
export const BUCKET = `msk-sinks-dev-${ACCOUNT_A}-dead-letters`;
/** A database of its own: other tests use the same server. */
export const DATABASE = 'deployed';

export type FunctionName = 'kinesisSink' | 'documentdbSink';

/** A mapping as Lambda describes it. */
export interface Mapping {
  readonly UUID: string;
  readonly LastModified: unknown;
  readonly EventSourceMappingArn: string;
}

/** The stage `dev`, ready to be deployed: account B as its owner leaves it, the secret made, the stage file filled in. */
export interface DevStage extends DeploySite {
  readonly secretArn: string;
  mappingOf(name: FunctionName): Promise<Mapping>;
  /** Invokes a deployed function with an event of test/fixtures/events. */
  invoke(name: FunctionName, event: string): Promise<unknown>;
  /** The statuses of the orders in the stream, by their keys and in their order. */
  streamed(): Promise<Readonly<Record<string, readonly string[]>>>;
  /** The statuses of the living documents, by their ids. */
  stored(): Promise<Readonly<Record<string, unknown>>>;
  deadLetters(): Promise<readonly DeadLetter[]>;
  bucketKeys(): Promise<readonly string[]>;
  /** What there is of the stack in account A. */
  remains(): Promise<Readonly<Record<string, unknown>>>;
}

export async function openDevStage(endpoints: Endpoints): Promise<DevStage> {
  const site = await openDeploySite({ region: REGION, accountA: ACCOUNT_A, accountB: ACCOUNT_B });
  const { accountA, accountB, project } = site;
  const { documentdb } = endpoints;
  const [secretArn] = await Promise.all([createSecret(accountA, documentdb), deployStreamAccount(accountB)]);
  await project.change('dev', {
    tags: { team: 'data' },
    'documentdbSink.secretArn': secretArn,
    'documentdbSink.database': DATABASE,
    'documentdbSink.caBundle': documentdb.caFile,
    'documentdbSink.replicaSet': 'secantus',
  });
  return {
    ...site,
    secretArn,
    mappingOf: (name) => mappingOf(accountA, name),
    async invoke(name, event) {
      const answer = join(site.folder, `${name}-answer.json`);
      const payload = `fileb://${eventFile(event)}`;
      await accountA.aws('lambda invoke', { 'function-name': `${STACK}-${name}`, payload }, answer);
      return JSON.parse(await readFile(answer, 'utf8'));
    },
    streamed: () => streamed(accountB),
    async stored() {
      const reader = createDocumentReader(endpoints, DATABASE, 'orders');
      const documents = await reader.readAll().finally(reader.close);
      return Object.fromEntries([...documents].map(([id, document]) => [id, 'status' in document && document.status]));
    },
    async deadLetters() {
      const client = accountA.s3();
      return (await readDeadLetters(client, BUCKET).finally(() => client.destroy())).deadLetters;
    },
    bucketKeys() {
      const client = accountA.s3();
      return listKeys(client, BUCKET).finally(() => client.destroy());
    },
    remains: () => remains(accountA),
  };
}

export const eventFile = (event: string): string => join(PROJECT_ROOT, 'test', 'fixtures', 'events', event);

/** As DocumentDB itself keeps it. */
async function createSecret(accountA: Deployer, documentdb: Endpoints['documentdb']): Promise<string> {
  const { host, port, username, password } = documentdb;
  const text = JSON.stringify({ engine: 'mongo', host, port, username, password, ssl: true });
  const secret = { name: 'msk-sinks/dev/documentdb', 'secret-string': text };
  return String(await accountA.aws('secretsmanager create-secret', { ...secret, query: 'ARN' }));
}

/** Before account A has the role that it lets in. */
async function deployStreamAccount(accountB: Deployer): Promise<void> {
  await accountB.awsText('cloudformation deploy', {
    'stack-name': 'msk-sinks-stream',
    'template-file': join(PROJECT_ROOT, 'infra', 'stream-account.yml'),
    capabilities: 'CAPABILITY_NAMED_IAM',
    'parameter-overrides': [
      'StreamName=orders',
      'CreateStream=true',
      `WriterRoleArn=arn:aws:iam::${ACCOUNT_A}:role/msk-sinks-dev-kinesis`,
      `ExternalId=${EXTERNAL_ID}`,
      'RoleName=orders-stream-writer',
    ],
  });
}

async function mappingOf(accountA: Deployer, name: FunctionName): Promise<Mapping> {
  const query = { 'function-name': `${STACK}-${name}`, query: 'EventSourceMappings' };
  const mappings = (await accountA.aws('lambda list-event-source-mappings', query)) as readonly Mapping[];
  const [mapping, ...others] = mappings;
  if (mapping === undefined || others.length > 0) throw new Error(`${name} has ${mappings.length} mappings`);
  return mapping;
}

async function streamed(accountB: Deployer): Promise<Readonly<Record<string, readonly string[]>>> {
  const client = accountB.kinesis();
  try {
    const records = await createStreamReader(client, 'orders').readNew();
    const byKey = Map.groupBy(records, ({ partitionKey }) => partitionKey);
    return Object.fromEntries([...byKey].map(([key, own]) => [key, own.map(({ data }) => statusOf(data.toString()))]));
  } finally {
    client.destroy();
  }
}

/** The status of an order, or what was stored in its place. */
const statusOf = (text: string): string => /"status":"(\w+)"/.exec(text)?.[1] ?? text;

async function remains({ aws }: Deployer): Promise<Readonly<Record<string, unknown>>> {
  const ofStack = (list: string, name: string) => `${list}[?starts_with(${name}, '${STACK}')].${name}`;
  const [stacks, functions, mappings, roles, logGroups, buckets] = await Promise.all([
    aws('cloudformation list-stacks', { query: "StackSummaries[?StackStatus!='DELETE_COMPLETE'].StackName" }),
    aws('lambda list-functions', { query: ofStack('Functions', 'FunctionName') }),
    aws('lambda list-event-source-mappings', { query: 'EventSourceMappings[].UUID' }),
    aws('iam list-roles', { query: ofStack('Roles', 'RoleName') }),
    aws('logs describe-log-groups', {
      'log-group-name-prefix': `/aws/lambda/${STACK}`,
      query: 'logGroups[].logGroupName',
    }),
    aws('s3api list-buckets', { query: 'Buckets[].Name' }),
  ]);
  return { stacks, functions, mappings, roles, logGroups, buckets };
}
