// A producer sets a record's time as it likes. One such record must hold up neither its event nor a sink.
import { readFileSync } from 'node:fs';
import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { createRecordMapper } from '../../../functions/documentdb-sink/connector/create-record-mapper.ts';
import { readConnector } from '../../../functions/documentdb-sink/connector/file/read-connector.ts';
import { runBatch } from '../../../shared/run-batch.ts';
import type { Sink } from '../../../shared/sink-contract.ts';
import { aDocumentdbSink } from '../../support/a-documentdb-sink.ts';
import { aKinesisSink } from '../../support/a-kinesis-sink.ts';
import { deadlineIn } from '../../support/builders.ts';
import { fakeDeadLetters } from '../../support/fake-dead-letters.ts';
import { fakeKinesis } from '../../support/fake-kinesis.ts';
import { recordedTelemetry } from '../../support/recorded-telemetry.ts';
import type { VirtualClock } from '../../support/virtual-clock.ts';

const EVENT = readFileSync(new URL('../../fixtures/events/times-a-producer-sets.json', import.meta.url), 'utf8');
const RECORDS = 8;
const ROUNDED = 4;

async function invoke({ sink, clock }: { readonly sink: Sink; readonly clock: VirtualClock }) {
  const telemetry = recordedTelemetry();
  const parts = { sink, triggerMode: 'provisioned', clock, log: telemetry.log, meter: telemetry.meter } as const;
  const response = await clock.run(runBatch(JSON.parse(EVENT), deadlineIn(clock.nowMs()), parts));
  return { response, metrics: telemetry.metrics() };
}

const delivered = { RecordsWritten: RECORDS, RecordsUnsettled: 0, TimestampsRounded: ROUNDED };

describe('records with times that no clock shows are delivered, and counted where the JSON parser rounded them', () => {
  it.each(['none', 'json'] as const)('to Kinesis, envelope %s', async (envelope) => {
    const kinesis = fakeKinesis();
    const { response, metrics } = await invoke(aKinesisSink({ port: kinesis.port, envelope }));
    expect(response.batchItemFailures).toEqual([]);
    expect(metrics).toMatchObject(delivered);
    expect(kinesis.stored).toHaveLength(RECORDS);
  });

  it('to Kinesis with the time in the envelope, an integer of 64 bits', async () => {
    const kinesis = fakeKinesis();
    await invoke(aKinesisSink({ port: kinesis.port, envelope: 'json' }));
    const times = kinesis.stored.map(({ dataBase64 }) => {
      const text = Buffer.from(dataBase64, 'base64').toString();
      return BigInt(/"timestamp":(-?\d+)/.exec(text)?.[1] ?? '');
    });
    expect(times).toContain(1_700_000_000_123n);
    expect(times).toContain(-2n);
    expect(times.filter((time) => BigInt.asIntN(64, time) !== time)).toEqual([]);
  });

  it('to DocumentDB', async () => {
    const sink = aDocumentdbSink();
    const { response, metrics } = await invoke(sink);
    expect(response.batchItemFailures).toEqual([]);
    expect(metrics).toMatchObject(delivered);
    expect(sink.store.get('b')?.get('_k')).toMatchObject({ ts: 1_700_000_000_123_456_768n });
  });

  it('to DocumentDB guarded by these times, with the time in the document', async () => {
    const connector = readConnector(
      `connector.class=com.mongodb.kafka.connect.MongoSinkConnector
topics=orders
connection.uri=mongodb://127.0.0.1
database=shop
key.converter=org.apache.kafka.connect.storage.StringConverter
value.converter=org.apache.kafka.connect.json.JsonConverter
value.converter.schemas.enable=false
document.id.strategy=com.mongodb.kafka.connect.sink.processor.id.strategy.KafkaMetaDataStrategy
post.processor.chain=com.mongodb.kafka.connect.sink.processor.DocumentIdAdder,com.mongodb.kafka.connect.sink.processor.KafkaMetaAdder
msksinks.guard=timestamp
`,
      { where: 'test' },
    );
    const sink = aDocumentdbSink({ mapper: createRecordMapper(connector, 'test') });
    const { response, metrics } = await invoke(sink);
    expect(response.batchItemFailures).toEqual([]);
    expect(metrics).toMatchObject(delivered);
    const statements = sink.store.calls.flatMap((call) => call.statements);
    // What the driver does with them: an Int64 that is too great would throw.
    const bytes = statements.map((statement) => BSON.serialize(new Map(Object.entries(statement))));
    expect(bytes).toHaveLength(RECORDS);
    const values = sink.store
      .collection()
      .all()
      .map((document) => document.get('CREATE_TIME'));
    expect(values).toContain(-2n);
    expect(values).toContain(BigInt(2 ** 63 - 1_024));
  });

  it('into dead letters, where a record is poison for another reason', async () => {
    const { queue, deadLetters } = fakeDeadLetters();
    await invoke(aKinesisSink({ port: fakeKinesis().port, deadLetters: queue, recordBytesMax: 1 }));
    expect(deadLetters.map(({ timestamp }) => timestamp)).toContain(-86_400_000);
    expect(deadLetters).toHaveLength(RECORDS);
  });
});
