import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../../../functions/kinesis-sink/plan/entry.ts';
import { putRecordsBody } from '../../../../../functions/kinesis-sink/target/put-records.ts';

const STREAM = 'arn:aws:kinesis:eu-west-1:222222222222:stream/orders';
const anEntry = (fields: object): Entry => ({ dataBase64: 'e30=', partitionKey: 'order-1', ...fields }) as Entry;

describe('the body of PutRecords', () => {
  it('has the stream, and each entry with its data, partition key and explicit hash key', () => {
    const body = putRecordsBody(STREAM, [anEntry({ dataBase64: '' }), anEntry({ explicitHashKey: '17' })]);
    expect(JSON.parse(body.toString())).toEqual({
      StreamARN: STREAM,
      Records: [
        { Data: '', PartitionKey: 'order-1' },
        { Data: 'e30=', PartitionKey: 'order-1', ExplicitHashKey: '17' },
      ],
    });
  });

  it.each(['é', '日本', '\u{1F600}', '"\\\n\u0000', '\u2028', 'ÿ\u0080\u007f'])(
    'is ASCII and keeps the partition key %j',
    (partitionKey) => {
      const body = putRecordsBody(STREAM, [anEntry({ partitionKey })]);
      expect(body.every((byte) => byte < 128)).toBe(true);
      expect(JSON.parse(body.toString()).Records[0].PartitionKey).toBe(partitionKey);
    },
  );
});
