import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  deadLettered,
  failed,
  type IgnoredReason,
  ignored,
  poison,
  type RecordOutcome,
  skipped,
  written,
} from '../../../shared/outcome.ts';
import type { SourceRecord } from '../../../shared/record.ts';
import { settle } from '../../../shared/settle.ts';
import { logBatch, measureBatch } from '../../../shared/telemetry/batch-report.ts';
import {
  ESSENTIAL_METRICS,
  FURTHER_METRICS,
  IGNORED_METRICS,
  metricsOf,
} from '../../../shared/telemetry/metric-names.ts';
import { createMeter } from '../../../shared/telemetry/telemetry.ts';
import { aRecord, batchesOf } from '../../support/builders.ts';
import { recordedTelemetry } from '../../support/recorded-telemetry.ts';

describe('a meter', () => {
  it('adds what is counted, and keeps the greatest of what peaks', () => {
    const meter = createMeter();
    meter.count('Requests');
    meter.count('Requests', 4);
    for (const value of [-3, 7, 5]) meter.peak('RequestDuration', value, 'Milliseconds');
    meter.peak('CredentialAge', -3, 'Seconds');
    meter.count('BytesSent', 2, 'Bytes');
    meter.count('BytesSent', 3, 'Bytes');
    expect(meter.take()).toEqual([
      { name: 'Requests', unit: 'Count', value: 5 },
      { name: 'RequestDuration', unit: 'Milliseconds', value: 7 },
      { name: 'CredentialAge', unit: 'Seconds', value: -3 },
      { name: 'BytesSent', unit: 'Bytes', value: 5 },
    ]);
  });

  it('keeps the least of what is measured so', () => {
    const meter = createMeter();
    for (const value of [7, 3, 5]) meter.least('RootCertificateDaysLeft', value, 'Count');
    expect(meter.take()).toEqual([{ name: 'RootCertificateDaysLeft', unit: 'Count', value: 3 }]);
  });

  it('begins anew once its metrics are taken', () => {
    const meter = createMeter();
    meter.count('Requests', 2);
    meter.take();
    expect(meter.take()).toEqual([]);
    meter.count('Requests');
    expect(meter.take()).toMatchObject([{ value: 1 }]);
  });
});

const END_MS = 1_700_000_010_000;
const throttled = (record: SourceRecord, detail = 'throttled'): RecordOutcome =>
  failed(record.position, { code: 'throttled', retryable: true, mayBeWritten: false, detail });

function summaryOf(pairs: readonly (readonly [SourceRecord, RecordOutcome])[]) {
  const batches = batchesOf(pairs.map(([record]) => record));
  const outcomeOf = new Map(pairs);
  const outcomes = batches.flatMap(({ records }) =>
    records.map((record) => outcomeOf.get(record) ?? skipped(record.position, 'deadline')),
  );
  return {
    batches,
    outcomes,
    settlements: settle(batches, outcomes),
    durationMs: 250,
    wallTimeMs: END_MS,
  };
}

const blocked = (record: SourceRecord): RecordOutcome =>
  failed(record.position, poison('payload_invalid', 'its value is no JSON'));

describe('a record that blocks', () => {
  const old = aRecord({ partition: 1, offset: 3, timestampMs: END_MS - 9_000 });
  const young = aRecord({ offset: 7, timestampMs: END_MS - 1_000 });
  const fresh = aRecord({ partition: 4, offset: 2, timestampMs: END_MS });
  const ofTheEpoch = aRecord({ partition: 5, offset: 4, timestampMs: 0 });
  const timeless = aRecord({ partition: 2, offset: 5, timestampMs: -1 });
  const retried = aRecord({ partition: 3, offset: 1, timestampMs: END_MS - 99_000 });
  const summary = summaryOf([
    [timeless, blocked(timeless)],
    [fresh, blocked(fresh)],
    [young, blocked(young)],
    [old, blocked(old)],
    [retried, throttled(retried)],
  ]);

  it('is counted, with the age of the oldest one', () => {
    const { meter, metrics } = recordedTelemetry();
    measureBatch(summary, meter);
    expect(metrics()).toMatchObject({ RecordsBlocked: 4, BlockedRecordAge: 9_000 });
  });

  it('is named by its position in one line, the oldest first', () => {
    const { log, lines } = recordedTelemetry();
    logBatch(summary, log);
    const named = lines.filter(({ message }) => message === 'records_blocked');
    expect(named).toMatchObject([
      {
        level: 'warn',
        fields: {
          blockedCount: 4,
          records: [
            { topicPartition: 'orders-1', offset: 3, code: 'payload_invalid', ageMs: 9_000 },
            { topicPartition: 'orders-0', offset: 7, ageMs: 1_000 },
            { topicPartition: 'orders-4', offset: 2, ageMs: 0 },
            { topicPartition: 'orders-2', offset: 5 },
          ],
        },
      },
    ]);
  });

  it('of no known time has no age', () => {
    const { meter, metrics } = recordedTelemetry();
    measureBatch(summaryOf([[timeless, blocked(timeless)]]), meter);
    expect(Object.entries(metrics()).filter(([name]) => name.includes('Block'))).toEqual([['RecordsBlocked', 1]]);
  });

  it('of 1970 has an age', () => {
    const { meter, metrics } = recordedTelemetry();
    measureBatch(summaryOf([[ofTheEpoch, blocked(ofTheEpoch)]]), meter);
    expect(metrics()).toMatchObject({ RecordsBlocked: 1, BlockedRecordAge: END_MS });
  });

  it('is one of at most ten that a line names, however many there are', () => {
    const records = Array.from({ length: 12 }, (_, partition) => aRecord({ partition }));
    const { log, lines } = recordedTelemetry();
    logBatch(summaryOf(records.map((record) => [record, blocked(record)])), log);
    const { fields } = lines.find(({ message }) => message === 'records_blocked') ?? {};
    expect(fields?.['blockedCount']).toBe(12);
    expect(fields?.['records']).toHaveLength(10);
  });

  it('is not there where everything may still succeed', () => {
    const { meter, metrics, log, lines } = recordedTelemetry();
    const patient = summaryOf([[retried, throttled(retried)]]);
    measureBatch(patient, meter);
    logBatch(patient, log);
    expect(metrics()).not.toHaveProperty('RecordsBlocked');
    expect(lines.map(({ message }) => message)).toEqual(['records_unsettled']);
  });
});

const mixed = () => {
  const records = Array.from({ length: 7 }, (_, offset) => aRecord({ offset, timestampMs: END_MS - 1_000 + offset }));
  const outcomes = records.map((record, index): RecordOutcome => {
    const { position } = record;
    const all = [
      written(position),
      ignored(position, 'stale'),
      ignored(position, 'already_applied'),
      ignored(position, 'already_applied'),
      deadLettered(position, 'payload_invalid'),
      throttled(record),
      skipped(position, 'deadline'),
    ];
    return all[index] as RecordOutcome;
  });
  return summaryOf(records.map((record, index) => [record, outcomes[index] as RecordOutcome]));
};

describe('the metrics of a batch', () => {
  const measured = (summary: ReturnType<typeof summaryOf>) => {
    const { meter, metrics } = recordedTelemetry();
    measureBatch(summary, meter);
    return metrics();
  };

  it('are one number a kind of outcome, one a reason to ignore, its duration, and the age of its oldest record', () => {
    expect(measured(mixed())).toEqual({
      RecordsReceived: 7,
      RecordsUnsettled: 2,
      RecordsWritten: 1,
      RecordsIgnored: 3,
      RecordsIgnoredStale: 1,
      RecordsIgnoredAlreadyApplied: 2,
      RecordsDeadLettered: 1,
      RecordsFailed: 1,
      RecordsSkipped: 1,
      BatchDuration: 250,
      RecordAge: 1_000,
    });
  });

  it('have the unit that alarms and the dashboard read', () => {
    const record = aRecord();
    const meter = createMeter();
    measureBatch(summaryOf([[record, blocked(record)]]), meter);
    const times = meter.take().filter(({ unit }) => unit !== 'Count');
    expect(times.map(({ name, unit }) => `${name}: ${unit}`)).toEqual([
      'BatchDuration: Milliseconds',
      'BlockedRecordAge: Milliseconds',
      'RecordAge: Milliseconds',
    ]);
  });

  it.each<[IgnoredReason, string]>([
    ['stale', 'RecordsIgnoredStale'],
    ['already_applied', 'RecordsIgnoredAlreadyApplied'],
    ['tombstone', 'RecordsIgnoredTombstone'],
    ['poison', 'RecordsIgnoredPoison'],
    ['no_match', 'RecordsIgnoredNoMatch'],
    ['noop', 'RecordsIgnoredNoop'],
    ['filtered', 'RecordsIgnoredFiltered'],
  ])('count a record that is ignored as %s under %s', (reason, name) => {
    const record = aRecord();
    expect(measured(summaryOf([[record, ignored(record.position, reason)]]))).toMatchObject({
      RecordsIgnored: 1,
      [name]: 1,
    });
  });

  it.each([
    { name: 'the oldest of all partitions counts', ages: [5, 900, 70], expected: 900 },
    { name: 'a clock that runs ahead of ours is no age', ages: [-60_000], expected: 0 },
    { name: 'a record without a time has no age', ages: [END_MS + 1], expected: undefined },
    { name: 'a record of 1970 has one', ages: [END_MS], expected: END_MS },
  ])('$name', ({ ages, expected }) => {
    const records = ages.map((ageMs, partition) => aRecord({ partition, timestampMs: END_MS - ageMs }));
    expect(measured(summaryOf(records.map((record) => [record, written(record.position)])))['RecordAge']).toBe(
      expected,
    );
  });
});

describe('the log line of a batch', () => {
  const logged = (summary: ReturnType<typeof summaryOf>) => {
    const { log, lines } = recordedTelemetry();
    logBatch(summary, log);
    return lines;
  };

  it('says what became of the records', () => {
    expect(logged(mixed())).toEqual([
      {
        level: 'warn',
        message: 'records_unsettled',
        fields: {
          recordCount: 7,
          writtenCount: 1,
          ignored: { stale: 1, already_applied: 2 },
          deadLetteredCount: 1,
          durationMs: 250,
          unsettledCount: 2,
          unsettledPartitionCount: 1,
          partitions: [{ topicPartition: 'orders-0', unsettledCount: 2, lowestOffset: 5, codes: { throttled: 1 } }],
          details: ['throttled'],
        },
      },
    ]);
  });

  it('says nothing of partitions when all is settled', () => {
    const record = aRecord();
    expect(logged(summaryOf([[record, written(record.position)]]))).toEqual([
      {
        level: 'info',
        message: 'batch_settled',
        fields: { recordCount: 1, writtenCount: 1, ignored: {}, deadLetteredCount: 0, durationMs: 250 },
      },
    ]);
  });

  it('names the unsettled partitions alone, and each detail once', () => {
    const settled = aRecord({ partition: 0 });
    const open = [aRecord({ partition: 1, offset: 4 }), aRecord({ partition: 1, offset: 5 })];
    const summary = summaryOf([[settled, written(settled.position)], ...open.map((r) => [r, throttled(r)] as const)]);
    expect(logged(summary)).toMatchObject([
      { fields: { unsettledPartitionCount: 1, partitions: [{ topicPartition: 'orders-1' }], details: ['throttled'] } },
    ]);
    expect(logged(summary)[0]?.fields['partitions']).toHaveLength(1);
  });

  it('stays short: 20 partitions and 5 details, however many there are', () => {
    const records = Array.from({ length: 30 }, (_, partition) => aRecord({ partition }));
    const [line] = logged(summaryOf(records.map((record, index) => [record, throttled(record, `detail ${index}`)])));
    expect(line?.fields).toMatchObject({ unsettledCount: 30, unsettledPartitionCount: 30 });
    expect(line?.fields['partitions']).toHaveLength(20);
    expect(line?.fields['details']).toEqual(['detail 0', 'detail 1', 'detail 2', 'detail 3', 'detail 4']);
  });
});

describe('the documents', () => {
  const pages = readdirSync('docs').filter((name) => name.endsWith('.md'));
  const documented = pages.map((name) => readFileSync(join('docs', name), 'utf8')).join('\n');
  const sources = ['functions', 'shared'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8')),
  );

  it.each([...ESSENTIAL_METRICS, ...FURTHER_METRICS])('say what %s means', (metric) => {
    expect(documented).toContain(`\`${metric}\``);
  });

  it('know every log line', () => {
    const messages = sources.flatMap((text) =>
      [...text.matchAll(/(?:\.(?:info|warn)\(|warnOnce\(|message: )'([a-z]+(?:_[a-z]+)+)'/g)].map(
        ([, message = '']) => message,
      ),
    );
    expect(new Set(messages)).toContain('stream_keeps_no_order');
    expect([...new Set(messages)].filter((message) => !documented.includes(`\`${message}\``))).toEqual([]);
  });
});

describe('the metrics of each function', () => {
  const linesOf = (folder: string): string =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('metric-names.ts'))
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('\n');
  const shared = linesOf('shared');

  /** Which metrics a function's own sources and the shared ones count, and for which reasons its records are ignored. */
  it.each([
    ['kinesisSink', 'functions/kinesis-sink'],
    ['documentdbSink', 'functions/documentdb-sink'],
  ] as const)('%s are those that its sources count: the cost model reads their number', (name, folder) => {
    const counted = (text: string) =>
      [...ESSENTIAL_METRICS, ...FURTHER_METRICS].filter((metric) => text.includes(`'${metric}'`));
    const own = linesOf(folder);
    const gives = (reason: string) =>
      new RegExp(`ignored\\(position, '${reason}'\\)|reason: [^;]*'${reason}'|[?:] '${reason}'`).test(own) ||
      new RegExp(`ignored\\(position, '${reason}'\\)`).test(shared);
    const ofReasons = Object.entries(IGNORED_METRICS).flatMap(([reason, metric]) => (gives(reason) ? [metric] : []));
    expect([...metricsOf(name, 'full')].toSorted()).toEqual(
      [...new Set([...counted(shared), ...counted(own), ...ofReasons])].toSorted(),
    );
    expect(ESSENTIAL_METRICS).toEqual(expect.arrayContaining([...metricsOf(name, 'essential')]));
  });

  it('are as many as the page on operations says', () => {
    const [kinesis, documentdb] = (['kinesisSink', 'documentdbSink'] as const).map((name) => ({
      full: metricsOf(name, 'full').length,
      essential: metricsOf(name, 'essential').length,
    }));
    expect(readFileSync('docs/operations.md', 'utf8')).toContain(
      `up to ${kinesis?.full} for kinesisSink and ${documentdb?.full} for documentdbSink with \`metrics: full\`, ${kinesis?.essential} and ${documentdb?.essential} with`,
    );
  });
});
