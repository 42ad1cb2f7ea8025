import { describe, expect, it } from 'vitest';
import { failures, Harness, records, SUCCESS, startsAtZero, THROWN } from '../harness.ts';

describe('commits', () => {
  it('come only after success', () => {
    const harness = new Harness().arrive(0, records(0, 3));
    expect(harness.commits).toEqual({});
    expect(harness.end(SUCCESS).commits).toEqual({ 'orders-0': [4] });
  });

  it('stop short of records that wait', () => {
    const harness = new Harness().arrive(0, records(0, 5)).end(SUCCESS);
    expect(harness.commits).toEqual({ 'orders-0': [4] });
  });

  it('pass over control records and gaps of compaction', () => {
    const harness = new Harness().arrive(0, records(2, 5), 9).end(SUCCESS);
    expect(harness.commits).toEqual({ 'orders-0': [2, 9] });
    expect(harness.arrive(0, [], 10).commits).toEqual({ 'orders-0': [2, 9, 10] });
  });

  it('never come from a position before that of the last record', () => {
    const harness = new Harness().arrive(0, records(0, 3), 2);
    expect(harness.machine.fetchable()).toContainEqual({ partition: 0, offset: 4 });
    expect(harness.end(SUCCESS).commits).toEqual({ 'orders-0': [4] });
  });

  it('start where the group had committed', () => {
    const harness = new Harness({}, new Map([[0, 40]])).arrive(0, records(38, 43));
    expect(harness.sent).toEqual([{ 'orders-0': [40, 41, 42, 43] }]);
    expect(harness.machine.committedOffsets()).toEqual(new Map([[0, 40]]));
    expect(harness.end(SUCCESS).machine.committedOffsets()).toEqual(new Map([[0, 44]]));
  });
});

describe('what may be fetched', () => {
  const positions = (harness: Harness) =>
    harness.machine.fetchable().map(({ partition, offset }) => [partition, offset]);

  it('is every partition from its position while there is room', () => {
    const harness = new Harness(
      {},
      new Map([
        [0, 7],
        [1, 0],
      ]),
    );
    expect(positions(harness.arrive(0, records(7)))).toEqual([
      [0, 8],
      [1, 0],
    ]);
  });

  it('leaves out a partition with two batches waiting', () => {
    const harness = new Harness({}, startsAtZero(2)).arrive(0, records(0, 11));
    expect(positions(harness)).toEqual([[1, 0]]);
    expect(positions(harness.end(SUCCESS))).toEqual([
      [0, 12],
      [1, 0],
    ]);
  });

  it('leaves out a partition with one full payload waiting', () => {
    const harness = new Harness({}, startsAtZero(2))
      .arrive(0, records(0, 1, { bytes: 5_000 }))
      .arrive(0, records(2, 3, { bytes: 5_000 }));
    expect(positions(harness)).toEqual([[1, 0]]);
    harness.end(SUCCESS).end(SUCCESS);
    expect(positions(harness).map(([partition]) => partition)).toEqual([0, 1]);
  });

  it('has room to the last byte of a payload, and of the buffer', () => {
    const waiting = (bytes: number, settings = {}) =>
      new Harness(settings, startsAtZero(1)).arrive(0, records(0, 3)).arrive(0, records(4, 5, { bytes }));
    expect(positions(waiting(5_000))).toEqual([]);
    expect(positions(waiting(4_999))).toEqual([[0, 6]]);
    expect(positions(waiting(20, { bufferBytesMax: 40 }))).toEqual([]);
    expect(positions(waiting(19, { bufferBytesMax: 40 }))).toEqual([[0, 6]]);
  });

  it('is only what has nothing waiting once the buffer of all partitions is full', () => {
    const harness = new Harness({ bufferBytesMax: 40 })
      .arrive(0, records(0, 1))
      .arrive(1, records(0, 0, { bytes: 30 }));
    expect(positions(harness)).toEqual([[2, 0]]);
  });
});

describe('the log', () => {
  it('may lose records to retention while they wait for a retry: they are forgotten', () => {
    const harness = new Harness().arrive(0, records(0, 3)).end(THROWN);
    harness.machine.recordsArrived({ partition: 0, records: [], logStartOffset: 3 }, 0);
    expect(harness.machine.counters().recordsExpiredInKafka).toBe(3);
    expect(harness.pass(100).sent).toEqual([{ 'orders-0': [3] }]);
  });

  it('may lose all that is to be retried: no empty invocation follows', () => {
    const harness = new Harness().arrive(0, records(0, 3)).end(THROWN);
    harness.machine.recordsArrived({ partition: 0, records: [], logStartOffset: 4 }, 0);
    expect(harness.pass(100).sent).toEqual([]);
    expect(harness.machine.isQuiet()).toBe(true);
  });

  it.each([
    [0, 0, [0, 1, 2]],
    [1, 1, [1, 2]],
    [2, 2, [2]],
    [9, 3, []],
  ])('that begins at %i has lost %i of three records that wait', (logStartOffset, lost, left) => {
    const harness = new Harness().arrive(0, records(0, 2));
    harness.machine.recordsArrived({ partition: 0, records: [], logStartOffset }, 0);
    expect(harness.machine.counters().recordsExpiredInKafka).toBe(lost);
    expect(harness.pass(1_000).sent).toEqual(left.length === 0 ? [] : [{ 'orders-0': left }]);
  });

  it('takes nothing away behind an invocation: what waits was read before', () => {
    const harness = new Harness().arrive(0, records(0, 7));
    harness.machine.recordsArrived({ partition: 0, records: [], logStartOffset: 6 }, 0);
    expect(harness.end(SUCCESS).sent).toEqual([{ 'orders-0': [4, 5, 6, 7] }]);
  });

  it.each([2, 50])('that has a gap up to %i takes nothing away that waits', (offset) => {
    const harness = new Harness().arrive(0, records(0, 1));
    harness.machine.positionReset(0, offset);
    expect(harness.pass(1_000).sent).toEqual([{ 'orders-0': [0, 1] }]);
  });

  it('may begin after the position: reading goes on where it begins', () => {
    const harness = new Harness();
    harness.machine.positionReset(0, 50);
    expect(harness.machine.fetchable()[0]).toEqual({ partition: 0, offset: 50 });
    harness.arrive(0, records(50, 53)).end(SUCCESS);
    expect(harness.commits).toEqual({ 'orders-0': [50, 54] });
  });

  it('may begin anew with a topic of the same name: what waits of the old one is forgotten', () => {
    const harness = new Harness({}, new Map([[0, 40]])).arrive(0, records(40, 41));
    harness.machine.positionReset(0, 0);
    harness.arrive(0, records(0, 3));
    expect(harness.sent).toEqual([{ 'orders-0': [0, 1, 2, 3] }]);
    expect(harness.end(SUCCESS).commits).toEqual({ 'orders-0': [4] });
  });

  it('may grow by a partition', () => {
    const harness = new Harness({}, startsAtZero(1));
    harness.machine.partitionAdded(1, 0);
    expect(harness.arrive(1, records(0, 3)).sent).toEqual([{ 'orders-1': [0, 1, 2, 3] }]);
  });

  it('keeps what waits of a partition that is added twice', () => {
    const harness = new Harness({}, startsAtZero(1)).arrive(0, records(0, 1));
    harness.machine.partitionAdded(0, 0);
    expect(harness.pass(1_000).sent).toEqual([{ 'orders-0': [0, 1] }]);
  });
});

describe('the counters', () => {
  it('tell sendings from records, and endings apart', () => {
    const harness = new Harness()
      .arrive(0, records(0, 3))
      .end(failures(['orders-0', 3]))
      .pass(100)
      .end(THROWN);
    harness.pass(100).end(SUCCESS);
    expect(harness.machine.counters()).toMatchObject({
      recordsReceived: 4,
      recordsSent: 6,
      recordsSucceeded: 4,
      offsetsCommitted: 4,
      invocationsStarted: 3,
      invocationsRetried: 2,
      invocationsEnded: { succeeded: 1, partlyFailed: 1, refused: 0, failed: 1 },
    });
  });

  it('are a snapshot', () => {
    const harness = new Harness();
    const before = harness.machine.counters();
    harness.arrive(0, records(0, 3)).end(THROWN);
    expect([before.recordsReceived, before.invocationsEnded.failed]).toEqual([0, 0]);
  });
});

describe('a delivery to the destination', () => {
  const refused = () =>
    new Harness({ hasDestination: true, retriesMax: 0, backoff: { firstMs: 100, maxMs: 1_000 } })
      .arrive(0, records(0, 3))
      .end(THROWN);

  it('is tried once at a time, and again after a pause that doubles', () => {
    const harness = refused();
    expect(harness.pass(5_000).deliveries).toHaveLength(1);
    const pauses = [1, 2, 3].map(() => {
      harness.delivered(false);
      const pauseMs = harness.machine.wakeAtMs() - harness.nowMs;
      expect(harness.pass(pauseMs - 1).deliveries).toEqual([]);
      expect(harness.pass(1).deliveries).toHaveLength(1);
      return pauseMs;
    });
    expect(pauses).toEqual([100, 200, 400]);
    harness.delivered();
    expect(harness.machine.counters()).toMatchObject({
      ...{ failuresDelivered: 1, failureDeliveriesRefused: 3, recordsDeliveredToDestination: 4 },
    });
  });

  it('is answered once', () => {
    const harness = refused();
    const [id = 0] = harness.deliveries.map((delivery) => delivery.id);
    const answer = () => harness.machine.failureDelivered(id, true, 0);
    harness.delivered(false);
    expect(answer).toThrow(`delivery ${id} of topic orders is not open`);
    harness.pass(100).delivered();
    expect(answer).toThrow(`delivery ${id} of topic orders is not open`);
  });
});

describe('a machine', () => {
  it('is quiet while nothing waits, is open or is retried in any partition', () => {
    const harness = new Harness({ hasDestination: true, retriesMax: 1 });
    const isQuiet = (step: Harness) => step.machine.isQuiet();
    expect(isQuiet(harness)).toBe(true);
    expect(isQuiet(harness.arrive(1, records(0)))).toBe(false);
    expect(isQuiet(harness.pass(1_000))).toBe(false);
    expect(isQuiet(harness.end(THROWN))).toBe(false);
    expect(isQuiet(harness.pass(100).end(THROWN))).toBe(false);
    expect(isQuiet(harness.delivered())).toBe(true);
  });

  it('commands nothing where nothing is to be done', () => {
    expect(new Harness().machine.scaledTo(2, 0)).toEqual([]);
  });
});

describe('a broken driver', () => {
  it('is told that it names a partition nobody added', () => {
    expect(() => new Harness().arrive(9, records(0))).toThrow('partition 9 of topic orders is unknown');
  });

  it('is told that it ends an invocation twice', () => {
    const harness = new Harness().arrive(0, records(0, 3));
    const [invocation] = harness.open;
    harness.end(SUCCESS);
    expect(() => harness.machine.invocationEnded(invocation?.id ?? 0, SUCCESS, 0)).toThrow(
      'invocation 2 of topic orders is not open',
    );
  });
});
