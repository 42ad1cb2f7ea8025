import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { documentdbSettings } from '../../../functions/documentdb-sink/settings.ts';
import { toEnvironment } from '../../../shared/settings/parse-settings.ts';
import { type AwsServer, startAwsServer } from '../../support/aws-server.ts';
import { endpointsOf } from '../../support/engines-of-run.ts';
import { type DocumentdbServer, PASSWORD, startDocumentdbServer } from '../../support/login-server.ts';
import { anEvent, type EventRecordParts } from '../../support/mapping-event.ts';
import { buildFunctions } from './build-functions.ts';
import { type Invoked, lambdaEnvironment, startFunctionThread } from './function-thread.ts';

/** A setting's value, or how it is made once the ports of both servers are known. */
type Value = string | number | undefined | ((ports: { readonly server: number; readonly other: number }) => string);
type Settings = Readonly<Record<string, Value>>;

const { caFile } = (await endpointsOf(inject('runFolder'))).documentdb;
const CONNECTOR = 'test/integration/settings/orders.properties';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-a';
const SETTINGS: Settings = {
  stage: 'dev',
  serviceName: 'msk-sinks',
  triggerMode: 'provisioned',
  deadLetterBucket: 'letters-a',
  secretArn: SECRET,
  database: 'shop',
  caBundle: caFile,
};

/** What one invocation of the built function did. */
interface Seen {
  readonly aws: AwsServer;
  /** The server that the secret and the settings name: the primary, unless a case says otherwise. */
  readonly server: DocumentdbServer;
  /** Another member of the replica set. */
  readonly other: DocumentdbServer;
  readonly result: Invoked;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}

interface Case {
  readonly settings?: Settings;
  readonly records?: readonly EventRecordParts[];
  readonly remainingMs?: number;
  /** How long the servers wait before they answer a write; default: 30 ms. */
  readonly pauseMs?: number;
  /** The named server is a secondary, and the other one the primary. */
  readonly isSecondary?: boolean;
  readonly look: (seen: Seen) => unknown;
  /** Two values of the setting, and what is seen with each. */
  readonly values: readonly (readonly [value: Value, seen: unknown])[];
}

const writtenTo = ({ command }: { readonly command: { $db: string; update: string } }) =>
  `${command.$db}.${command.update}`;
const namespacesOf = ({ server }: Seen) => server.of('update').map(writtenTo);
const statementsOf = ({ server }: Seen) => server.of('update').flatMap(({ command }) => command.updates);
const POISON: Partial<Case> = { records: [{ offset: 7, key: 'order-1', value: 'no JSON' }] };
const SETTLED: Invoked = { response: { batchItemFailures: [] } };
const UNSETTLED: Invoked = {
  response: { batchItemFailures: [{ itemIdentifier: { partition: 'orders-0', offset: 7 } }] },
};
const BY_ROLE: Partial<Case> = {
  settings: { authentication: 'iam', host: '127.0.0.1', port: ({ server }) => String(server), replicaSet: 'none' },
  remainingMs: 7_000, // the server takes no login by role
};

const CASES: Readonly<Record<string, Case>> = {
  stage: {
    look: ({ lines }) => [...new Set(lines.map(({ stage }) => stage))],
    values: [
      ['dev', ['dev']],
      ['prod', ['prod']],
    ],
  },
  serviceName: {
    look: ({ lines, server }) => [
      [...new Set(lines.map(({ service }) => service))],
      server.of('ismaster')[0]?.command.client.application.name,
    ],
    values: [
      ['msk-sinks', [['msk-sinks'], 'msk-sinks']],
      ['orders', [['orders'], 'orders']],
    ],
  },
  triggerMode: {
    ...POISON,
    settings: { onPoison: 'block' },
    remainingMs: 7_000,
    look: ({ result }) => ('error' in result ? 'throws' : result),
    values: [
      ['provisioned', UNSETTLED],
      ['onDemand', 'throws'],
    ],
  },
  metrics: {
    look: ({ lines }) => ['RecordsReceived', 'WriteCommands'].filter((name) => lines.some((line) => name in line)),
    values: [
      ['full', ['RecordsReceived', 'WriteCommands']],
      ['essential', ['RecordsReceived']],
    ],
  },
  deadLetterBucket: {
    ...POISON,
    look: ({ aws }) => new Set(aws.of('PUT').map(({ path }) => path.split('/')[1])),
    values: [
      ['letters-a', new Set(['letters-a'])],
      ['letters-b', new Set(['letters-b'])],
    ],
  },
  onPoison: {
    ...POISON,
    remainingMs: 12_000,
    look: ({ aws, result }) => [aws.of('PUT').length > 0, result],
    values: [
      ['deadLetter', [true, SETTLED]],
      ['skip', [false, SETTLED]],
      ['block', [false, UNSETTLED]],
    ],
  },
  connector: {
    look: namespacesOf,
    values: [
      [CONNECTOR, ['connector_database.connector_collection']],
      [undefined, ['shop.orders']],
    ],
  },
  authentication: {
    ...BY_ROLE,
    look: ({ server }) => {
      const [login] = server.of('saslStart');
      return [login?.command.mechanism, login?.command.$db];
    },
    values: [
      ['password', ['SCRAM-SHA-1', 'admin']],
      ['iam', ['MONGODB-AWS', '$external']],
    ],
  },
  secretArn: {
    look: ({ aws }) => aws.of('GetSecretValue').map(({ body }) => body.SecretId),
    values: [
      [SECRET, [SECRET]],
      [`${SECRET}2`, [`${SECRET}2`]],
    ],
  },
  host: {
    ...BY_ROLE,
    look: ({ server }) => new Set(server.of('saslStart').map(({ connection }) => connection.serverName)),
    values: [
      ['127.0.0.1', new Set([undefined])],
      ['localhost', new Set(['localhost'])],
    ],
  },
  port: {
    ...BY_ROLE,
    look: ({ server, other }) => [server.of('saslStart').length > 0, other.of('saslStart').length > 0],
    values: [
      [({ server }) => String(server), [true, false]],
      [({ other }) => String(other), [false, true]],
    ],
  },
  database: {
    look: namespacesOf,
    values: [
      ['shop', ['shop.orders']],
      ['warehouse', ['warehouse.orders']],
    ],
  },
  collection: {
    look: namespacesOf,
    values: [
      [undefined, ['shop.orders']],
      ['bills', ['shop.bills']],
    ],
  },
  caBundle: {
    remainingMs: 20_000,
    look: ({ aws, server, result }) => [
      aws.of('GET').map(({ path }) => path),
      server.of('update').length,
      'response' in result && JSON.stringify(result.response).includes('orders-0'),
    ],
    values: [
      [caFile, [[], 1, false]],
      ['s3://certificates/ca.pem', [['/certificates/ca.pem'], 1, false]],
      ['region', [[], 0, true]], // no root of the region has signed the test's certificate
    ],
  },
  replicaSet: {
    isSecondary: true,
    look: ({ server, other }) => [server.of('update').length, other.of('update').length],
    values: [
      ['rs0', [0, 1]],
      ['none', [1, 0]],
    ],
  },
  poolSizeMax: {
    pauseMs: 1_000, // longer than a login takes on a busy machine
    records: Array.from({ length: 4 }, (_, index) => ({ topic: `orders${index}`, value: '{"n":1}' })),
    look: ({ server }) => [server.of('update').length, server.openWritesMax()],
    values: [
      [1, [4, 1]],
      [2, [4, 2]],
      [3, [4, 3]],
    ],
  },
  idStrategy: {
    look: (seen) => statementsOf(seen).map(({ q }) => q._id),
    values: [
      ['key', ['order-1']],
      [undefined, ['order-1']],
    ],
  },
  deletes: {
    records: [{ value: null }],
    look: ({ server }) => [server.of('update').length, server.of('delete').length],
    values: [
      ['tombstone', [1, 0]],
      ['hard', [0, 1]],
    ],
  },
  tombstoneTtlSeconds: {
    records: [{ value: null }],
    look: ({ server }) => server.of('createIndexes').map(({ command }) => command.indexes[0].expireAfterSeconds),
    values: [
      [3_600, [3_600]],
      [7_200, [7_200]],
    ],
  },
};

describe('each setting of documentdbSink, as the built function shows it on the wire', () => {
  const folders = { native: '', connector: '' };
  beforeAll(async () => {
    folders.native = await buildFunctions();
    folders.connector = await buildFunctions({ connector: CONNECTOR });
  });
  afterAll(() => Promise.all(Object.values(folders).map((folder) => rm(folder, { recursive: true }))));

  it('is looked at with two values or more', () => {
    expect(Object.keys(CASES).sort()).toEqual(Object.keys(documentdbSettings.entries).sort());
    for (const { values } of Object.values(CASES)) expect(values.length).toBeGreaterThan(1);
  });

  const rows = Object.entries(CASES).flatMap(([name, { values, ...rest }]) =>
    values.map(([value, seen]) => ({ name, value, seen, ...rest })),
  );
  it.concurrent.for(rows)('$name: $value', async (row, { onTestFinished }) => {
    const { aws, server, other } = await startServers(row);
    const hasConnector = row.name === 'connector' && row.value !== undefined;
    const decided = hasConnector ? { secretArn: undefined, database: undefined } : {};
    const settings = { ...SETTINGS, ...row.settings, ...decided, [row.name]: row.value };
    const ports = { server: server.port, other: other.port };
    const known = (value: Value) => (typeof value === 'function' ? value(ports) : value);
    const values = Object.entries<Value>(settings).map(([name, value]) => [name, known(value)]);
    const thread = startFunctionThread({
      folder: join(hasConnector ? folders.connector : folders.native, 'documentdb-sink'),
      environment: {
        ...lambdaEnvironment(aws.url),
        ...toEnvironment(Object.fromEntries(values)),
      },
    });
    onTestFinished(async () => {
      await thread.stop();
      await Promise.all([aws, server, other].map((each) => each.stop()));
    });
    const result = await thread.invoke(anEvent(row.records ?? [{ value: '{"n":1}' }]), row.remainingMs);
    expect(row.look({ aws, server, other, result, lines: thread.lines() })).toEqual(row.seen);
  });
});

describe('whatever the settings of documentdbSink say', () => {
  it('writes are unordered and acknowledged by a majority, and versions are read from the primary', async ({
    onTestFinished,
  }) => {
    const folder = await buildFunctions();
    const { aws, server, other } = await startServers({
      replies: { update: () => ({ n: 0, writeErrors: [DUPLICATE] }) },
    });
    const thread = startFunctionThread({
      folder: join(folder, 'documentdb-sink'),
      environment: { ...lambdaEnvironment(aws.url), ...toEnvironment(SETTINGS) },
    });
    onTestFinished(async () => {
      await thread.stop();
      await Promise.all([aws, server, other].map((each) => each.stop()));
      await rm(folder, { recursive: true });
    });
    await thread.invoke(anEvent([{ value: '{"n":1}' }]), 20_000);
    const [update] = server.of('update');
    expect(update?.command).toMatchObject({ ordered: false, writeConcern: { w: 'majority' } });
    expect(update?.command).not.toHaveProperty('txnNumber');
    expect(server.of('find').length).toBeGreaterThan(0);
    expect(other.of('find')).toEqual([]);
  });
});

interface ServersOptions extends Pick<Case, 'isSecondary' | 'pauseMs'> {
  readonly replies?: Readonly<Record<string, () => object>>;
}

const DUPLICATE = { index: 0, code: 11_000, keyPattern: { _id: 1 }, keyValue: { _id: 'order-1' } };

/** Two members of a replica set, and the AWS that holds the secret with the address of the first one. */
async function startServers({ isSecondary = false, pauseMs = 30, replies = {} }: ServersOptions) {
  const tls = await certificate();
  const pause = () => sleep(pauseMs);
  const ports: number[] = [];
  const hello = (index: number) => {
    const isPrimary = (index === 0) !== isSecondary;
    return {
      setName: 'rs0',
      hosts: ports.map((port) => `127.0.0.1:${port}`),
      me: `127.0.0.1:${ports[index]}`,
      isWritablePrimary: isPrimary,
      secondary: !isPrimary,
    };
  };
  const server = await startDocumentdbServer({ tls, pause, replies, hello: () => hello(0) });
  const other = await startDocumentdbServer({ tls, pause, hello: () => hello(1) });
  ports.push(server.port, other.port);
  const secret = { host: '127.0.0.1', port: server.port, username: 'sink', password: PASSWORD };
  const uri = `mongodb://sink:${encodeURIComponent(PASSWORD)}@127.0.0.1:${server.port}/?replicaSet=rs0&tls=true`;
  const aws = await startAwsServer({
    GetSecretValue: ({ body }) => ({ ARN: body.SecretId, SecretString: JSON.stringify({ ...secret, uri }) }),
    GET: () => readFile(caFile),
  });
  return { aws, server, other };
}

async function certificate() {
  const read = (name: string) => readFile(join(dirname(caFile), name));
  const [cert, key] = await Promise.all([read('server.pem'), read('server.key')]);
  return { cert, key };
}
