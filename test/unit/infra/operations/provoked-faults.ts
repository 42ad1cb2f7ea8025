import { createCertificateWatch } from '../../../../functions/documentdb-sink/target/connection/certificate-watch.ts';
import { createDeadLetterQueue } from '../../../../shared/dead-letter/dead-letter-queue.ts';
import type { SourceRecord } from '../../../../shared/record.ts';
import { runBatch } from '../../../../shared/run-batch.ts';
import type { Sink } from '../../../../shared/sink-contract.ts';
import { aDocumentdbSink, notJson, order } from '../../../support/a-documentdb-sink.ts';
import { aKinesisSink } from '../../../support/a-kinesis-sink.ts';
import { aRecord, deadlineIn } from '../../../support/builders.ts';
import { fakeKinesis } from '../../../support/fake-kinesis.ts';
import type { recordedTelemetry } from '../../../support/recorded-telemetry.ts';
import type { VirtualClock } from '../../../support/virtual-clock.ts';

/** What one invocation published, by metric. */
export type PublishedMetrics = Readonly<Record<string, number>>;

interface Invoked {
  readonly sink: Sink;
  readonly clock: VirtualClock;
  readonly telemetry: ReturnType<typeof recordedTelemetry>;
}

/** Runs an invocation of a sink with the records, on its virtual clock. */
async function publishedBy(
  { sink, clock, telemetry }: Invoked,
  ...batches: readonly (readonly SourceRecord[])[]
): Promise<PublishedMetrics> {
  let metrics: PublishedMetrics = {};
  for (const records of batches) {
    const parts = { sink, triggerMode: 'provisioned', clock, log: telemetry.log, meter: telemetry.meter } as const;
    await clock.run(runBatch(eventOf(records), deadlineIn(clock.nowMs()), parts));
    metrics = telemetry.metrics();
  }
  return metrics;
}

const eventOf = (records: readonly SourceRecord[]) => ({
  eventSource: 'aws:kafka',
  records: Object.fromEntries(
    [...Map.groupBy(records, ({ position }) => position.topicPartition)].map(([topicPartition, own]) => [
      topicPartition,
      own.map(({ position, timestampMs, key, value }) => ({
        ...{ topic: position.topic, partition: position.partition, offset: position.offset },
        ...{ timestamp: timestampMs, timestampType: 'CREATE_TIME', headers: [] },
        ...(key && { key: key.base64 }),
        ...(value && { value: value.base64 }),
      })),
    ]),
  ),
});

const fresh = (clock: VirtualClock, count: number) =>
  Array.from({ length: count }, (_, offset) => aRecord({ offset, timestampMs: clock.wallTimeMs() }));

/** Everything went well. */
export async function healthyKinesis(): Promise<PublishedMetrics> {
  const sink = aKinesisSink({ port: fakeKinesis().port });
  return await publishedBy(sink, fresh(sink.clock, 10));
}

export async function healthyDocumentdb(): Promise<PublishedMetrics> {
  const sink = aDocumentdbSink();
  return await publishedBy(sink, fresh(sink.clock, 10));
}

/** Each fault by the alarm that it raises, and what the function publishes of it. */
export const FAULTS: Readonly<Record<string, () => Promise<PublishedMetrics>>> = {
  RecordsBlocked: () => publishedBy(aDocumentdbSink({ onPoison: 'block' }), [notJson(0, 'a')]),
  RecordsUnsettled: () =>
    publishedBy(aDocumentdbSink({ documents: { faultOfAll: { kind: 'unreachable' } } }), [order(0, 'a')]),
  RecordAge: () => {
    const sink = aDocumentdbSink();
    return publishedBy(sink, [aRecord({ timestampMs: sink.clock.wallTimeMs() - 901_000 })]);
  },
  DeadLetters: () => publishedBy(aDocumentdbSink(), [notJson(0, 'a')]),
  DeadLetterWritesFailed: () => {
    const sink = aDocumentdbSink({ deadLetters: { put: (letter, signal) => queue.put(letter, signal) } });
    const queue = createDeadLetterQueue({
      ...sink.telemetry,
      clock: sink.clock,
      random: () => 0.5,
      store: { put: () => Promise.reject(new Error('the bucket is gone')) },
    });
    return publishedBy(sink, [notJson(0, 'a')]);
  },
  PlanningFailures: () => {
    const mapper = () => {
      throw new Error('a fault of the sink');
    };
    return publishedBy(aDocumentdbSink({ mapper }), [order(0, 'a')]);
  },
  OrderAnomalies: () => {
    const { port } = fakeKinesis();
    let sequenceNumber = 100;
    const backwards: typeof port = {
      ...port,
      async putRecords(entries, signal) {
        const replies = await port.putRecords(entries, signal);
        return replies.map((reply) => {
          sequenceNumber -= 1;
          return { ...reply, sequenceNumber: String(sequenceNumber) };
        });
      },
    };
    const ofOneKey = [0, 1, 2].map((offset) => aRecord({ offset, key: 'a' }));
    return publishedBy(aKinesisSink({ port: backwards }), ofOneKey);
  },
  StaleButNewer: () => publishedBy(aDocumentdbSink(), [order(5, 'a')], [newer(order(3, 'a'))]),
  CertificateDaysLeft: () => {
    const { telemetry, clock } = aDocumentdbSink();
    const certificate = { valid_to: new Date(clock.wallTimeMs() + 29 * 24 * 60 * 60 * 1000).toUTCString() };
    createCertificateWatch({ clock, meter: telemetry.meter })('localhost', certificate as never);
    return Promise.resolve(telemetry.metrics());
  },
  /** As the client publishes it with each request: the age of the session that it used. */
  CredentialAge: () => Promise.resolve({ CredentialAge: 3_590 }),
};

const newer = (record: SourceRecord): SourceRecord => ({ ...record, timestampMs: record.timestampMs + 60_000 });
