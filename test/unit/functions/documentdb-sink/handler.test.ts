import fs from 'node:fs';
import { createServer } from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo } from 'node:net';
import v8 from 'node:v8';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { aConnectorText } from '../../../support/a-connector.ts';
import { avroText, confluentBytes } from '../../../support/avro-bytes.ts';
import { useAwsServer } from '../../../support/aws-server.ts';
import { createAuthority } from '../../../support/certificates.ts';
import { loadedHandler } from '../../../support/loaded-handler.ts';
import { PASSWORD, type ServerOptions, startDocumentdbServer } from '../../../support/login-server.ts';
import type { EventRecordParts } from '../../../support/mapping-event.ts';
import { standardOutput } from '../../../support/standard-output.ts';

const SECRET = 'arn:aws:secretsmanager:us-east-2:111111111111:secret:orders-a';
const SETTINGS = {
  stage: 'dev',
  serviceName: 'orders-service',
  triggerMode: 'provisioned',
  deadLetterBucket: 'letters',
  secretArn: SECRET,
  database: 'shop',
  caBundle: 's3://certificates/own.pem',
  replicaSet: 'none',
};
const POISON: readonly EventRecordParts[] = [{ offset: 7, value: 'no JSON' }];

const authority = createAuthority('ours');
const server = authority.issue('127.0.0.1');
const tls = { cert: Buffer.from(server.cert), key: Buffer.from(server.key) };
const output = standardOutput();
beforeEach(() => output.begin());
afterEach(() => output.end());

/** The function as Lambda loads it, with these settings beside the usual ones, against a server that takes its login. */
async function aFunction(
  settings: object = {},
  parts: Partial<ServerOptions> = {},
  connector?: (port: number) => string,
) {
  const cluster = await startDocumentdbServer({ tls, hello: () => ({ isWritablePrimary: true }), ...parts });
  onTestFinished(() => cluster.stop());
  if (connector !== undefined) packagedBeside(connector(cluster.port));
  const secret = { host: '127.0.0.1', port: cluster.port, username: 'sink', password: PASSWORD };
  const aws = await useAwsServer({
    GetSecretValue: () => ({ ARN: SECRET, SecretString: JSON.stringify(secret) }),
    GET: () => authority.cert,
    GetParameter: ({ body }) => ({ Parameter: { Value: body.Name === '/sink/password' ? PASSWORD : undefined } }),
  });
  return { cluster, aws, ...(await loadedHandler('documentdb-sink', aws, { ...SETTINGS, ...settings })) };
}

/** A registry over TLS, whose certificate the CA bundle of the functions trusts, with one schema. */
async function aRegistry(id: number, schema: object): Promise<string> {
  const registry = createServer(authority.issue('127.0.0.1'), ({ url }, response) => {
    if (url !== `/schemas/ids/${id}`) response.writeHead(404);
    response.end(JSON.stringify({ schema: JSON.stringify(schema) }));
  });
  onTestFinished(() => {
    registry.closeAllConnections();
    registry.close();
  });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  return `https://127.0.0.1:${(registry.address() as AddressInfo).port}`;
}

/** Where the build puts a connector file, beside the function, stands this text. */
function packagedBeside(connector: string): void {
  const { readFileSync } = fs;
  const reading = vi
    .spyOn(fs, 'readFileSync')
    .mockImplementation(((path: string, ...rest: never[]) =>
      String(path).endsWith('documentdb-sink/connector.json') ? connector : readFileSync(path, ...rest)) as never);
  syncBuiltinESMExports();
  onTestFinished(() => {
    reading.mockRestore();
    syncBuiltinESMExports();
  });
}

describe('documentdbSink with a connector file', () => {
  it('reads its placeholders and asks its registry over TLS, with the CA bundle of the settings', async () => {
    const id = 7;
    const url = await aRegistry(id, { type: 'record', name: 'Order', fields: [{ name: 'n', type: 'string' }] });
    const connector = (port: number) =>
      aConnectorText({
        'connection.uri': `mongodb://\${env:SINK_USER}:\${ssm::/sink/password}@127.0.0.1:${port}/?tls=true&directConnection=true`,
        'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
        'value.converter': 'io.confluent.connect.avro.AvroConverter',
        'value.converter.schema.registry.url': url,
      });
    vi.stubEnv('SINK_USER', 'sink');
    const own = { connector: 'config/connectors/orders.properties', secretArn: undefined, database: undefined };
    const { cluster, aws, invoke } = await aFunction(own, {}, connector);
    const value = String(confluentBytes(id, avroText('a')));
    expect(await invoke([{ value }])).toEqual({ batchItemFailures: [] });
    expect(aws.of('GetParameter')).toMatchObject([{ body: { Name: '/sink/password', WithDecryption: true } }]);
    expect(cluster.of('update')).toMatchObject([{ command: { $db: 'shop', updates: [{ u: { n: 'a' } }] } }]);
  });
});

describe('documentdbSink as Lambda loads it', () => {
  it('logs in with the secret over TLS that the CA bundle trusts, and writes under the name of the service', async () => {
    const { cluster, aws, invoke } = await aFunction();
    expect(await invoke([{ offset: 7, value: '{"n":1}' }])).toEqual({ batchItemFailures: [] });
    expect(aws.of('GetSecretValue')).toMatchObject([{ region: 'us-east-2', body: { SecretId: SECRET } }]);
    expect(aws.of('GET').map(({ path }) => path)).toEqual(['/certificates/own.pem']);
    const [hello] = cluster.of('ismaster');
    expect(hello?.command.client.application.name).toBe('orders-service');
    expect(cluster.of('update').map(({ command }) => command)).toMatchObject([
      { $db: 'shop', update: 'orders', updates: [{ q: { _id: 'order-1' }, u: { _id: 'order-1', n: 1 } }] },
    ]);
  });

  it('makes a tombstone of a deletion, whose index has the time of the settings', async () => {
    const { cluster, invoke } = await aFunction({ tombstoneTtlSeconds: 7_200, collection: 'bills' });
    await invoke([{ value: null }]);
    expect(cluster.of('update')).toMatchObject([{ command: { update: 'bills' } }]);
    expect(cluster.of('createIndexes')).toMatchObject([{ command: { indexes: [{ expireAfterSeconds: 7_200 }] } }]);
  });

  it('stores a dead letter under its own name in the bucket', async () => {
    const { aws, invoke } = await aFunction();
    expect(await invoke(POISON)).toEqual({ batchItemFailures: [] });
    // On a busy machine a letter may be written again.
    const letters = new Set(aws.of('PUT').map(({ path }) => path.replace(/-\w+\.json$/, '')));
    expect([...letters]).toEqual(['/letters/dead-letters/documentdbSink/orders/0/00000000000000000007']);
    expect(JSON.parse(aws.of('PUT')[0]?.body)).toMatchObject({ function: 'documentdbSink', offset: 7 });
  });

  it.each([
    ['skip', 'provisioned', { batchItemFailures: [] }],
    ['block', 'provisioned', { batchItemFailures: [{ itemIdentifier: { partition: 'orders-0', offset: 7 } }] }],
    ['block', 'onDemand', '1 of 1 records are unsettled'],
  ])('does with poison what the settings say: %s with mode %s', async (onPoison, triggerMode, expected) => {
    const { aws, invoke } = await aFunction({ onPoison, triggerMode });
    const answer = invoke(POISON, 5_100);
    if (typeof expected === 'string') await expect(answer).rejects.toThrow(expected);
    else expect(await answer).toEqual(expected);
    expect(aws.of('PUT')).toEqual([]);
  });

  it('opens as many connections as the settings say', async () => {
    const both = Promise.withResolvers<void>();
    let openCount = 0;
    const pause = async () => {
      openCount += 1;
      if (openCount === 2) setTimeout(both.resolve, 30); // time for a third one, which must not come
      await both.promise;
    };
    const { cluster, invoke } = await aFunction({ poolSizeMax: 2 }, { pause });
    await invoke(['a', 'b', 'c', 'd'].map((topic) => ({ topic })));
    expect(cluster.of('update')).toHaveLength(4);
    expect(cluster.openWritesMax()).toBe(2);
  });

  it.each([
    ['full', true],
    ['essential', false],
  ])('logs and measures under its name, with the metrics of the settings: %s', async (metrics, hasCommands) => {
    const { invoke } = await aFunction({ metrics });
    await invoke([{}]);
    const about = { service: 'orders-service', stage: 'dev' };
    const logged = output.lines().filter((line) => 'message' in line);
    expect(logged.map(({ message }) => message)).toContain('documentdb_connected');
    for (const line of logged) expect(line).toMatchObject(about);
    expect(output.lines().filter((line) => 'RecordsReceived' in line)).toMatchObject([
      { ...about, function: 'documentdbSink', RecordsReceived: 1 },
    ]);
    expect(output.lines().some((line) => 'WriteCommands' in line)).toBe(hasCommands);
    expect(output.lines().some((line) => 'ServerCertificateDaysLeft' in line)).toBe(true);
  });

  it('asks V8 for what a batch needs', async () => {
    const setFlags = vi.spyOn(v8, 'setFlagsFromString');
    syncBuiltinESMExports();
    onTestFinished(() => {
      setFlags.mockRestore();
      syncBuiltinESMExports();
    });
    await aFunction();
    expect(setFlags.mock.calls).toEqual([['--heap-growing-percent=200']]);
  });

  it('answers a probe by the connection and the database', async () => {
    const { cluster, invokeWith } = await aFunction();
    const answer = await invokeWith({ mskSinks: 'probe' });
    expect(JSON.stringify(answer)).toContain('TLS and login succeed');
    expect(cluster.of('update')).toMatchObject([{ command: { $db: 'shop', update: 'msk-sinks-probe' } }]);
  });
});
