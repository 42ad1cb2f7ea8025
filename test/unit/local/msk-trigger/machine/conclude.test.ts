import { describe, expect, it } from 'vitest';
import { failures, Harness, offsets, records, SUCCESS, THROWN } from '../harness.ts';

/** One invocation with offsets 0 and 1 of two partitions. */
function twoPartitions(settings: ConstructorParameters<typeof Harness>[0] = {}): Harness {
  return new Harness(settings).arrive(0, records(0, 1)).arrive(1, records(0, 1));
}

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
describe('a partial response', () => {
  it('settles what is not named, and sends again what is', () => {
    const harness = new Harness().arrive(0, records(0, 3)).end(failures(['orders-0', 1], ['orders-0', 3]));
    expect(harness.commits).toEqual({ 'orders-0': [1] });
    expect(harness.pass(100).sent).toEqual([{ 'orders-0': [1, 3] }]);
    harness.end(SUCCESS);
    expect(harness.commits).toEqual({ 'orders-0': [1, 4] });
  });

  it('goes back to the lowest named offset of the partition with fromLowest', () => {
    const harness = new Harness({ partialFailureRetry: 'fromLowest' })
      .arrive(0, records(0, 3))
      .end(failures(['orders-0', 2], ['orders-0', 1]));
    expect(harness.commits).toEqual({ 'orders-0': [1] });
    expect(harness.pass(100).sent).toEqual([{ 'orders-0': [1, 2, 3] }]);
  });

  it.each(['listedOnly', 'fromLowest'] as const)(
    'does not hold up a partition it does not name (%s)',
    (partialFailureRetry) => {
      const harness = twoPartitions({ partialFailureRetry }).end(failures(['orders-0', 0]));
      expect(harness.commits).toEqual({ 'orders-1': [2] });
      harness.arrive(1, records(2, 5));
      expect(harness.sent).toEqual([{ 'orders-1': [2, 3, 4, 5] }]);
    },
  );

  it('lets each named partition come back by itself', () => {
    const harness = twoPartitions()
      .end(failures(['orders-0', 0], ['orders-1', 1]))
      .pass(100);
    expect(harness.sent).toEqual([{ 'orders-0': [0] }, { 'orders-1': [1] }]);
  });

  it('never commits past an unsettled record, however many later ones are settled', () => {
    const harness = new Harness()
      .arrive(0, records(0, 3))
      .end(failures(['orders-0', 0]))
      .pass(100);
    expect(harness.end(failures(['orders-0', 0])).commits).toEqual({});
    harness.pass(100).end(SUCCESS);
    expect(harness.commits).toEqual({ 'orders-0': [4] });
  });

  it('that names a record which was not in the event repeats the whole batch', () => {
    const harness = twoPartitions().end(failures(['orders-0', 0], ['orders-0', 7]));
    expect(harness.commits).toEqual({});
    expect(harness.pass(100).sent).toEqual([{ 'orders-0': [0, 1], 'orders-1': [0, 1] }]);
    expect(harness.machine.counters().invocationsEnded.refused).toBe(1);
  });

  it('means nothing to a mapping without ReportBatchItemFailures', () => {
    const harness = new Harness({ reportsItemFailures: false }).arrive(0, records(0, 3)).end(failures(['orders-0', 0]));
    expect(harness.commits).toEqual({ 'orders-0': [4] });
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
describe('a thrown error', () => {
  it('repeats the batch with all its partitions', () => {
    expect(twoPartitions().end(THROWN).pass(100).sent).toEqual([{ 'orders-0': [0, 1], 'orders-1': [0, 1] }]);
  });

  it('is waited out with a pause that doubles', () => {
    const harness = new Harness({ backoff: { firstMs: 200, maxMs: 500 } }).arrive(0, records(0, 3));
    const pauses = [1, 2, 3, 4].map(() => {
      harness.end(THROWN);
      const pauseMs = harness.machine.wakeAtMs() - harness.nowMs;
      harness.pass(pauseMs);
      return pauseMs;
    });
    expect(pauses).toEqual([200, 400, 500, 500]);
  });

  it('repeats without end when MaximumRetryAttempts is -1', () => {
    const harness = new Harness({ reportsItemFailures: false }).arrive(0, records(0, 3));
    for (let attempt = 0; attempt < 100; attempt += 1) harness.end(THROWN).pass(100);
    expect(harness.sent).toEqual([{ 'orders-0': [0, 1, 2, 3] }]);
    expect(harness.commits).toEqual({});
  });
});

describe('MaximumRetryAttempts', () => {
  it.each([
    ['functionError', THROWN],
    ['itemFailures', failures(['orders-0', 0])],
    ['itemFailures', { kind: 'answered', payload: '7' }],
  ] as const)('tells the destination how the last invocation ended: %s', (lastResponse, result) => {
    const harness = new Harness({ retriesMax: 0, hasDestination: true }).arrive(0, records(0, 3)).end(result);
    const condition = 'RetryAttemptsExhausted';
    expect(harness.deliveries.map(({ failure }) => failure)).toMatchObject([
      { condition, invokeCount: 1, lastResponse },
    ]);
  });

  it('does not count the first invocation', () => {
    const harness = new Harness({ retriesMax: 2 }).arrive(0, records(0, 3));
    harness.end(THROWN).pass(100).end(THROWN).pass(100);
    expect(harness.sent).toHaveLength(1);
    expect(harness.end(THROWN).pass(100).sent).toEqual([]);
    expect(harness.machine.counters()).toMatchObject({ invocationsStarted: 3, invocationsRetried: 2 });
  });

  it('drops the records without a destination, commits, and goes on', () => {
    const harness = new Harness({ retriesMax: 0 }).arrive(0, records(0, 7)).end(failures(['orders-0', 2]));
    expect(harness.commits).toEqual({ 'orders-0': [4] });
    expect(harness.sent).toEqual([{ 'orders-0': [4, 5, 6, 7] }]);
    expect(harness.machine.counters().recordsDropped.RetryAttemptsExhausted).toBe(1);
  });

  it('is counted for each partition by itself', () => {
    const harness = twoPartitions({ retriesMax: 1 })
      .end(failures(['orders-0', 0]))
      .arrive(1, records(2, 5));
    harness.end(failures(['orders-1', 5])).pass(100);
    expect(harness.sent).toEqual([{ 'orders-0': [0] }, { 'orders-1': [5] }]);
    harness.end(THROWN);
    expect(harness.commits['orders-0']).toEqual([2]);
    expect(harness.end(THROWN).commits['orders-1']).toEqual([2, 5, 6]);
  });

  it('delivers to the destination, and commits only when that is done', () => {
    const harness = twoPartitions({ retriesMax: 0, hasDestination: true }).end(THROWN);
    expect(
      harness.deliveries.map(({ failure }) => [failure.condition, failure.invokeCount, offsets(failure.batch)]),
    ).toEqual([['RetryAttemptsExhausted', 1, { 'orders-0': [0, 1], 'orders-1': [0, 1] }]]);
    expect(harness.arrive(0, records(2, 5)).sent).toEqual([]);
    expect(harness.commits).toEqual({});
    harness.delivered();
    expect(harness.commits).toEqual({ 'orders-0': [2], 'orders-1': [2] });
    expect(harness.sent).toEqual([{ 'orders-0': [2, 3, 4, 5] }]);
    expect(harness.machine.counters().recordsDeliveredToDestination).toBe(4);
  });

  it('keeps trying a destination that does not take them', () => {
    const harness = new Harness({ retriesMax: 0, hasDestination: true }).arrive(0, records(0, 3)).end(THROWN);
    harness.delivered(false);
    expect(harness.commits).toEqual({});
    expect(harness.machine.wakeAtMs()).toBe(100);
    expect(harness.pass(99).deliveries).toEqual([]);
    harness.pass(1).delivered();
    expect(harness.commits).toEqual({ 'orders-0': [4] });
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html: "split the batch into two smaller batches and retry each separately"
describe('BisectBatchOnFunctionError', () => {
  it('splits the batch in two, and sends the second half of a partition after the first', () => {
    const harness = new Harness({ bisects: true }).arrive(0, records(0, 3)).end(THROWN).pass(100);
    expect(harness.sent).toEqual([{ 'orders-0': [0, 1] }]);
    expect(harness.end(SUCCESS).sent).toEqual([{ 'orders-0': [2, 3] }]);
  });

  it('splits the batch as it was sent, so that partitions part company', () => {
    const harness = twoPartitions({ bisects: true }).end(THROWN).pass(100);
    expect(harness.sent).toEqual([{ 'orders-0': [0, 1] }, { 'orders-1': [0, 1] }]);
  });

  it('does not make a partition of the second half wait for one that is not its own', () => {
    const harness = new Harness({ bisects: true, batchRecordsMax: 6 });
    harness.arrive(0, records(0, 3)).arrive(1, records(0, 1)).end(THROWN).pass(100);
    expect(harness.sent).toEqual([{ 'orders-0': [0, 1, 2] }, { 'orders-1': [0, 1] }]);
    expect(harness.end(SUCCESS).sent).toEqual([{ 'orders-1': [0, 1] }, { 'orders-0': [3] }]);
  });

  it('sends the halves after the pause that the whole batch would have had', () => {
    const backoff = { firstMs: 100, maxMs: 1_000 };
    const harness = new Harness({ bisects: true, backoff }).arrive(0, records(0, 3));
    harness.end({ kind: 'answered', payload: '7' }).pass(100).end(THROWN);
    expect(harness.pass(199).sent).toEqual([]);
    expect(harness.pass(1).sent).toEqual([{ 'orders-0': [0, 1] }]);
  });

  it('uses up no retry: only a record that is alone can exhaust them', () => {
    const harness = new Harness({ bisects: true, retriesMax: 1 }).arrive(0, records(0, 3));
    const sent: unknown[] = [];
    while (harness.open.length > 0) {
      const [batch] = harness.sent;
      sent.push(batch?.['orders-0']);
      harness.end(batch?.['orders-0']?.includes(2) ? THROWN : SUCCESS).pass(100);
    }
    expect(sent).toEqual([[0, 1, 2, 3], [0, 1], [2, 3], [2], [2], [3]]);
    expect(harness.machine.counters().recordsDropped.RetryAttemptsExhausted).toBe(1);
    expect(harness.commits['orders-0']).toEqual([2, 3, 4]);
  });

  it('leaves a partial response and an unreadable one alone', () => {
    const partial = new Harness({ bisects: true })
      .arrive(0, records(0, 3))
      .end(failures(['orders-0', 0], ['orders-0', 1]));
    expect(partial.pass(100).sent).toEqual([{ 'orders-0': [0, 1] }]);
    const unreadable = new Harness({ bisects: true }).arrive(0, records(0, 3)).end({ kind: 'answered', payload: '7' });
    expect(unreadable.pass(100).sent).toEqual([{ 'orders-0': [0, 1, 2, 3] }]);
  });
});
