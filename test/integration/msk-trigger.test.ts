import { Producer } from '@platformatic/kafka';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { FailureLetter } from '../../local/msk-trigger/runtime/destination.ts';
import {
  admin,
  aMapping,
  aTopic,
  caughtUp,
  client,
  committedOffsets,
  disconnect,
  endOffset,
  FunctionDouble,
  failureOf,
  isInSecondHalf,
  produce,
  producer,
  start,
  stopAll,
  tombstoneProducer,
  upTo,
  without,
} from './msk-trigger-harness.ts';

afterEach(stopAll);
afterAll(disconnect);

describe('records on their way from Kafka to an event', () => {
  it('keep null, empty and binary parts, and the order and duplicates of headers', async () => {
    const topic = await aTopic();
    const headers = new Map([
      [Buffer.from('a'), Buffer.from([0, 127, 128, 255])],
      [Buffer.from('b'), Buffer.from('é')],
      [Buffer.from('a'), Buffer.alloc(0)],
    ]);
    const timestamp = 1_545_084_650_987n;
    await producer.send({
      messages: [
        { topic, partition: 0, key: Buffer.from([255, 0]), value: Buffer.from('{"ok":1}'), headers, timestamp },
        { topic, partition: 0, key: Buffer.alloc(0), value: Buffer.alloc(0), timestamp },
      ],
    });
    await tombstoneProducer.send({ messages: [{ topic, partition: 0, value: Buffer.from('none'), timestamp }] });
    const sink = new FunctionDouble();
    await caughtUp(await start(aMapping(topic), sink));
    const common = { topic, partition: 0, timestamp: Number(timestamp), timestampType: 'CREATE_TIME' };
    expect(sink.records).toEqual([
      {
        ...common,
        offset: 0,
        key: '/wA=',
        value: 'eyJvayI6MX0=',
        headers: [{ a: [0, 127, -128, -1] }, { b: [-61, -87] }, { a: [] }],
      },
      { ...common, offset: 1, key: '', value: '', headers: [] },
      { ...common, offset: 2, headers: [] },
    ]);
  });

  it('carry the time of the broker where the topic says so', async () => {
    const topic = await aTopic(1, { 'message.timestamp.type': 'LogAppendTime' });
    const before = Date.now();
    await producer.send({ messages: [{ topic, partition: 0, value: Buffer.from('1'), timestamp: 1n }] });
    const sink = new FunctionDouble();
    await caughtUp(await start(aMapping(topic), sink));
    expect(sink.records[0]?.timestampType).toBe('LOG_APPEND_TIME');
    expect(sink.records[0]?.timestamp).toBeGreaterThanOrEqual(before);
  });

  it('arrive whole from compressed batches', async () => {
    const topic = await aTopic();
    const messages = upTo(50).map((i) => ({ topic, partition: 0, value: Buffer.from(String(i)) }));
    await producer.send({ messages, compression: 'gzip' });
    const sink = new FunctionDouble();
    await caughtUp(await start(aMapping(topic), sink));
    expect(sink.values).toEqual(upTo(50).map(String));
  });

  it('do not include the markers of transactions, which are passed over', async () => {
    const topic = await aTopic();
    const transactional = new Producer({ ...client, idempotent: true, transactionalId: `writes-${topic}` });
    const transaction = await transactional.beginTransaction();
    await transaction.send({ messages: [{ topic, partition: 0, value: Buffer.from('in a transaction') }] });
    await transaction.commit();
    await transactional.close();
    // The broker answers a commit before it has written the marker.
    await vi.waitFor(async () => expect(await endOffset(topic)).toBe(2), { timeout: 20_000, interval: 20 });
    await produce(topic, 0, 1);
    const sink = new FunctionDouble();
    await caughtUp(await start(aMapping(topic), sink));
    expect(sink.values).toEqual(['in a transaction', '0']);
    expect(sink.offsetsOf(0)).toEqual([0, 2]);
  });

  it('fill events up to 6 MB, and not a byte more', async () => {
    const topic = await aTopic();
    const value = Buffer.alloc(500_000, 'x');
    for (const _ of upTo(20)) await producer.send({ messages: [{ topic, partition: 0, value }] });
    const sink = new FunctionDouble();
    await caughtUp(await start(aMapping(topic, { batchRecordsMax: 10_000, windowMs: 1_000 }), sink));
    const sizes = sink.events.map((event) => Buffer.byteLength(event));
    expect(sink.offsetsOf(0)).toEqual(upTo(20));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(6_291_456);
    // One more record of 666,667 base64 bytes would not have fit.
    expect(sizes[0]).toBeGreaterThan(6_291_456 - 667_000);
  });
});

describe('a mapping', () => {
  it.each(['listedOnly', 'fromLowest'] as const)(
    'settles every record in order through failures of all kinds (%s)',
    async (partialFailureRetry) => {
      const topic = await aTopic(3);
      for (const partition of upTo(3)) await produce(topic, 0, 60, partition);
      const settled = new Map<number, number[]>(upTo(3).map((partition) => [partition, []]));
      const sink = new FunctionDouble((batch, invocation) => {
        if (invocation % 5 === 0) return new Error('thrown');
        if (invocation % 7 === 0) return '"garbage"';
        const failed = invocation % 3 === 0 ? batch.filter(isInSecondHalf) : [];
        for (const { partition, offset } of without(batch, failed)) settled.get(partition)?.push(offset);
        return JSON.stringify({ batchItemFailures: failed.map(failureOf) });
      });
      const mapping = aMapping(topic);
      const trigger = await start(mapping, sink, { partialFailureRetry });
      await caughtUp(trigger);
      await trigger.stop();
      for (const partition of upTo(3)) expect(settled.get(partition)).toEqual(upTo(60));
      expect(await committedOffsets(mapping)).toEqual({ 0: 60, 1: 60, 2: 60 });
      const { failed, partlyFailed, refused } = trigger.counters().invocationsEnded;
      expect(Math.min(failed, partlyFailed, refused)).toBeGreaterThan(0);
    },
  );

  it('goes on from its committed offset after a restart, whatever its starting position', async () => {
    const topic = await aTopic();
    const mapping = aMapping(topic);
    await produce(topic, 0, 10);
    const first = await start(mapping, new FunctionDouble());
    await caughtUp(first);
    await first.stop();
    await produce(topic, 10, 15);
    const sink = new FunctionDouble();
    await caughtUp(await start({ ...mapping, startingPosition: { kind: 'LATEST' } }, sink));
    expect(sink.offsetsOf(0)).toEqual([10, 11, 12, 13, 14]);
  });

  it('repeats after a restart what was not settled', async () => {
    const topic = await aTopic();
    const mapping = aMapping(topic);
    await produce(topic, 0, 4);
    const failing = new FunctionDouble((batch) => JSON.stringify({ batchItemFailures: batch.slice(2).map(failureOf) }));
    const first = await start(mapping, failing, { backoff: { firstMs: 60_000, maxMs: 60_000 } });
    await vi.waitFor(() => expect(failing.events).toHaveLength(1));
    await first.stop();
    expect(await committedOffsets(mapping)).toEqual({ 0: 2 });
    const sink = new FunctionDouble();
    await caughtUp(await start(mapping, sink));
    expect(sink.offsetsOf(0)).toEqual([2, 3]);
  });

  it('starts at the end with LATEST', async () => {
    const topic = await aTopic();
    await produce(topic, 0, 5);
    const sink = new FunctionDouble();
    const trigger = await start(aMapping(topic, { startingPosition: { kind: 'LATEST' } }), sink);
    await produce(topic, 5, 7);
    await caughtUp(trigger);
    expect(sink.offsetsOf(0)).toEqual([5, 6]);
  });

  it('starts at the first record of that time or later with AT_TIMESTAMP, and at the end when there is none', async () => {
    const topic = await aTopic(2);
    const message = (partition: number, timestamp: bigint) => ({
      topic,
      partition,
      timestamp,
      value: Buffer.from('1'),
    });
    for (const timestamp of [1_000n, 2_000n, 3_000n]) await producer.send({ messages: [message(0, timestamp)] });
    await producer.send({ messages: [message(1, 1_000n)] });
    const sink = new FunctionDouble();
    const startingPosition = { kind: 'AT_TIMESTAMP', timestampMs: 2_000 } as const;
    await caughtUp(await start(aMapping(topic, { startingPosition }), sink));
    expect([sink.offsetsOf(0), sink.offsetsOf(1)]).toEqual([[1, 2], []]);
  });

  it('shares a topic with another mapping, each with its own group', async () => {
    const topic = await aTopic();
    await produce(topic, 0, 20);
    const sinks = [new FunctionDouble(), new FunctionDouble()];
    const triggers = await Promise.all(
      sinks.map((sink, i) => start(aMapping(topic, { consumerGroupId: `${topic}-${i}` }), sink)),
    );
    await Promise.all(triggers.map(caughtUp));
    for (const sink of sinks) expect(sink.offsetsOf(0)).toEqual(upTo(20));
  });

  it('reads a partition that is added while it runs from its beginning', async () => {
    const topic = await aTopic();
    const sink = new FunctionDouble();
    await start(aMapping(topic, { startingPosition: { kind: 'LATEST' } }), sink);
    await admin.createPartitions({ topics: [{ name: topic, count: 2, assignments: null }] });
    await produce(topic, 0, 3, 1);
    await vi.waitFor(() => expect(sink.offsetsOf(1)).toEqual([0, 1, 2]), { timeout: 20_000, interval: 50 });
  });

  it('goes on where the log begins when retention has overtaken it', async () => {
    const topic = await aTopic();
    const mapping = aMapping(topic);
    await produce(topic, 0, 10);
    await admin.alterConsumerGroupOffsets({
      groupId: mapping.consumerGroupId,
      topics: [{ name: topic, partitionOffsets: [{ partition: 0, offset: 2n }] }],
    });
    await admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 0, offset: 6n }] }] });
    const sink = new FunctionDouble();
    await caughtUp(await start(mapping, sink));
    expect(sink.offsetsOf(0)).toEqual([6, 7, 8, 9]);
  });

  it('gives up a poison record after its retries, delivers it, and goes on', async () => {
    const topic = await aTopic();
    await produce(topic, 0, 12);
    const deadLetters: FailureLetter[] = [];
    const sink = new FunctionDouble((batch) =>
      batch.some((record) => record.offset === 3) ? new Error('poison') : 'null',
    );
    const destination = { kind: 's3', bucketArn: 'arn:aws:s3:::letters' } as const;
    const mapping = aMapping(topic, { bisects: true, retriesMax: 2, destination });
    const putFailure = async (deadLetter: FailureLetter) => {
      deadLetters.push(deadLetter);
    };
    const trigger = await start(mapping, sink, { putFailure });
    await caughtUp(trigger);
    expect(deadLetters.map((deadLetter) => deadLetter.destination)).toEqual([destination]);
    const { KafkaBatchInfo } = JSON.parse(deadLetters[0]?.body ?? '');
    expect(KafkaBatchInfo.recordsInfo[`${topic}-0`]).toMatchObject({ firstRecordOffset: '3', lastRecordOffset: '3' });
    expect(new Set(sink.offsetsOf(0))).toEqual(new Set(upTo(12)));
    expect(trigger.counters()).toMatchObject({ recordsDeliveredToDestination: 1, recordsSucceeded: 11 });
  });

  it('refuses to start on a topic that does not exist', async () => {
    await expect(start(aMapping('no-such-topic'), new FunctionDouble())).rejects.toThrow(
      'topic "no-such-topic" does not exist',
    );
  });
});
