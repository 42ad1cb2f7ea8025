import { createRecordMapper } from '../../../functions/documentdb-sink/connector/create-record-mapper.ts';
import { functionSettings } from '../../../functions/documentdb-sink/connector/file/function-settings.ts';
import { readConnector } from '../../../functions/documentdb-sink/connector/file/read-connector.ts';
import { createNativeMapper } from '../../../functions/documentdb-sink/plan/native-mapper.ts';
import { SettingsError } from '../../../shared/errors.ts';
import { settle } from '../../../shared/settle.ts';
import { logBatch, measureBatch } from '../../../shared/telemetry/batch-report.ts';
import { aDocumentdbSink } from '../../support/a-documentdb-sink.ts';
import { aRecord, batchesOf } from '../../support/builders.ts';
import { CONVERTERS, STRATEGIES } from '../../support/every-strategy.ts';
import { fakeDeadLetters } from '../../support/fake-dead-letters.ts';
import { HostilePayloads } from '../../support/hostile-payloads.ts';
import { below, pick, type Random } from '../mutate.ts';
import { CANARY, expectThat, type FuzzTarget } from '../target.ts';

const RECORDS = 20;

interface PayloadsInput {
  /** Of a connector file; null: the settings of a stage file decide. */
  readonly properties: Readonly<Record<string, string>> | null;
  readonly records: readonly {
    readonly timestampMs: number;
    readonly keyBase64: string | null;
    readonly valueBase64: string | null;
  }[];
}

/** Whatever a record holds, every configuration makes an outcome of it, and nothing of the record is said. */
export const payloads: FuzzTarget<PayloadsInput> = {
  name: 'payloads',
  generate(random) {
    const source = new HostilePayloads(random);
    return {
      properties: someProperties(random),
      records: Array.from({ length: RECORDS }, () => ({
        timestampMs: pick(random, [1_700_000_000_000, -1, 0, 8.64e15 + 1, -(2 ** 62)]),
        keyBase64: source.next()?.toString('base64') ?? null,
        valueBase64: source.next()?.toString('base64') ?? null,
      })),
    };
  },
  async check({ properties, records: parts }) {
    const policy = policyOf(properties);
    if (policy === undefined) return;
    const bytes = (base64: string | null) => (base64 === null ? null : Buffer.from(base64, 'base64'));
    const records = parts.map(({ timestampMs, keyBase64, valueBase64 }, offset) =>
      aRecord({
        offset,
        partition: offset % 3,
        timestampMs,
        key: bytes(keyBase64),
        value: bytes(valueBase64),
        headers: [{ name: CANARY, value: new Uint8Array([0xff]) }],
      }),
    );
    const letters = fakeDeadLetters();
    const sink = aDocumentdbSink({ ...policy, deadLetters: letters.queue });
    const outcomes = await sink.write(records);
    const { log, meter, lines, metrics } = sink.telemetry;
    const batches = batchesOf(records);
    const summary = { batches, outcomes, settlements: settle(batches, outcomes), durationMs: 1, wallTimeMs: 0 };
    measureBatch(summary, meter);
    logBatch(summary, log);
    expectThat(outcomes.length === records.length, 'one outcome for each record');
    expectThat(metrics()['PlanningFailures'] === undefined, 'planning threw');
    const reasons = letters.deadLetters.map(({ reason, code, stage }) => ({ reason, code, stage }));
    expectThat(
      !JSON.stringify([lines, metrics(), outcomes, reasons]).includes(CANARY),
      'something of a record is said',
    );
  },
};

/** The properties of one strategy, mixed with some of others. */
function someProperties(random: Random): PayloadsInput['properties'] {
  if (random() < 0.05) return null;
  const mixed = Array.from({ length: 1 + below(random, 3) }, () => Object.entries(pick(random, STRATEGIES)));
  const chosen = mixed.flatMap((entries, index) => (index === 0 ? entries : entries.filter(() => random() < 0.5)));
  return { topics: 'orders', database: 'shop', ...pick(random, CONVERTERS), ...Object.fromEntries(chosen) };
}

/** Undefined: the reader refuses the properties. */
function policyOf(properties: PayloadsInput['properties']) {
  if (properties === null) return { mapper: createNativeMapper({ database: 'shop' }), deletes: 'tombstone' as const };
  try {
    const connector = readConnector(JSON.stringify(properties), { where: 'fuzz' });
    return { mapper: createRecordMapper(connector, 'fuzz'), deletes: functionSettings(connector).deletes };
  } catch (error) {
    if (error instanceof SettingsError) return undefined;
    throw error;
  }
}
