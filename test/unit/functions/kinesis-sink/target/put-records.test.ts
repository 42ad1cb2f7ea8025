import { Readable } from 'node:stream';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../../../functions/kinesis-sink/plan/entry.ts';
import { putRecords, putRecordsBody, repliesOf } from '../../../../../functions/kinesis-sink/target/put-records.ts';

const STREAM = 'arn:aws:kinesis:eu-west-1:222222222222:stream/orders';
const anEntry = (fields: object): Entry => ({ dataBase64: 'e30=', partitionKey: 'order-1', ...fields }) as Entry;

/** Kinesis names a host for each account: https://docs.aws.amazon.com/general/latest/gr/ak.html */
describe('PutRecords', () => {
  it("goes to the host of the stream's account", async () => {
    const hosts: string[] = [];
    const client = new KinesisClient({
      region: 'eu-west-1',
      credentials: { accessKeyId: 'OWN', secretAccessKey: 's' },
      requestHandler: {
        handle: async ({ hostname }: { readonly hostname: string }) => {
          hosts.push(hostname);
          return { response: { statusCode: 200, headers: {}, body: Readable.from(['{"Records":[]}']) } };
        },
      },
    });
    await client.send(putRecords(STREAM, [anEntry({})]).command);
    expect(hosts).toEqual(['222222222222.data-kinesis.eu-west-1.amazonaws.com']);
  });
});

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

describe('the replies of PutRecords', () => {
  const NOTHING = { sequenceNumber: undefined, shardId: undefined, errorCode: undefined };

  it('say for each entry where it is stored, or why it is not', () => {
    const records = [
      { SequenceNumber: '49', ShardId: 'shardId-000000000001' },
      { ErrorCode: 'InternalFailure', ErrorMessage: 'no shard here' },
    ];
    expect(repliesOf(JSON.stringify({ FailedRecordCount: 1, Records: records }))).toEqual([
      { ...NOTHING, sequenceNumber: '49', shardId: 'shardId-000000000001' },
      { ...NOTHING, errorCode: 'InternalFailure' },
    ]);
  });

  it('take the shard of a refused entry from the message, and nothing else', () => {
    const message = 'Rate exceeded for shard shardId-000000000002 in stream orders under account 222222222222.';
    const ErrorCode = 'ProvisionedThroughputExceededException';
    const shardIdOf = (ErrorMessage: string) => {
      const [reply] = repliesOf(JSON.stringify({ Records: [{ ErrorCode, ErrorMessage }] }));
      return reply?.shardId;
    };
    expect(shardIdOf(message)).toBe('shardId-000000000002');
    expect(['shardId-1', 'myshardId-000000000002', 'shardId-0000000000021'].map(shardIdOf)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each([null, {}, { Records: null }, { Records: { length: 1 } }])('are none in the body %j', (body) => {
    expect(repliesOf(JSON.stringify(body))).toEqual([]);
  });

  it.each([null, {}, { SequenceNumber: 49, ShardId: 1, ErrorCode: 0, ErrorMessage: [] }])(
    'say nothing of an entry with the reply %j',
    (record) => {
      expect(repliesOf(JSON.stringify({ Records: [record] }))).toEqual([NOTHING]);
    },
  );

  it('are not read from a body that is no JSON', () => {
    expect(() => repliesOf('<html>')).toThrow(SyntaxError);
  });
});
