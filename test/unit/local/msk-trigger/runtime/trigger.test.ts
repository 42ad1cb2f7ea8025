import { ProtocolError } from '@platformatic/kafka';
import { describe, expect, it } from 'vitest';
import type { Invocation } from '../../../../../local/lambda/invocation.ts';
import type { TriggerEvent, TriggerOptions } from '../../../../../local/msk-trigger/runtime/run.ts';
import { startTrigger } from '../../../../../local/msk-trigger/runtime/trigger.ts';
import { VirtualClock } from '../../../../support/virtual-clock.ts';
import { FakePoller } from '../fake-poller.ts';
import { aMapping } from '../mappings.ts';

const ANSWERED: Invocation = { kind: 'answered', payload: 'null', durationMs: 1 };
const FAILED: Invocation = { kind: 'failed', errorType: 'Function.Timeout', errorMessage: '', durationMs: 1 };

const named = (offset: number) => ({ itemIdentifier: { partition: 'orders-0', offset } });

interface Started {
  readonly offsets: Readonly<Record<string, readonly number[]>>;
  readonly end: (invocation: Invocation) => void;
  readonly reject: (error: Error) => void;
}

/** A trigger on a topic of two partitions whose invocations wait for the test. */
async function start(changes: Partial<TriggerOptions> = {}, kept?: FakePoller) {
  const clock = new VirtualClock({ wallTimeMs: 0 });
  const poller = kept ?? new FakePoller(clock, 2);
  const invocations: Started[] = [];
  const log: string[] = [];
  const trigger = await startTrigger({
    mapping: aMapping(),
    bootstrapServers: '127.0.0.1:9092',
    partialFailureRetry: 'listedOnly',
    log: (message, fields) => log.push(`${message} ${JSON.stringify(fields)}`),
    invoke: (eventJson) => {
      const event: { records: Record<string, { offset: number }[]> } = JSON.parse(eventJson);
      const offsets = Object.entries(event.records).map(
        ([key, records]) => [key, records.map((r) => r.offset)] as const,
      );
      const { promise, resolve, reject } = Promise.withResolvers<Invocation>();
      invocations.push({ offsets: Object.fromEntries(offsets), end: resolve, reject });
      return promise;
    },
    backoff: { firstMs: 100, maxMs: 100 },
    clock,
    poller,
    ...changes,
  });
  await clock.advance(0);
  return { clock, poller, trigger, invocations, log, sent: () => invocations.map((invocation) => invocation.offsets) };
}

describe('a trigger', () => {
  it('sends no record that its filters drop, and commits beyond it', async () => {
    const mapping = aMapping({ filters: [[{ 'anything-but': ['1', '3'] }]] });
    const { clock, poller, trigger, invocations, sent } = await start({ mapping });
    poller.produce(0, 4); // the values are 0, 1, 2 and 3
    await clock.advance(0);
    expect(sent()).toEqual([{ 'orders-0': [0, 2] }]);
    invocations[0]?.end(ANSWERED);
    await clock.advance(10_000);
    expect(trigger.settledOffsets().get(0)).toBe(4);
    expect(poller.committed.get(0)).toBe(4);
  });

  it('tells an observer of each invocation, without payloads', async () => {
    const events: TriggerEvent[] = [];
    const mapping = aMapping({ filters: [[{ 'anything-but': ['1'] }]] });
    const { clock, poller, invocations } = await start({ mapping, observe: (event) => events.push(event) });
    poller.produce(0, 3);
    await clock.advance(0);
    const parts = [{ partition: 0, firstOffset: 0, lastOffset: 2, recordCount: 2 }];
    expect(events).toEqual([{ kind: 'invocationStarted', id: expect.any(Number), parts, atMs: 0 }]);
    await clock.advance(70);
    invocations[0]?.end(FAILED);
    await clock.advance(0);
    expect(events[1]).toEqual({ kind: 'invocationEnded', id: events[0]?.id, result: FAILED, atMs: 70 });
  });

  it('reads partial answers as it is told last', async () => {
    const { clock, poller, trigger, invocations, sent } = await start();
    const partly = { ...ANSWERED, payload: JSON.stringify({ batchItemFailures: [named(1)] }) };
    poller.produce(0, 4);
    await clock.advance(0);
    trigger.partialFailuresReadAs('fromLowest');
    invocations[0]?.end(partly);
    await clock.advance(100);
    expect(sent()[1]).toEqual({ 'orders-0': [1, 2, 3] });
    expect(trigger.settledOffsets().get(0)).toBe(1);
    trigger.partialFailuresReadAs('listedOnly');
    invocations[1]?.end(partly);
    await clock.advance(200);
    expect(sent()[2]).toEqual({ 'orders-0': [1] });
  });

  it('invokes with what arrives, commits what succeeded, and tells the lag', async () => {
    const { clock, poller, trigger, invocations, sent } = await start();
    poller.produce(0, 5);
    await clock.advance(0);
    expect(sent()).toEqual([{ 'orders-0': [0, 1, 2, 3] }]);
    invocations[0]?.end(ANSWERED);
    await clock.advance(0);
    expect(sent()[1]).toEqual({ 'orders-0': [4] });
    expect(poller.committed).toEqual(new Map([[0, 4]]));
    expect(await trigger.lag()).toEqual([
      { partition: 0, endOffset: 5, committedOffset: 4, lag: 1 },
      { partition: 1, endOffset: 0, committedOffset: 0, lag: 0 },
    ]);
    expect(trigger.counters()).toMatchObject({ recordsReceived: 5, recordsSucceeded: 4, invocationsStarted: 2 });
  });

  it('wakes by itself when a window ends', async () => {
    const { clock, poller, sent } = await start({ mapping: aMapping({ windowMs: 1_000 }) });
    poller.produce(0, 1);
    await clock.advance(999);
    expect(sent()).toEqual([]);
    await clock.advance(1);
    expect(sent()).toEqual([{ 'orders-0': [0] }]);
  });

  it('repeats after the backoff', async () => {
    const { clock, poller, invocations, sent } = await start();
    poller.produce(1, 1);
    await clock.advance(0);
    invocations[0]?.end(FAILED);
    await clock.advance(99);
    expect(sent()).toHaveLength(1);
    await clock.advance(1);
    expect(sent()[1]).toEqual({ 'orders-1': [0] });
  });

  it('takes an invoke that rejects for a failed invocation, and logs no foreign message', async () => {
    const { clock, poller, invocations, sent, log } = await start();
    poller.produce(1, 1);
    await clock.advance(0);
    invocations[0]?.reject(new TypeError('payload 4711'));
    await clock.advance(100);
    expect(sent()).toHaveLength(2);
    expect(log.join()).toContain('invoke_rejected');
    expect(log.join()).not.toContain('4711');
  });

  it('goes on after failed fetches, and says once that they fail and once that they work again', async () => {
    const clock = new VirtualClock({ wallTimeMs: 0 });
    const poller = new FakePoller(clock, 1);
    poller.troubles = [new Error('broker is away'), new Error('broker is away'), new Error('broker is away')];
    const { sent, log } = await start({ clock }, poller);
    poller.produce(0, 1);
    await clock.advance(1_000);
    const where = '"mapping":"OrdersMapping","topic":"orders"';
    expect(log).toEqual([`fetch_failed {${where},"causes":["Error"]}`]);
    await clock.advance(1_000);
    expect(sent()).toEqual([{ 'orders-0': [0] }]);
    expect(log.slice(1)).toEqual([`fetch_works_again {${where},"failures":3}`]);
    poller.troubles = [new Error('broker is away')];
    await clock.advance(2_000);
    expect(log.slice(2)).toEqual([expect.stringContaining('fetch_failed'), expect.stringContaining('"failures":1')]);
  });

  it('goes on where the log begins when it no longer holds the position', async () => {
    const clock = new VirtualClock({ wallTimeMs: 0 });
    const poller = new FakePoller(clock, 1);
    poller.produce(0, 4);
    poller.troubles = [new ProtocolError('OFFSET_OUT_OF_RANGE')];
    const { sent } = await start({ clock }, poller);
    await clock.advance(500);
    expect(sent()).toEqual([{ 'orders-0': [2, 3] }]);
  });

  it('reads partitions that are added later from their beginning', async () => {
    const { clock, poller, sent } = await start();
    poller.log.push([]);
    poller.produce(2, 1);
    await clock.advance(5_250);
    expect(sent()).toEqual([{ 'orders-2': [0] }]);
  });

  it('gets more pollers while its lag grows, one fewer when nothing waits, and a poller each for two partitions at most', async () => {
    const mapping = aMapping({ batchRecordsMax: 2, pollers: { min: 1, max: 8 } });
    const { clock, poller, trigger, invocations, log, sent } = await start({ mapping });
    poller.produce(0, 2);
    poller.produce(1, 2);
    await clock.advance(59_999);
    expect(trigger.pollers()).toBe(1);
    await clock.advance(1);
    expect(trigger.pollers()).toBe(2);
    expect(log).toContain('pollers_scaled {"mapping":"OrdersMapping","topic":"orders","from":1,"to":2,"lag":4}');
    expect(sent()).toEqual([{ 'orders-0': [0, 1] }, { 'orders-1': [0, 1] }]);
    for (const invocation of invocations) invocation.end(ANSWERED);
    await clock.advance(60_000);
    expect(trigger.pollers()).toBe(1);
  });

  it('has the number of pollers that the caller asks for', async () => {
    const mapping = aMapping({ batchRecordsMax: 2, pollers: { min: 1, max: 8 } });
    const { clock, poller, trigger } = await start({ mapping, pollers: 1 });
    poller.produce(0, 100);
    await clock.advance(180_000);
    expect(trigger.pollers()).toBe(1);
  });

  it('keeps its pollers while the lag falls from one minute to the next, and can be read in time', async () => {
    const clock = new VirtualClock({ wallTimeMs: 0 });
    const poller = new FakePoller(clock, 8);
    const mapping = aMapping({ batchRecordsMax: 2, pollers: { min: 1, max: 8 } });
    const { trigger, invocations } = await start({ clock, mapping }, poller);
    poller.produce(0, 40);
    await clock.advance(60_000);
    expect(trigger.pollers()).toBe(2);
    for (let ended = 0; ended < 10; ended += 1) {
      invocations[ended]?.end(ANSWERED);
      await clock.advance(100);
    }
    await clock.advance(60_000);
    expect([trigger.settledOffsets().get(0), trigger.pollers()]).toEqual([20, 2]);
  });

  it('fetches again when there is room after its buffers were full', async () => {
    const { clock, poller, invocations, sent } = await start();
    for (const partition of [0, 1]) poller.produce(partition, 20);
    await clock.advance(0);
    for (const partition of [0, 1]) poller.produce(partition, 4);
    for (let ended = 0; ended < 12; ended += 1) {
      await clock.advance(300);
      invocations[ended]?.end(ANSWERED);
    }
    await clock.advance(300);
    expect(sent().flatMap((batch) => batch['orders-0'] ?? [])).toEqual([...Array(24).keys()]);
  });

  it('tells no negative lag where the topic was created anew', async () => {
    const { poller, trigger } = await start();
    poller.endOffsets = async () => new Map([[0, -3]]);
    expect((await trigger.lag()).map(({ lag }) => lag)).toEqual([0, 0]);
  });

  it('disconnects where it cannot start', async () => {
    const clock = new VirtualClock({ wallTimeMs: 0 });
    const poller = new FakePoller(clock, 1);
    poller.positions = () => Promise.reject(new Error('no such topic'));
    await expect(start({ clock }, poller)).rejects.toThrow('no such topic');
    expect(poller.isClosed).toBe(true);
  });

  it('refuses a mapping with a destination when it has nothing to serve it with', async () => {
    const mapping = aMapping({ destination: { kind: 's3', bucketArn: 'arn:aws:s3:::letters' } });
    await expect(start({ mapping })).rejects.toThrow(
      'OrdersMapping has an on-failure destination: pass putFailure to startTrigger',
    );
  });

  it('puts what it gives up at the destination, again and again until that succeeds, and then commits', async () => {
    const bodies: string[] = [];
    const { clock, poller, trigger, invocations } = await start({
      mapping: aMapping({ destination: { kind: 's3', bucketArn: 'arn:aws:s3:::letters' }, retriesMax: 0 }),
      putFailure: async ({ body }) => {
        bodies.push(body);
        if (bodies.length === 1) throw new Error('no such bucket');
      },
    });
    poller.produce(0, 2);
    await clock.advance(0);
    invocations[0]?.end(FAILED);
    await clock.advance(0);
    expect(poller.committed).toEqual(new Map());
    await clock.advance(100);
    expect(poller.committed).toEqual(new Map([[0, 2]]));
    const letter = JSON.parse(bodies[1] ?? '');
    expect(letter.requestContext).toMatchObject({
      condition: 'RetryAttemptsExhausted',
      functionArn: 'arn:aws:lambda:eu-west-1:111111111111:function:KinesisSinkLambdaFunction',
    });
    expect(JSON.parse(letter.payload).records['orders-0']).toHaveLength(2);
    expect(trigger.counters()).toMatchObject({ recordsDeliveredToDestination: 2, failureDeliveriesRefused: 1 });
  });
});

describe('a stop', () => {
  it('waits for open invocations, commits them, and starts no more', async () => {
    const { clock, poller, trigger, invocations, sent } = await start();
    poller.produce(0, 8);
    await clock.advance(0);
    const stopped = trigger.stop();
    await clock.advance(1_000);
    expect(poller.isClosed).toBe(false);
    invocations[0]?.end(ANSWERED);
    await clock.run(stopped);
    expect(sent()).toHaveLength(1);
    expect(poller.committed).toEqual(new Map([[0, 4]]));
    expect(poller.isClosed).toBe(true);
  });

  it('disconnects only when the last commit is through', async () => {
    const clock = new VirtualClock({ wallTimeMs: 0 });
    const poller = new FakePoller(clock, 1);
    const commit = Promise.withResolvers<void>();
    poller.commit = () => commit.promise;
    const { trigger, invocations } = await start({ clock }, poller);
    poller.produce(0, 1);
    await clock.advance(0);
    invocations[0]?.end(ANSWERED);
    const stopped = trigger.stop();
    await clock.advance(1_000);
    expect(poller.isClosed).toBe(false);
    commit.resolve();
    await clock.run(stopped);
    expect(poller.isClosed).toBe(true);
  });

  it('repeats a commit that failed, before it disconnects', async () => {
    const clock = new VirtualClock({ wallTimeMs: 0 });
    const poller = new FakePoller(clock, 1);
    const { commit } = poller;
    poller.commit = () => {
      poller.commit = commit;
      return Promise.reject(new Error('no broker'));
    };
    const { trigger, invocations } = await start({ clock }, poller);
    poller.produce(0, 1);
    await clock.advance(0);
    invocations[0]?.end(ANSWERED);
    await clock.run(trigger.stop());
    expect(poller.committed).toEqual(new Map([[0, 1]]));
  });

  it('leaves no timer behind', async () => {
    const { clock, poller, trigger, invocations } = await start({ mapping: aMapping({ windowMs: 300_000 }) });
    poller.produce(0, 4);
    await clock.advance(0);
    poller.produce(1, 1);
    invocations[0]?.end(ANSWERED);
    await clock.advance(1_000);
    await clock.run(trigger.stop());
    expect(clock.waitingCount()).toBe(0);
  });

  it('does not wait longer than it is told, and may be called twice', async () => {
    const { clock, poller, trigger } = await start();
    poller.produce(0, 1);
    await clock.advance(0);
    const startedMs = clock.nowMs();
    await clock.run(Promise.all([trigger.stop(2_000), trigger.stop()]));
    expect(clock.nowMs() - startedMs).toBeLessThanOrEqual(2_250);
    expect(poller.committed).toEqual(new Map());
  });

  it('leaves the rest for the next start, which begins at the committed offset', async () => {
    const first = await start();
    first.poller.produce(0, 6);
    await first.clock.advance(0);
    first.invocations[0]?.end(ANSWERED);
    await first.clock.advance(0);
    await first.clock.run(first.trigger.stop(0));
    const second = await start({ clock: first.clock }, first.poller);
    await first.clock.advance(0);
    expect(second.sent()).toEqual([{ 'orders-0': [4, 5] }]);
  });
});
