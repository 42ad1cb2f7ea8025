import type { BSON } from 'mongodb';
import { createNativeMapper } from '../../../functions/documentdb-sink/plan/native-mapper.ts';
import { createDocumentdbSink } from '../../../functions/documentdb-sink/sink.ts';
import type { DocumentStore, Statement, WriteReply } from '../../../functions/documentdb-sink/target/document-store.ts';
import { seededRandom } from '../../../local/seeded-random.ts';
import type { SourceRecord } from '../../../shared/record.ts';
import documentdbCodes from '../../fixtures/documentdb-error-codes.json' with { type: 'json' };
import { aRecord, batchesOf, deadlineIn } from '../../support/builders.ts';
import { fakeDeadLetters } from '../../support/fake-dead-letters.ts';
import { recordedTelemetry } from '../../support/recorded-telemetry.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { below, pick, type Random } from '../mutate.ts';
import { CANARY, expectThat, type FuzzTarget, type SeedInput } from '../target.ts';

const CODES = [...documentdbCodes.rows.map(({ code }) => code), 11_000, 11_001, 99_999, Number.NaN];
const ERROR_NAMES = [
  'MongoServerSelectionError',
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoWriteConcernError',
  'MongoRuntimeError',
  'AbortError',
  'BSONError',
  `${CANARY} quoted`,
];

/** Whatever DocumentDB answers, each record has one outcome, and only what DocumentDB acknowledged counts as written. */
export const documentdbAnswers: FuzzTarget<SeedInput> = {
  name: 'documentdb-answers',
  generate: (random) => ({ seed: below(random, 2 ** 31) }),
  async check({ seed }) {
    const random = seededRandom(seed);
    const acknowledged = new Set<unknown>();
    const refused = new Set<unknown>();
    const clock = new VirtualClock();
    const { log, meter, lines, metrics } = recordedTelemetry();
    const letters = fakeDeadLetters(() => random() < 0.8);
    const deletes = pick(random, ['hard', 'tombstone'] as const);
    const sink = createDocumentdbSink({
      mapper: createNativeMapper({ database: 'shop' }),
      settings: {
        deletes,
        epochs: new Map(),
        onNoMatch: pick(random, ['ignore', 'deadLetter'] as const),
        tombstoneTtlSeconds: 86_400,
        onPoison: pick(random, ['deadLetter', 'skip', 'block'] as const),
        poolSizeMax: 1 + below(random, 3),
      },
      store: unreliableStore(random, { acknowledged, refused }),
      deadLetters: letters.queue,
      clock,
      random,
      log,
      meter,
    });
    const records = someRecords(random);
    const sent = batchesOf(records).flatMap((batch) => batch.records);
    const deadline = deadlineIn(clock.nowMs(), pick(random, [7_000, 20_000, 60_000]));
    const outcomes = await clock.run(sink.write(batchesOf(records), deadline));
    expectThat(outcomes.length === sent.length, 'one outcome for each record');
    expectThat(clock.nowMs() <= deadline.answerByMs, 'answered too late');
    for (const [index, outcome] of outcomes.entries()) {
      const record = sent[index] as SourceRecord;
      const id = idOf(record);
      expectThat(outcome.position.offset === record.position.offset, 'outcomes in the order of the records');
      expectThat(outcome.kind !== 'written' || acknowledged.has(id), `${id} counts as written unacknowledged`);
      const isDead = outcome.kind === 'deadLettered' || (outcome.kind === 'ignored' && outcome.reason === 'poison');
      expectThat(!isDead || record.key === null || refused.has(id), `${id} is poison, and no answer refused it`);
    }
    const said = JSON.stringify([lines, metrics(), outcomes]);
    expectThat(!said.includes(CANARY), 'a line or an outcome quotes a record or an answer');
  },
};

interface Seen {
  readonly acknowledged: Set<unknown>;
  readonly refused: Set<unknown>;
}

function unreliableStore(random: Random, { acknowledged, refused }: Seen): DocumentStore {
  const outage = async (signal: AbortSignal): Promise<void> => {
    await Promise.resolve();
    if (random() < 0.75) return;
    if (random() < 0.1) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    throw anError(random);
  };
  return {
    limits: async (signal) => {
      await outage(signal);
      return { documentBytesMax: 16_777_216, operationsMax: pick(random, [1, 3, 100_000]) };
    },
    write: async (_namespace, _kind, statements, signal) => {
      const ids = statements.map(idOfStatement);
      await outage(signal).catch((error: unknown) => {
        for (const id of ids) refused.add(id);
        throw error;
      });
      const reply = replyTo(random, statements);
      const failing = new Set(reply.writeErrors.map(({ index }) => index));
      const hasSoundIndexes = reply.writeErrors.every(({ index }) => ids[index] !== undefined);
      for (const [index, id] of ids.entries()) {
        if (failing.has(index) || !hasSoundIndexes) refused.add(id);
        if (!failing.has(index)) acknowledged.add(id);
      }
      return reply;
    },
    findVersions: async (_namespace, ids, signal) => {
      await outage(signal);
      // What a read shows may prove that a write is stored, or that a document is gone.
      for (const id of ids) acknowledged.add(id);
      return ids.filter(() => random() < 0.6).map((id) => aStoredVersion(random, id));
    },
    findVersionsOf: async (_namespace, _filter, signal) => {
      await outage(signal);
      return random() < 0.5 ? undefined : aStoredVersion(random, 'any');
    },
    listIndexes: async (_namespace, signal) => {
      await outage(signal);
      return [];
    },
    ensureTtlIndex: (_namespace, _ttl, signal) => outage(signal),
  };
}

const aStoredVersion = (random: Random, id: unknown) => ({
  id,
  versions: pick<unknown>(random, [
    undefined,
    null,
    CANARY,
    {},
    { 'orders-0': 5n },
    { 'orders-0': 2n ** 62n, 'orders-1': 3n },
    { 'orders-1': 1.5, 'orders-2': -1n },
  ]),
  isDeleted: random() < 0.2,
});

function replyTo(random: Random, statements: readonly Statement[]): WriteReply {
  const writeErrors = statements.flatMap((_statement, index) =>
    random() < 0.8
      ? []
      : { index: random() < 0.95 ? index : pick(random, [-1, 1e6, Number.NaN]), ...aWriteError(random) },
  );
  const count = statements.length - writeErrors.length;
  return { count: random() < 0.95 ? count : pick(random, [-1, 0, count + 1]), writeErrors };
}

const aWriteError = (random: Random) => ({
  code: random() < 0.5 ? 11_000 : pick(random, CODES),
  duplicateIndex: pick(random, [undefined, '_id_', 'email_1']),
});

function anError(random: Random): unknown {
  const code = random() < 0.6 ? pick<unknown>(random, [...CODES, `${CANARY} quoted`, null]) : undefined;
  const fields = { name: pick(random, ERROR_NAMES), ...(code !== undefined && { code }) };
  return pick(random, [Object.assign(new Error(CANARY), fields), fields, null, CANARY, new TypeError(CANARY)]);
}

const someRecords = (random: Random): readonly SourceRecord[] =>
  Array.from({ length: 1 + below(random, 25) }, (_, offset) =>
    aRecord({
      offset,
      partition: below(random, 3),
      key: pick(random, ['a', 'b', 'c', CANARY, null]),
      value: random() < 0.2 ? null : `{"${CANARY}":${offset}}`,
    }),
  );

const idOf = ({ key }: SourceRecord): unknown => (key === null ? null : Buffer.from(key.bytes()).toString());

const idOfStatement = ({ q, document }: Statement): unknown => {
  const { _id, $and } = (q ?? document) as BSON.Document;
  return _id ?? $and?.[0]?._id;
};
