import { describe, expect, it } from 'vitest';
import { EntryDraft } from '../../../../../functions/kinesis-sink/plan/entry.ts';
import type { PlannedRecord } from '../../../../../functions/kinesis-sink/plan/plan.ts';
import { payloadOf } from '../../../../../shared/record.ts';
import { aRecord } from '../../../../support/builders.ts';
import { decodeAggregate } from '../../../../support/kpl/deaggregate.ts';

const planned = (partitionKey: string, text: string): PlannedRecord => {
  const data = payloadOf(Buffer.from(text).toString('base64'));
  return {
    record: aRecord(),
    partitionKey,
    explicitHashKey: '7',
    data,
    byteLength: data.byteLength + partitionKey.length,
  };
};

const entryOf = ([first, ...others]: readonly PlannedRecord[], partitionKey?: string) => {
  const draft = new EntryDraft(first as PlannedRecord, { bytesMax: 1_000, recordsMax: 10 }, partitionKey);
  for (const record of others) draft.add(record, draft.lengthWith(record) ?? Number.NaN);
  return draft.close();
};

describe('the length of an entry', () => {
  const keys = ['k', 'a much longer key', 'ключ'];
  it.each([
    { what: 'one record', records: keys.slice(0, 1), partitionKey: undefined },
    { what: 'records of several keys, under the first one', records: keys, partitionKey: undefined },
    { what: 'the same the other way round', records: keys.toReversed(), partitionKey: undefined },
    { what: 'records under a key of their own', records: keys, partitionKey: 'bucket' },
  ])('is that of the data and of the partition key that Kinesis gets: $what', ({ records, partitionKey }) => {
    const entry = entryOf(
      records.map((key) => planned(key, `value of ${key}`)),
      partitionKey,
    );
    const data = Buffer.from(entry.dataBase64, 'base64');
    expect(entry.byteLength).toBe(data.byteLength + Buffer.byteLength(entry.partitionKey));
    if (records.length > 1)
      expect(decodeAggregate(data)).toMatchObject({ records: records.map((partitionKey) => ({ partitionKey })) });
  });
});
