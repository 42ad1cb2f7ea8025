import { once } from 'node:events';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { Consumer } from '@platformatic/kafka';
import { afterAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { DEFAULT_RESOURCES } from '../../local/engines/aws/resources.ts';
import { bucketAdministrator } from '../../local/pipeline/aws-clients.ts';
import { failureStore } from '../../local/pipeline/failure-store.ts';
import { endpointsOf } from '../support/engines-of-run.ts';
import { aTopic, client, disconnect } from './msk-trigger-harness.ts';

const endpoints = await endpointsOf(inject('runFolder'));

afterAll(disconnect);

describe('failure records of npm start', () => {
  const store = failureStore(endpoints);
  afterAll(store.close);

  it('are objects in a bucket', async () => {
    const Bucket = DEFAULT_RESOURCES.deadLetterBucket;
    const destination = { kind: 's3', bucketArn: `arn:aws:s3:::${Bucket}` } as const;
    await store.put({ destination, name: 'aws/lambda/store/1', body: '{"version":"1.0"}' });
    const reader = bucketAdministrator(endpoints);
    onTestFinished(() => reader.destroy());
    const { Body } = await reader.send(new GetObjectCommand({ Bucket, Key: 'aws/lambda/store/1' }));
    expect(await Body?.transformToString()).toBe('{"version":"1.0"}');
  });

  it('are messages of a topic, with the key of the record', async () => {
    const topic = await aTopic();
    const destination = { kind: 'kafka', topic } as const;
    await store.put({ destination, name: Buffer.from('order-7').toString('base64'), body: '{"version":"1.0"}' });
    const consumer = new Consumer({ ...client, groupId: `reads-${topic}` });
    onTestFinished(() => consumer.close(true));
    const stream = await consumer.consume({ topics: [topic], mode: 'earliest' });
    const [message] = await once(stream, 'data');
    expect([String(message.key), String(message.value)]).toEqual(['order-7', '{"version":"1.0"}']);
    await stream.close();
  });

  it('have no queue', async () => {
    const destination = { kind: 'sqs', queueArn: 'arn:aws:sqs:eu-west-1:1:q' } as const;
    await expect(store.put({ destination, name: undefined, body: '{}' })).rejects.toThrow('use a bucket');
  });
});
