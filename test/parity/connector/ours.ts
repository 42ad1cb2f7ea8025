import type { MongoClient } from 'mongodb';
import { connectorConfiguration } from '../../../functions/documentdb-sink/connector/configuration.ts';
import type { Entry } from '../../../functions/documentdb-sink/connector/file/properties-file.ts';
import { createDocumentdbSink } from '../../../functions/documentdb-sink/sink.ts';
import { createDocumentStore } from '../../../functions/documentdb-sink/target/client.ts';
import {
  bundleOfFile,
  createTlsContextReader,
} from '../../../functions/documentdb-sink/target/connection/tls-context.ts';
import { packagedText } from '../../../infra/connector-file/packaged-connector.ts';
import { buildEvent, recordSerializer } from '../../../local/msk-trigger/runtime/event.ts';
import { runBatch } from '../../../shared/run-batch.ts';
import { type Clock, systemClock } from '../../../shared/time/clock.ts';
import { deadlineOf } from '../../../shared/time/deadline.ts';
import { fakeDeadLetters } from '../../support/fake-dead-letters.ts';
import { recordedTelemetry } from '../../support/recorded-telemetry.ts';
import type { CaseRecord } from './records.ts';
import type { Server } from './server.ts';

/** What our function made of the records, beside the documents. */
export interface OurAnswer {
  readonly dead: readonly string[];
  /** The records that were handed back to the event source mapping. */
  readonly held: readonly string[];
}

const SOURCE = {
  eventSourceArn: 'arn:aws:kafka:eu-west-1:111111111111:cluster/parity/1',
  bootstrapServers: '127.0.0.1:9092',
};
const ATTEMPTS_MAX = 2;
const REMAINING_MS = 30_000;

/** Runs the function on each event, from JSON text to its response. @throws SettingsError of the connector's file */
export async function runOurs(
  entries: readonly Entry[],
  events: readonly (readonly CaseRecord[])[],
  { uri, caFile }: Server,
): Promise<OurAnswer> {
  const clients: MongoClient[] = [];
  const { mapper, preparation, readAddress, sinkSettings } = await configurationOf(entries, uri);
  const { queue, deadLetters } = fakeDeadLetters();
  let deadline = deadlineOf(systemClock.nowMs(), REMAINING_MS);
  // An answer that hands records back is held until nothing more may be sent: nobody waits for that here.
  const waitUntil: Clock['waitUntil'] = (atMs, signal) =>
    atMs === deadline.sendUntilMs ? Promise.resolve() : systemClock.waitUntil(atMs, signal);
  const parts = { ...recordedTelemetry(), clock: { ...systemClock, waitUntil }, random: Math.random };
  const readTlsContext = createTlsContextReader(bundleOfFile(caFile));
  const onClient = (client: MongoClient) => void clients.push(client);
  const store = createDocumentStore({
    ...parts,
    ...sinkSettings,
    readAddress,
    readTlsContext,
    appName: 'parity',
    onClient,
  });
  const sink = createDocumentdbSink({
    ...parts,
    settings: sinkSettings,
    mapper,
    preparation,
    store,
    deadLetters: queue,
  });
  const held = new Set<string>();
  try {
    for (const records of events) {
      const invoke: Invoke = (event) => {
        deadline = deadlineOf(systemClock.nowMs(), REMAINING_MS);
        return runBatch(event, deadline, { ...parts, sink, triggerMode: 'provisioned' });
      };
      for (const place of await deliver(records, invoke)) held.add(place);
    }
  } finally {
    await Promise.all(clients.map((client) => client.close(true)));
  }
  const dead = new Set(deadLetters.map(({ topic, partition, offset }) => `${topic}-${partition}@${offset}`));
  return { dead: [...dead], held: [...held] };
}

const configurationOf = (entries: readonly Entry[], uri: string) =>
  connectorConfiguration({ poolSizeMax: 3 } as Parameters<typeof connectorConfiguration>[0], 'the connector file', {
    readConnectorFile: () => packagedText({ entries: withUri(entries, uri), faults: [] }),
    readSecret: () => Promise.reject(new Error('no secret is read')),
    readParameter: () => Promise.reject(new Error('no parameter is read')),
    environment: process.env,
  });

const withUri = (entries: readonly Entry[], uri: string): readonly Entry[] => [
  ...entries.filter(({ name }) => name !== 'connection.uri'),
  { name: 'connection.uri', value: uri, line: 1 },
];

type Invoke = (event: unknown) => Promise<{
  readonly batchItemFailures: readonly {
    readonly itemIdentifier: { readonly partition: string; readonly offset: number };
  }[];
}>;

/** What is handed back comes again, as with Lambda; returns what is handed back still. */
async function deliver(records: readonly CaseRecord[], invoke: Invoke): Promise<readonly string[]> {
  const event = JSON.parse(buildEvent(SOURCE, partitionsOf(records)));
  let held: readonly string[] = [];
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const { batchItemFailures } = await invoke(event);
    held = batchItemFailures.map(({ itemIdentifier }) => `${itemIdentifier.partition}@${itemIdentifier.offset}`);
    if (held.length === 0) return [];
  }
  return held;
}

function partitionsOf(records: readonly CaseRecord[]) {
  const byPartition = Map.groupBy(records, ({ topic, partition }) => `${topic}-${partition}`);
  return [...byPartition].map(([topicPartition, own]) => {
    const { topic = '', partition = 0 } = own[0] ?? {};
    const serialize = recordSerializer(topic, partition);
    return { topicPartition, partition, records: own.map((record) => serialize(fieldsOf(record))) };
  });
}

const fieldsOf = ({ headers, ...record }: CaseRecord) => ({
  ...record,
  timestampType: 'CREATE_TIME' as const,
  headers: headers.map(([name, text]) => [Buffer.from(name), text === null ? null : Buffer.from(text)] as const),
});
