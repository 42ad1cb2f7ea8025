import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import type { Statement } from '../../../../functions/documentdb-sink/target/document-store.ts';
import { seededRandom } from '../../../../local/seeded-random.ts';
import type { SourceRecord } from '../../../../shared/record.ts';
import { settle } from '../../../../shared/settle.ts';
import { logBatch, measureBatch } from '../../../../shared/telemetry/batch-report.ts';
import { aDocumentdbSink } from '../../../support/a-documentdb-sink.ts';
import { aRecord, batchesOf } from '../../../support/builders.ts';
import { everyPolicy, type NamedPolicy } from '../../../support/every-strategy.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import { FakeDocuments } from '../../../support/fake-documents.ts';
import { CANARY, HostilePayloads } from '../../../support/hostile-payloads.ts';
import { randomRuns } from '../../../support/random-runs.ts';

/** How many records are delivered; `HOSTILE_RECORDS=1000000` for a long run, `HOSTILE_SEED` for one that failed. */
const RECORDS = Number(process.env['HOSTILE_RECORDS'] ?? randomRuns(5_000));
const SEED = Number(process.env['HOSTILE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const BATCH_RECORDS = 50;
const POLICIES = everyPolicy();

/** As the driver: a command that it can make no bytes of throws as a whole. */
function serializingDocuments(): FakeDocuments {
  const documents = new FakeDocuments();
  const write = documents.write.bind(documents);
  documents.write = async (namespace, kind, statements: readonly Statement[], signal) => {
    BSON.serialize({ statements } as unknown as BSON.Document);
    return write(namespace, kind, statements, signal);
  };
  return documents;
}

function batchOf(seed: number): readonly SourceRecord[] {
  const payloads = new HostilePayloads(seededRandom(seed));
  return Array.from({ length: BATCH_RECORDS }, (_, offset) =>
    aRecord({ offset, partition: offset % 3, key: payloads.next(), value: payloads.next() }),
  );
}

async function deliver({ mapper, deletes }: NamedPolicy, records: readonly SourceRecord[]) {
  const deadLetters = fakeDeadLetters();
  const sink = aDocumentdbSink({ mapper, deletes, documents: serializingDocuments(), deadLetters: deadLetters.queue });
  const outcomes = await sink.write(records);
  const { log, meter, lines, metrics } = sink.telemetry;
  const batches = batchesOf(records);
  const settlements = settle(batches, outcomes);
  const summary = { batches, outcomes, settlements, durationMs: 1, wallTimeMs: 0 };
  measureBatch(summary, meter);
  logBatch(summary, log);
  const reasons = deadLetters.deadLetters.map(({ reason, code, stage }) => ({ reason, code, stage }));
  return { outcomes, metrics: metrics(), said: JSON.stringify([lines, outcomes, reasons]) };
}

describe('a hostile payload', () => {
  it(
    `becomes an outcome, and is never quoted (${RECORDS} records, seed ${SEED})`,
    async () => {
      for (let first = 0; first < RECORDS; first += BATCH_RECORDS) {
        const seed = SEED + first;
        const named = POLICIES[(first / BATCH_RECORDS) % POLICIES.length] as NamedPolicy;
        const where = `HOSTILE_SEED=${seed}, policy ${named.name}`;
        const records = batchOf(seed);
        const { outcomes, metrics, said } = await deliver(named, records).catch((error: unknown) => {
          throw new Error(`${where}: write threw`, { cause: error });
        });
        expect(outcomes.length, where).toBe(records.length);
        expect(metrics['PlanningFailures'], where).toBeUndefined();
        expect(said, where).not.toContain(CANARY);
        expect(JSON.stringify(metrics), where).not.toContain(CANARY);
      }
    },
    30_000 + RECORDS,
  );
});
