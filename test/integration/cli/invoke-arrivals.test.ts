import { randomUUID } from 'node:crypto';
import { PutRecordCommand } from '@aws-sdk/client-kinesis';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { watchTarget } from '../../../cli/invoke/arrivals.ts';
import { DEFAULT_RESOURCES } from '../../../local/engines/aws/resources.ts';
import { documentDbClient } from '../../../local/engines/documentdb/documentdb-client.ts';
import type { LocalStage } from '../../../local/local-stage.ts';
import { bucketAdministrator, streamAdministrator } from '../../../local/pipeline/aws-clients.ts';
import { endpointsOf } from '../../support/engines-of-run.ts';

const endpoints = await endpointsOf(inject('runFolder'));
const database = `invoke_${randomUUID().slice(0, 8)}`;
// Other tests put dead letters into the bucket of the engines meanwhile.
const deadLetterBucket = `invoke-${randomUUID()}`;
const stage = { resources: { ...DEFAULT_RESOURCES, deadLetterBucket }, database } as LocalStage;
const bucket = bucketAdministrator(endpoints);
await bucket.send(new CreateBucketCommand({ Bucket: deadLetterBucket }));
const documents = documentDbClient(endpoints.documentdb, endpoints.documentdb.administrator);

afterAll(async () => {
  await documents.db(database).dropDatabase();
  await documents.close();
  bucket.destroy();
});

describe('what arrived in the target of an invocation', () => {
  it('is, in DocumentDB, the documents that are new', async () => {
    await documents.db(database).collection('orders').insertOne({ note: 'before' });
    const arrived = await watchTarget('documentdbSink', stage, endpoints);
    expect(await arrived()).toEqual([]);
    await documents.db(database).collection<{ _id: string; n: number }>('orders').insertOne({ _id: 'a', n: 1 });
    expect(await arrived()).toEqual([`${database}.orders: + {"_id":"a","n":{"$numberInt":"1"}}`]);
  });

  it('is, in Kinesis, the records that are new, with bytes that are no text as base64', async () => {
    const arrived = await watchTarget('kinesisSink', stage, endpoints);
    const client = streamAdministrator(endpoints);
    const key = randomUUID();
    const StreamName = DEFAULT_RESOURCES.stream;
    for (const Data of [Buffer.from('{"n":1}'), Buffer.from([255])]) {
      await client.send(new PutRecordCommand({ StreamName, PartitionKey: key, Data }));
    }
    const own = (await arrived()).filter((line) => line.includes(key));
    expect(own.map((line) => line.slice(line.indexOf(key) + key.length + 1))).toEqual(['{"n":1}', 'base64 /w==']);
    client.destroy();
  });
});
