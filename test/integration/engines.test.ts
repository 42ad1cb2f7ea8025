import { spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  PutRecordCommand,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { Admin, ConfigResourceTypes, Consumer, Producer } from '@platformatic/kafka';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { MongoServerError } from 'mongodb';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { DEFAULT_RESOURCES, resourceArns } from '../../local/engines/aws/resources.ts';
import { documentDbClient } from '../../local/engines/documentdb/documentdb-client.ts';
import type { Credentials, FunctionName } from '../../local/engines/endpoints.ts';
import { INSTALL_ROOT, startEngines } from '../../local/engines/engines.ts';
import { startKafka } from '../../local/engines/kafka/kafka.ts';
import { startFunction } from '../../local/lambda/function-process.ts';
import { endpointsOf } from '../support/engines-of-run.ts';

const endpoints = await endpointsOf(inject('runFolder'));
const resources = DEFAULT_RESOURCES;
const arns = resourceArns(resources);

const sessionOf = (name: FunctionName): Credentials => {
  const { environment } = endpoints.functions[name];
  return {
    accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    sessionToken: environment['AWS_SESSION_TOKEN'] ?? '',
  };
};

const as = (credentials: Credentials) => ({
  endpoint: endpoints.aws.endpointUrl,
  region: endpoints.aws.region,
  credentials,
  requestHandler: new NodeHttpHandler(),
  maxAttempts: 1,
});

const writerSession = async (credentials: Credentials, externalId: string | undefined): Promise<Credentials> => {
  const { Credentials: session } = await new STSClient(as(credentials)).send(
    new AssumeRoleCommand({
      RoleArn: arns.streamRole,
      RoleSessionName: 'msk-sinks-local-test',
      ExternalId: externalId,
    }),
  );
  return {
    accessKeyId: session?.AccessKeyId ?? '',
    secretAccessKey: session?.SecretAccessKey ?? '',
    sessionToken: session?.SessionToken ?? '',
  };
};

const refusal = async (answer: Promise<unknown>): Promise<string> =>
  await answer.then(
    () => 'allowed',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );

describe('the role of kinesisSink', () => {
  it('is who its session says it is', async () => {
    const identity = await new STSClient(as(sessionOf('kinesisSink'))).send(new GetCallerIdentityCommand({}));
    expect(identity.Account).toBe(resources.accountA);
    expect(identity.Arn).toContain(`:assumed-role/${resources.kinesisRole}/`);
  });

  it("takes on account B's role with the external id, and puts records there and nothing else", async () => {
    const session = await writerSession(sessionOf('kinesisSink'), resources.externalId);
    const kinesis = new KinesisClient(as(session));
    const data = randomBytes(100);
    const put = await kinesis.send(
      new PutRecordsCommand({ StreamARN: arns.stream, Records: [{ PartitionKey: 'k', Data: data }] }),
    );
    expect(put.FailedRecordCount).toBe(0);
    expect(await readShard(put.Records?.[0]?.ShardId ?? '')).toContain(data.toString('base64'));
    const one = new PutRecordCommand({ StreamARN: arns.stream, PartitionKey: 'k', Data: data });
    expect(await refusal(kinesis.send(one))).toMatch(/AccessDenied/);
  });

  it.each([
    ['a wrong', 'somebody-else'],
    ['no', undefined],
  ])('is refused with %s external id', async (_what, externalId) => {
    expect(await refusal(writerSession(sessionOf('kinesisSink'), externalId))).toBe('AccessDenied');
  });

  it('cannot put records without that role', async () => {
    const kinesis = new KinesisClient(as(sessionOf('kinesisSink')));
    const put = new PutRecordsCommand({
      StreamARN: arns.stream,
      Records: [{ PartitionKey: 'k', Data: Buffer.from('x') }],
    });
    expect(await refusal(kinesis.send(put))).toMatch(/AccessDenied|ResourceNotFound/);
  });

  it('cannot read the secret', async () => {
    const client = new SecretsManagerClient(as(sessionOf('kinesisSink')));
    expect(await refusal(client.send(new GetSecretValueCommand({ SecretId: arns.secret })))).toMatch(/AccessDenied/);
  });
});

describe('the role of documentdbSink', () => {
  it('reads the secret by an ARN without the six random characters, and the secret opens DocumentDB', async () => {
    const client = new SecretsManagerClient(as(sessionOf('documentdbSink')));
    const answer = await client.send(new GetSecretValueCommand({ SecretId: arns.secret }));
    expect(answer.ARN).toMatch(new RegExp(`^${arns.secret}-\\w{6}$`));
    const secret = JSON.parse(answer.SecretString ?? '');
    expect(secret).toMatchObject({ engine: 'mongo', host: '127.0.0.1', username: 'msk_sinks', ssl: true });
    const mongo = documentDbClient({ ...secret, caFile: endpoints.documentdb.caFile }, secret);
    const documents = mongo.db('engines').collection(randomUUID());
    await documents.insertOne({ order: 1 });
    expect(await documents.countDocuments({ order: 1 })).toBe(1);
    await mongo.close();
  });

  it("cannot take on account B's role", async () => {
    expect(await refusal(writerSession(sessionOf('documentdbSink'), resources.externalId))).toBe('AccessDenied');
  });
});

describe('the dead-letter bucket', () => {
  it.each(['kinesisSink', 'documentdbSink'] as const)('is writable, not readable, for %s', async (name) => {
    const s3 = new S3Client(as(sessionOf(name)));
    const deadLetter = {
      Bucket: resources.deadLetterBucket,
      Key: `dead-letters/${name}/orders/0/${randomUUID()}.json`,
    };
    await s3.send(new PutObjectCommand({ ...deadLetter, Body: '{}' }));
    expect(await refusal(s3.send(new GetObjectCommand(deadLetter)))).toMatch(/AccessDenied/);
    const administrator = new S3Client(as(endpoints.aws.administrators.accountA));
    const read = await administrator.send(new GetObjectCommand(deadLetter));
    expect(await read.Body?.transformToString()).toBe('{}');
  });
});

describe('a session', () => {
  it('whose secret is wrong is refused', async () => {
    const forged = { ...sessionOf('kinesisSink'), secretAccessKey: 'forged' };
    expect(await refusal(writerSession(forged, resources.externalId))).toMatch(/Signature|InvalidClientTokenId/);
  });
});

describe("a function's process", () => {
  it('finds the local AWS with clients that know nothing of it', async () => {
    // Below the project, so that the bundle's imports are found.
    const folder = await mkdtemp(join(INSTALL_ROOT, '..', 'function-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'index.mjs'), ENVIRONMENT_ONLY);
    const running = await startFunction({
      name: 'kinesisSink',
      codeFolder: folder,
      handler: 'index.handler',
      environment: { ...endpoints.functions.kinesisSink.environment, BUCKET: resources.deadLetterBucket },
      timeoutMs: 20_000,
      memoryMb: 512,
      logFile: join(folder, 'function.log'),
    });
    onTestFinished(() => running.stop());
    const invocation = await running.invoke('{}');
    expect(invocation).toMatchObject({ kind: 'answered' });
    expect(invocation.kind === 'answered' && invocation.payload).toContain(`assumed-role/${resources.kinesisRole}/`);
  });
});

const ENVIRONMENT_ONLY = `
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
export const handler = async () => {
  await new S3Client({}).send(new PutObjectCommand({ Bucket: process.env.BUCKET, Key: 'environment-only', Body: 'x' }));
  return (await new STSClient({}).send(new GetCallerIdentityCommand({}))).Arn;
};
`;

describe('DocumentDB', () => {
  const { host, port, caFile, username, password } = endpoints.documentdb;

  it('lets nobody in with a wrong password', async () => {
    const mongo = documentDbClient({ host, port, caFile }, { username, password: 'wrong' });
    const error = await mongo.connect().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(MongoServerError);
    expect(error).toMatchObject({ code: 18 });
  });

  it('speaks TLS alone, with a certificate of its own authority', async () => {
    for (const options of [{ tls: false }, { tls: true }]) {
      const mongo = documentDbClient(
        { host, port },
        { username, password },
        { ...options, serverSelectionTimeoutMS: 500 },
      );
      expect(await refusal(mongo.connect())).toBe('MongoServerSelectionError');
      await mongo.close();
    }
  });

  it('serves others beside clients that connect and say nothing, without a wait', async () => {
    for (let count = 0; count < 10; count += 1) {
      const silent = connect(port, host);
      onTestFinished(() => void silent.destroy());
      await once(silent, 'connect');
    }
    const mongo = documentDbClient(
      { host, port, caFile },
      { username, password },
      { serverSelectionTimeoutMS: 10_000 },
    );
    expect(await refusal(mongo.connect())).toBe('allowed');
    await mongo.close();
  });

  it('creates collections by writes and by indexes at once', async () => {
    const mongo = documentDbClient({ host, port, caFile }, { username, password }, { socketTimeoutMS: 20_000 });
    const database = mongo.db(`engines-${randomUUID()}`);
    const upsert = { updateOne: { filter: { _id: 1 }, update: { $set: { total: 1 } }, upsert: true } };
    for (let count = 0; count < 20; count += 1) {
      const collection = database.collection<{ _id: number; total?: number }>(`orders-${count}`);
      await Promise.all([
        collection.bulkWrite([upsert]),
        collection.createIndex({ total: 1 }),
        collection.bulkWrite([{ insertOne: { document: { _id: 2 } } }]),
      ]);
      expect(await collection.countDocuments()).toBe(2);
      await collection.drop();
    }
    await mongo.close();
  });
});

describe('Kafka', () => {
  const bootstrapBrokers = [endpoints.kafka.bootstrapServers];

  it('keeps records in the order they were produced', async () => {
    const topic = `engines-${randomUUID()}`;
    const admin = new Admin({ clientId: 'test', bootstrapBrokers });
    await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 });
    const producer = new Producer({ clientId: 'test', bootstrapBrokers });
    const values = Array.from({ length: 100 }, (_, index) => `value ${index}`);
    await producer.send({ messages: values.map((value) => ({ topic, partition: 0, value: Buffer.from(value) })) });
    expect(await consume(topic, values.length)).toEqual(values);
    await Promise.all([admin.close(), producer.close()]);
  });

  it('deletes no records, however old their timestamps say they are', async () => {
    const topic = `engines-${randomUUID()}`;
    const admin = new Admin({ clientId: 'test', bootstrapBrokers });
    await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 });
    const configurationKeys = ['retention.ms', 'retention.bytes', 'cleanup.policy'];
    const resources = [{ resourceType: ConfigResourceTypes.TOPIC, resourceName: topic, configurationKeys }];
    const [described] = await admin.describeConfigs({ resources });
    expect(Object.fromEntries((described?.configs ?? []).map(({ name, value }) => [name, value]))).toEqual({
      'retention.ms': '-1',
      'retention.bytes': '-1',
      'cleanup.policy': 'delete',
    });
    await admin.close();
  });

  it('makes no topic by itself', async () => {
    const admin = new Admin({ clientId: 'test', bootstrapBrokers, retries: 0 });
    const absent = `absent-${randomUUID()}`;
    expect(await refusal(admin.metadata({ topics: [absent], autocreateTopics: true }))).not.toBe('allowed');
    expect(await admin.listTopics()).not.toContain(absent);
    await admin.close();
  });

  it('keeps what it acknowledged through kill -9 and a restart on the same folder and ports', async () => {
    const folder = await mkdtemp(join(INSTALL_ROOT, '..', 'kafka-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const kafka = await startKafka({ installRoot: INSTALL_ROOT, folder, progress: () => undefined });
    onTestFinished(() => kafka.stop());
    const own = [kafka.bootstrapServers];
    const topic = 'kept';
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: own });
    await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 });
    await admin.close();
    const producer = new Producer({ clientId: 'test', bootstrapBrokers: own });
    await producer.send({ acks: -1, messages: [{ topic, partition: 0, value: Buffer.from('kept') }] });
    await producer.close();
    await kafka.kill();
    await kafka.restart();
    expect(await consume(topic, 1, own)).toEqual(['kept']);
  });

  async function consume(topic: string, count: number, brokers = bootstrapBrokers): Promise<readonly string[]> {
    const consumer = new Consumer({ clientId: 'test', groupId: randomUUID(), bootstrapBrokers: brokers });
    const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: false });
    const values: string[] = [];
    for await (const { value } of stream) {
      values.push(value.toString());
      if (values.length === count) break;
    }
    await consumer.close(true);
    return values;
  }
});

describe('a start that fails', () => {
  it('names the engine, and leaves none of the others running', async () => {
    const folder = await mkdtemp(join(INSTALL_ROOT, '..', 'failing-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const dataFolder = join(folder, 'kafka', 'data');
    await mkdir(dataFolder, { recursive: true });
    await writeFile(join(dataFolder, 'meta.properties'), 'version=1\ncluster.id=another\nnode.id=7\n');
    const start = startEngines({ folder, progress: () => undefined });
    await expect(start).rejects.toThrow(/^Apache Kafka ended before it was ready/);
    // DocumentDB's command line holds its folder.
    expect(spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout).not.toContain(folder);
  });
});

async function readShard(shardId: string): Promise<readonly string[]> {
  const kinesis = new KinesisClient(as(endpoints.aws.administrators.accountB));
  const { ShardIterator } = await kinesis.send(
    new GetShardIteratorCommand({ StreamARN: arns.stream, ShardId: shardId, ShardIteratorType: 'TRIM_HORIZON' }),
  );
  const { Records } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
  return (Records ?? []).map(({ Data }) => Buffer.from(Data ?? []).toString('base64'));
}
