import { randomUUID } from 'node:crypto';
import type { CommandStartedEvent, MongoClient } from 'mongodb';
import { expect, inject } from 'vitest';
import { createNativeMapper } from '../../functions/documentdb-sink/plan/native-mapper.ts';
import type { RecordMapper } from '../../functions/documentdb-sink/plan/record-mapper.ts';
import { createDocumentdbSink } from '../../functions/documentdb-sink/sink.ts';
import { createDocumentStore } from '../../functions/documentdb-sink/target/client.ts';
import { addressOfSecret, addressOfUri } from '../../functions/documentdb-sink/target/connection/address.ts';
import type { ConnectionSecret } from '../../functions/documentdb-sink/target/connection/secret.ts';
import { bundleOfFile, createTlsContextReader } from '../../functions/documentdb-sink/target/connection/tls-context.ts';
import type { DocumentStore } from '../../functions/documentdb-sink/target/document-store.ts';
import { documentDbClient } from '../../local/engines/documentdb/documentdb-client.ts';
import type { SourceRecord } from '../../shared/record.ts';
import { systemClock } from '../../shared/time/clock.ts';
import { inWords } from './a-documentdb-sink.ts';
import { aRecord, batchesOf, deadlineIn } from './builders.ts';
import { endpointsOf } from './engines-of-run.ts';
import { fakeDeadLetters } from './fake-dead-letters.ts';
import { recordedTelemetry } from './recorded-telemetry.ts';

export const { host, port, username, password, administrator, caFile } = (await endpointsOf(inject('runFolder')))
  .documentdb;

export const database = `sink_${randomUUID().slice(0, 8)}`;

/** A fail point strikes commands of this name alone: other files use the same server. */
export const APP_NAME = `documentdb-sink-${randomUUID()}`;

export const secret: ConnectionSecret = { host, port, username, password };

/** For looking at the server past the sink. */
export const admin = documentDbClient({ host, port, caFile }, administrator);

export const clients: MongoClient[] = [];

export const commands: CommandStartedEvent[] = [];

export interface StoreSetup {
  readonly secrets?: readonly ConnectionSecret[];
  /** In place of the secret. */
  readonly uri?: string;
  readonly ca?: string;
}

/** The real client, watched. Of several secrets, each is given once and the last one from then on. */
export function aStore({ secrets = [secret], uri, ca = caFile }: StoreSetup = {}) {
  let readCount = 0;
  const connecting = recordedTelemetry();
  const store = createDocumentStore({
    readAddress: () => {
      readCount += 1;
      const current = secrets[Math.min(readCount, secrets.length) - 1] ?? secret;
      return Promise.resolve(uri === undefined ? addressOfSecret(current, 'secantus') : addressOfUri(uri));
    },
    readTlsContext: createTlsContextReader(bundleOfFile(ca)),
    poolSizeMax: 3,
    appName: APP_NAME,
    clock: systemClock,
    ...connecting,
    onClient: (client) => {
      clients.push(client);
      client.on('commandStarted', (event) => commands.push(event));
    },
  });
  return { store, secretReads: () => readCount, connecting };
}

export interface SinkSetup {
  readonly store: DocumentStore;
  readonly collection: string;
  readonly deletes?: 'tombstone' | 'hard';
  /** Default: the raw key as `_id`, extended JSON. */
  readonly mapper?: RecordMapper;
  readonly remainingMs?: number;
}

export async function write(
  { store, collection, deletes = 'tombstone', mapper, remainingMs = 30_000 }: SinkSetup,
  records: SourceRecord[],
) {
  const { queue, deadLetters } = fakeDeadLetters();
  const telemetry = recordedTelemetry();
  const sink = createDocumentdbSink({
    settings: {
      deletes,
      tombstoneTtlSeconds: 86_400,
      epochs: new Map(),
      onNoMatch: 'ignore',
      onPoison: 'deadLetter',
      poolSizeMax: 3,
    },
    mapper: mapper ?? createNativeMapper({ database, collection }),
    store,
    deadLetters: queue,
    clock: systemClock,
    random: Math.random,
    log: telemetry.log,
    meter: telemetry.meter,
  });
  const outcomes = await sink.write(batchesOf(records), deadlineIn(systemClock.nowMs(), remainingMs));
  return { words: outcomes.map(inWords), outcomes, deadLetters, telemetry };
}

export const order = (offset: number, key: string, fields: object = {}) =>
  aRecord({ offset, key, value: JSON.stringify({ v: offset, ...fields }) });

export const tombstone = (offset: number, key: string) => aRecord({ offset, key, value: null });

export const freshCollection = () => `orders_${randomUUID().slice(0, 8)}`;

export const read = (collection: string, id: string) =>
  admin.db(database).collection<{ _id: string }>(collection).findOne({ _id: id }, { promoteValues: false });

/** No txnNumber, and no command or operator beyond those of this list, which DocumentDB supports. */
export function expectKnownCommands(): void {
  expect(commands.length).toBeGreaterThan(0);
  const names = new Set(commands.map(({ commandName }) => commandName));
  const known = [
    'hello',
    'update',
    'delete',
    'insert',
    'find',
    'listIndexes',
    'createIndexes',
    'endSessions',
    'saslStart',
    'saslContinue',
    'getEngineVersion',
  ];
  expect([...names].filter((name) => !known.includes(name))).toEqual([]);
  const withoutClock = (name: string, value: unknown) => (name === '$clusterTime' ? undefined : value);
  const text = commands
    .map(({ command }) =>
      JSON.stringify(command, (name, value) => (typeof value === 'bigint' ? Number(value) : withoutClock(name, value))),
    )
    .join('\n');
  expect(text).not.toContain('txnNumber');
  const operators = [...new Set(text.match(/"\$\w+"/g))];
  const allowed = ['$db', '$readPreference', '$not', '$gt', '$gte', '$in', '$exists'];
  const updating = ['$set', '$unset', '$setOnInsert', '$inc', '$push', '$each', '$slice'];
  expect(operators.filter((name) => ![...allowed, ...updating].includes(name.slice(1, -1)))).toEqual([]);
}
