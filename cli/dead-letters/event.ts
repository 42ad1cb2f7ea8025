import type { SourceRecord } from '../../shared/record.ts';

/** A record as an event of MSK has it. https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html */
export const eventRecordOf = ({ position, timestampMs, timestampType, key, value, headers }: SourceRecord): object => ({
  ...{ topic: position.topic, partition: position.partition, offset: position.offset },
  ...{ timestamp: timestampMs, timestampType: timestampType ?? 'CREATE_TIME' },
  // An absent key or value is null; JSON.stringify leaves undefined fields out.
  ...{ key: key?.base64, value: value?.base64 },
  headers: headers.map(({ name, value: bytes }) => ({ [name]: [...bytes] })),
});

/** An event that asks a function for a redrive. @param records no two of one position */
export const redriveEvent = (records: readonly SourceRecord[]): string =>
  JSON.stringify({
    eventSource: 'aws:kafka',
    mskSinks: 'redrive',
    records: Object.fromEntries(
      [...Map.groupBy(records, ({ position }) => position.topicPartition)].map(([topicPartition, own]) => [
        topicPartition,
        own.map(eventRecordOf),
      ]),
    ),
  });
