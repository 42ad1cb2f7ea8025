// Many records of mixed strategies on the real protocol, the server killed, made to refuse and given another password in their
// midst, and parts of the topics read again; then everything read back equals what the strategies alone make of the records.
// STRATEGY_RECORDS: how many (default 100,000). STRATEGY_SEED=<seed> plays a run again, as far as a process of its own allows.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRecordMapper } from '../../functions/documentdb-sink/connector/create-record-mapper.ts';
import { functionSettings } from '../../functions/documentdb-sink/connector/file/function-settings.ts';
import { readConnector } from '../../functions/documentdb-sink/connector/file/read-connector.ts';
import { createDocumentdbSink } from '../../functions/documentdb-sink/sink.ts';
import { createDocumentStore } from '../../functions/documentdb-sink/target/client.ts';
import { addressOfSecret } from '../../functions/documentdb-sink/target/connection/address.ts';
import { bundleOfFile, createTlsContextReader } from '../../functions/documentdb-sink/target/connection/tls-context.ts';
import { differenceOf, expectedOf } from '../../local/connector/expected-documents.ts';
import { type DocumentDb, startDocumentDb } from '../../local/engines/documentdb/documentdb.ts';
import { documentDbClient } from '../../local/engines/documentdb/documentdb-client.ts';
import { INSTALL_ROOT } from '../../local/engines/engines.ts';
import { readTexts } from '../../local/orders/document-reader.ts';
import { seededRandom } from '../../local/seeded-random.ts';
import { isSettled } from '../../shared/outcome.ts';
import type { SourceRecord } from '../../shared/record.ts';
import { systemClock } from '../../shared/time/clock.ts';
import { batchesOf, deadlineIn } from '../support/builders.ts';
import { fakeDeadLetters } from '../support/fake-dead-letters.ts';
import { recordedTelemetry } from '../support/recorded-telemetry.ts';
import { BUSINESS_KEY, STRATEGY_CONNECTOR, strategyRecords } from '../support/strategy-records.ts';

const COUNT = Number(process.env['STRATEGY_RECORDS'] ?? 100_000);
const SEED = Number(process.env['STRATEGY_SEED'] ?? 1 + Math.floor(Math.random() * 999_999));
const BATCH = Math.min(500, Math.ceil(COUNT / 8));
const SHOWN_MAX = 3;
const USERNAME = 'msk_sinks';

let folder: string;
let server: DocumentDb;
let admin: MongoClient;
let password: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'msk-sinks-'));
  server = await startDocumentDb({ installRoot: INSTALL_ROOT, folder, username: USERNAME, progress: () => undefined });
  password = server.user.password;
  admin = documentDbClient(server, server.administrator);
  await admin.db('shop').collection(BUSINESS_KEY.collection).createIndex(BUSINESS_KEY.key, { unique: true });
});
afterAll(async () => {
  await admin?.close(true);
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

const connector = readConnector(STRATEGY_CONNECTOR, { where: 'test' });
const mapper = createRecordMapper(connector, 'test');

function aSink() {
  const telemetry = recordedTelemetry();
  const deadLetters = fakeDeadLetters();
  const common = { clock: systemClock, random: Math.random, log: telemetry.log, meter: telemetry.meter };
  const store = createDocumentStore({
    ...common,
    readAddress: () => Promise.resolve(addressOfSecret({ ...server, username: USERNAME, password }, 'secantus')),
    readTlsContext: createTlsContextReader(bundleOfFile(server.caFile)),
    poolSizeMax: 3,
    appName: 'msk-sinks-test',
  });
  const settings = { ...functionSettings(connector), epochs: connector.epochs, poolSizeMax: 3 };
  return {
    ...createDocumentdbSink({ ...common, settings, mapper, store, deadLetters: deadLetters.queue }),
    telemetry,
    deadLetters,
  };
}

/** Hands a batch in again and again, as a mapping does, until all of it is settled. */
async function deliver(sink: ReturnType<typeof aSink>, records: readonly SourceRecord[]): Promise<void> {
  let rest = records;
  for (let round = 0; rest.length > 0; round += 1) {
    expect(round, `seed ${SEED}`).toBeLessThan(10);
    const batches = batchesOf(rest);
    const outcomes = await sink.write(batches, deadlineIn(systemClock.nowMs(), 40_000));
    const open = new Set(outcomes.filter((outcome) => !isSettled(outcome)).map(({ position }) => position));
    rest = batches.flatMap((batch) => batch.records).filter(({ position }) => open.has(position));
  }
}

const failWrites = (failPoint: object) =>
  admin.db('admin').command({
    configureFailPoint: 'failCommand',
    mode: { times: 3 },
    data: { failCommands: ['update', 'delete', 'insert'], ...failPoint },
  });

const faults = {
  async kill() {
    await server.kill();
    await server.restart();
  },
  notPrimary: () => failWrites({ errorCode: 10107 }),
  lostConnection: () => failWrites({ closeConnection: true }),
  writeConcern: () => failWrites({ writeConcernError: { code: 64, errmsg: 'waiting timed out' } }),
  async changePassword() {
    password = randomUUID();
    await admin.db('admin').command({ updateUser: USERNAME, pwd: password });
    await failWrites({ closeConnection: true });
  },
};

describe('a topic of mixed strategies', () => {
  it(`ends with what the strategies make of ${COUNT} records, seed ${SEED}`, { timeout: 900_000 }, async () => {
    const random = seededRandom(SEED);
    const records = strategyRecords(SEED, COUNT);
    const sink = aSink();
    const batchCount = Math.ceil(COUNT / BATCH);
    // Once the password is another, the server is not started again: it counts as ready when the first one opens it.
    const { kill, notPrimary, lostConnection, writeConcern, changePassword } = faults;
    const acts = [kill, notPrimary, kill, writeConcern, changePassword, lostConnection, notPrimary];
    const actAt = new Map(acts.map((act, index) => [Math.floor(((index + 1) * batchCount) / (acts.length + 1)), act]));
    for (let batch = 0; batch < batchCount; batch += 1) {
      const act = actAt.get(batch);
      const own = records.slice(batch * BATCH, (batch + 1) * BATCH);
      await Promise.all([deliver(sink, own), act?.()]);
      // A mapping that lost its place reads on from an earlier one, and comes by here again.
      if (random() < 0.05) await deliver(sink, records.slice(Math.max(0, batch - 1) * BATCH, (batch + 1) * BATCH));
    }
    const expected = expectedOf(records, mapper);
    expect(expected.poisoned).toEqual([]);
    expect(sink.deadLetters.deadLetters, `seed ${SEED}`).toEqual([]);
    const found = await readTexts(admin, ['shop']);
    for (const topic of connector.topics) {
      const wanted = expected.documents.get(`shop.${topic}`);
      expect(wanted?.length).toBeGreaterThan(10);
      const { missing, unasked } = differenceOf(wanted, found.get(`shop.${topic}`));
      const where = `${topic}: ${missing.length} missing, ${unasked.length} unasked, seed ${SEED}`;
      expect([...missing.slice(0, SHOWN_MAX), ...unasked.slice(0, SHOWN_MAX)], where).toEqual([]);
    }
  });
});
