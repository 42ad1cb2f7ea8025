import { describe, expect, it } from 'vitest';
import { failures, Harness, offsets, records, SUCCESS, startsAtZero, THROWN } from '../harness.ts';

// https://docs.aws.amazon.com/lambda/latest/dg/with-msk-configure.html, .../msk-esm-parameters.html
describe('batching', () => {
  it('waits for the window to end before it invokes with less than a batch', () => {
    const harness = new Harness().arrive(0, records(0, 1)).pass(999);
    expect(harness.sent).toEqual([]);
    expect(harness.machine.wakeAtMs()).toBe(1_000);
    expect(harness.pass(1).sent).toEqual([{ 'orders-0': [0, 1] }]);
  });

  it('starts the window with the first record, not with the last', () => {
    const harness = new Harness().arrive(0, records(0)).pass(600).arrive(0, records(1)).pass(400);
    expect(harness.sent).toEqual([{ 'orders-0': [0, 1] }]);
  });

  it('wakes for the retry of a partition, and not for the newer records that wait behind the retry', () => {
    const harness = new Harness({ backoff: { firstMs: 5_000, maxMs: 5_000 } }).arrive(0, records(0, 3));
    harness.arrive(0, records(4)).end(THROWN);
    expect(harness.machine.wakeAtMs()).toBe(5_000);
  });

  it('invokes at once when the batch is full', () => {
    expect(new Harness().arrive(0, records(0, 3)).sent).toEqual([{ 'orders-0': [0, 1, 2, 3] }]);
  });

  it('invokes at once when the window is zero', () => {
    expect(new Harness({ windowMs: 0 }).arrive(1, records(0)).sent).toEqual([{ 'orders-1': [0] }]);
  });

  it('puts several partitions into one invocation, the longest waiting first', () => {
    const harness = new Harness().arrive(2, records(0)).pass(1).arrive(0, records(0)).pass(999);
    expect(harness.sent).toEqual([{ 'orders-2': [0], 'orders-0': [0] }]);
    expect(Object.keys(harness.sent[0] ?? {})).toEqual(['orders-2', 'orders-0']);
  });

  it('puts partitions that wait equally long in the order of their numbers', () => {
    const positions = new Map([2, 0, 1].map((partition) => [partition, 0]));
    const harness = new Harness({}, positions);
    for (const partition of [1, 2, 0]) harness.arrive(partition, records(0));
    expect(Object.keys(harness.pass(1_000).sent[0] ?? {})).toEqual(['orders-0', 'orders-1', 'orders-2']);
  });

  it('counts the records of all partitions against the batch size', () => {
    const harness = new Harness().arrive(0, records(0, 2)).arrive(1, records(0, 2));
    expect(harness.sent).toEqual([{ 'orders-0': [0, 1, 2], 'orders-1': [0] }]);
  });

  it('cuts the batch where one more record would make the event too large, to the byte', () => {
    // 100 envelope + 13 for `"orders-0":[]` + two records with a comma between.
    const payloadBytesMax = 100 + 13 + 10 + 1 + 10;
    const fits = new Harness({ payloadBytesMax }).arrive(0, records(0, 2));
    expect(fits.sent).toEqual([{ 'orders-0': [0, 1] }]);
    const tooTight = new Harness({ payloadBytesMax: payloadBytesMax - 1 }).arrive(0, records(0, 2));
    expect(tooTight.sent).toEqual([{ 'orders-0': [0] }]);
  });

  it('counts the keys of partitions, and the comma between them, against the size of the event', () => {
    const payloadBytesMax = 100 + 13 + 10 + 1 + 13 + 10;
    const fits = new Harness({ payloadBytesMax }).arrive(0, records(0)).arrive(1, records(0)).pass(1_000);
    expect(fits.sent).toEqual([{ 'orders-0': [0], 'orders-1': [0] }]);
    const tooTight = new Harness({ payloadBytesMax: payloadBytesMax - 1 });
    tooTight.arrive(0, records(0)).arrive(1, records(0)).pass(1_000);
    expect(tooTight.sent).toEqual([{ 'orders-0': [0] }, { 'orders-1': [0] }]);
  });

  it('fills what room a large record left with a smaller one of another partition', () => {
    const harness = new Harness({ batchRecordsMax: 10 }).arrive(0, records(0)).arrive(1, records(0));
    harness.arrive(0, records(1, 1, { bytes: 9_880 }));
    expect(harness.sent).toEqual([{ 'orders-0': [0], 'orders-1': [0] }]);
  });

  it('invokes as soon as no record fits any more, without waiting for the window', () => {
    const harness = new Harness({ payloadBytesMax: 134 }).arrive(0, records(0));
    expect(harness.sent).toEqual([]);
    expect(harness.arrive(0, records(1)).sent).toEqual([{ 'orders-0': [0, 1] }]);
  });

  it('waits for the window while there is a byte of room', () => {
    expect(new Harness({ payloadBytesMax: 135 }).arrive(0, records(0, 1)).sent).toEqual([]);
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html
describe('concurrency', () => {
  it('never has one partition in two invocations at once', () => {
    const harness = new Harness().arrive(0, records(0, 8));
    expect(harness.sent).toEqual([{ 'orders-0': [0, 1, 2, 3] }]);
    expect(harness.end(SUCCESS).sent).toEqual([{ 'orders-0': [4, 5, 6, 7] }]);
  });

  it('invokes for different partitions at the same time', () => {
    const harness = new Harness().arrive(0, records(0, 3)).arrive(1, records(0, 3));
    expect(harness.sent).toEqual([{ 'orders-0': [0, 1, 2, 3] }, { 'orders-1': [0, 1, 2, 3] }]);
  });

  it('puts no partitions of two pollers into one invocation', () => {
    const harness = new Harness({ pollers: 2 }, startsAtZero(3));
    for (let partition = 0; partition < 3; partition += 1) harness.arrive(partition, records(0));
    expect(harness.pass(1_000).sent).toEqual([{ 'orders-0': [0], 'orders-2': [0] }, { 'orders-1': [0] }]);
  });

  it('has at most five invocations open for one poller', () => {
    const harness = new Harness({}, startsAtZero(7));
    for (let partition = 0; partition < 7; partition += 1) harness.arrive(partition, records(0, 3));
    expect(harness.sent).toHaveLength(5);
    expect(harness.machine.wakeAtMs()).toBe(Number.POSITIVE_INFINITY);
    expect(harness.end(SUCCESS).sent).toHaveLength(5);
    expect(harness.end(SUCCESS).sent).toHaveLength(5);
    expect(harness.end(SUCCESS).sent).toHaveLength(4);
  });

  it('gives each poller its own five, and its own partitions', () => {
    const harness = new Harness({ pollers: 2 }, startsAtZero(14));
    for (let partition = 0; partition < 14; partition += 1) harness.arrive(partition, records(0, 3));
    const partitions = harness.sent.flatMap((batch) => Object.keys(batch));
    expect(partitions.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((partition) => `orders-${partition}`));
  });
});

describe('a record that the schema registry refuses', () => {
  const refused = records(1, 1, { refusal: 'SCHEMA_NOT_FOUND' });

  it('is dropped without an invocation and without a destination, and its partition goes on', () => {
    const harness = new Harness().arrive(0, [...records(0), ...refused, ...records(2)]).pass(1_000);
    expect(harness.sent).toEqual([{ 'orders-0': [0] }]);
    harness.end(SUCCESS);
    expect(harness.sent).toEqual([{ 'orders-0': [2] }]);
    expect(harness.machine.counters().recordsDropped.SCHEMA_NOT_FOUND).toBe(1);
    expect(harness.end(SUCCESS).commits).toEqual({ 'orders-0': [1, 2, 3] });
  });

  it('goes to the destination alone, and its partition waits until it is there', () => {
    const harness = new Harness({ hasDestination: true }).arrive(0, [...refused, ...records(2)]).pass(1_000);
    expect(harness.sent).toEqual([]);
    expect(harness.deliveries[0]?.failure).toMatchObject({ condition: 'SCHEMA_NOT_FOUND', invokeCount: 0 });
    expect(harness.deliveries[0]?.failure.batch[0]?.records).toEqual(refused);
    expect(harness.delivered().sent).toEqual([{ 'orders-0': [2] }]);
  });
});

describe('another number of pollers', () => {
  it('divides the partitions anew, and what is retried of one goes with it', () => {
    const harness = new Harness({}, startsAtZero(3));
    for (let partition = 0; partition < 3; partition += 1) harness.arrive(partition, records(0));
    harness.pass(1_000).end(THROWN); // one invocation of all three partitions
    harness.scaledTo(3);
    expect(harness.pass(100).sent).toEqual([{ 'orders-0': [0] }, { 'orders-1': [0] }, { 'orders-2': [0] }]);
  });

  it('sends nothing of a partition that has an invocation open', () => {
    const harness = new Harness({ pollers: 2 }, startsAtZero(2));
    harness.arrive(0, records(0, 7)).arrive(1, records(0, 3)).scaledTo(1);
    expect(harness.sent).toHaveLength(2);
    expect(harness.end(SUCCESS).sent).toEqual([{ 'orders-1': [0, 1, 2, 3] }, { 'orders-0': [4, 5, 6, 7] }]);
  });

  it('gives each poller five invocations, and counts those that were open before', () => {
    const harness = new Harness({}, startsAtZero(12));
    for (let partition = 0; partition < 12; partition += 1) harness.arrive(partition, records(0, 3));
    expect(harness.sent).toHaveLength(5);
    // Of the six partitions of the second poller, two are in invocations of the first.
    expect(harness.scaledTo(2).sent).toHaveLength(9);
    expect(harness.scaledTo(1).scaledTo(2).sent).toHaveLength(9);
    expect(harness.end(SUCCESS).sent).toHaveLength(9);
  });

  it('goes on with a partition whose invocation was of a poller that is not in use any more', () => {
    const harness = new Harness({ pollers: 3 }, startsAtZero(3));
    harness.arrive(2, records(0, 7)).scaledTo(1);
    expect(harness.end(SUCCESS).sent).toEqual([{ 'orders-2': [4, 5, 6, 7] }]);
  });

  it('reaches the partitions that are added later', () => {
    const harness = new Harness({}, startsAtZero(1)).scaledTo(2);
    harness.machine.partitionAdded(1, 0);
    harness.arrive(0, records(0)).arrive(1, records(0)).pass(1_000);
    expect(harness.sent).toEqual([{ 'orders-0': [0] }, { 'orders-1': [0] }]);
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html
describe('a record that fits no invocation', () => {
  it('is one byte larger than a record that fills an invocation alone', () => {
    const harness = new Harness().arrive(0, [...records(0, 0, { bytes: 9_887 }), ...records(1, 1, { bytes: 9_888 })]);
    expect(harness.sent).toEqual([{ 'orders-0': [0] }]);
    harness.end(SUCCESS);
    expect(harness.machine.counters().recordsDropped.MaximumPayloadSizeExceeded).toBe(1);
  });

  const oversized = records(1, 1, { bytes: 10_000 });

  it('is dropped without an invocation, and its partition goes on', () => {
    const harness = new Harness().arrive(0, [...records(0), ...oversized, ...records(2)]).pass(1_000);
    expect(harness.sent).toEqual([{ 'orders-0': [0] }]);
    harness.end(SUCCESS);
    expect(harness.commits).toEqual({ 'orders-0': [1, 2] });
    expect(harness.sent).toEqual([{ 'orders-0': [2] }]);
    expect(harness.machine.counters().recordsDropped.MaximumPayloadSizeExceeded).toBe(1);
  });

  it('goes to the destination, and its partition waits until it is there', () => {
    const harness = new Harness({ hasDestination: true }).arrive(0, [
      ...records(0, 0, { bytes: 9_900 }),
      ...records(1, 4),
    ]);
    expect(harness.sent).toEqual([]);
    expect(harness.deliveries[0]?.failure).toMatchObject({
      condition: 'MaximumPayloadSizeExceeded',
      invokeCount: 0,
      lastResponse: undefined,
    });
    harness.delivered();
    expect(harness.commits).toEqual({ 'orders-0': [1] });
    expect(harness.sent).toEqual([{ 'orders-0': [1, 2, 3, 4] }]);
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
describe('MaximumRecordAgeInSeconds', () => {
  const settings = { recordAgeMaxMs: 60_000 };

  it('is looked at before the first invocation', () => {
    const harness = new Harness(settings);
    harness.nowMs = 70_000;
    harness.arrive(0, [...records(0, 1, { timestampMs: 9_999 }), ...records(2, 3, { timestampMs: 10_000 })]);
    expect(harness.sent).toEqual([{ 'orders-0': [2, 3] }]);
    expect(harness.machine.counters().recordsDropped.RecordAgeExceeded).toBe(2);
  });

  it('is looked at before each retry', () => {
    const harness = new Harness(settings).arrive(0, records(0, 3));
    harness.nowMs = 60_000;
    harness.end(THROWN);
    expect(harness.pass(100).sent).toEqual([]);
    expect(harness.commits).toEqual({ 'orders-0': [4] });
    expect(harness.machine.isQuiet()).toBe(true);
  });

  it('sends expired records to the destination before the younger ones of their partition go on', () => {
    const harness = new Harness({ ...settings, hasDestination: true });
    harness.nowMs = 70_000;
    harness.arrive(0, [...records(0), ...records(1, 3, { timestampMs: 70_000 })]).arrive(1, records(0));
    expect(harness.sent).toEqual([]);
    expect(harness.deliveries.map(({ failure }) => [failure.condition, offsets(failure.batch)])).toEqual([
      ['RecordAgeExceeded', { 'orders-0': [0] }],
    ]);
    harness.delivered();
    expect(harness.sent).toEqual([{ 'orders-0': [1, 2, 3] }]);
    expect(harness.commits).toEqual({ 'orders-0': [1] });
  });

  it('comes before other records of its partitions, which then go together, and once', () => {
    const harness = new Harness(settings);
    harness.nowMs = 70_000;
    const young = { timestampMs: 70_000 };
    for (const partition of [0, 1]) harness.arrive(partition, [...records(0), ...records(1, 1, young)]);
    expect(harness.sent).toEqual([{ 'orders-0': [1], 'orders-1': [1] }]);
    expect(harness.end(SUCCESS).pass(1_000).sent).toEqual([]);
    expect(harness.machine.isQuiet()).toBe(true);
  });

  it('leads to the next record at once, which the schema registry may refuse', () => {
    const harness = new Harness({ ...settings, windowMs: 0 });
    harness.nowMs = 70_000;
    harness.arrive(0, [...records(0), ...records(1, 1, { refusal: 'SCHEMA_NOT_FOUND' })]);
    expect(harness.machine.counters().recordsDropped).toMatchObject({ RecordAgeExceeded: 1, SCHEMA_NOT_FOUND: 1 });
  });

  it('does not hold up another partition of the same batch', () => {
    const harness = new Harness({ ...settings, hasDestination: true });
    harness.nowMs = 70_000;
    harness.arrive(0, records(0)).arrive(1, records(0, 2, { timestampMs: 70_000 }));
    expect(harness.sent).toEqual([{ 'orders-1': [0, 1, 2] }]);
    expect(harness.deliveries).toHaveLength(1);
  });
});

describe('retried records', () => {
  it('go in the order in which their pauses end', () => {
    const harness = new Harness().arrive(1, records(0, 3)).arrive(0, records(0, 3));
    harness.end(THROWN).pass(50).end(THROWN);
    expect(harness.pass(100).sent).toEqual([{ 'orders-1': [0, 1, 2, 3] }, { 'orders-0': [0, 1, 2, 3] }]);
  });

  it('go before a record that is given up without an invocation', () => {
    const refused = records(4, 4, { refusal: 'SCHEMA_NOT_FOUND' });
    const harness = new Harness({ hasDestination: true }).arrive(0, [...records(0, 3), ...refused]).end(THROWN);
    expect(harness.deliveries).toEqual([]);
    expect(harness.pass(100).end(SUCCESS).deliveries).toHaveLength(1);
  });

  it('go before newer ones of their partition, and never together with them', () => {
    const harness = new Harness().arrive(0, records(0, 7)).end(failures(['orders-0', 3]));
    expect(harness.pass(100).sent).toEqual([{ 'orders-0': [3] }]);
    expect(harness.end(SUCCESS).sent).toEqual([{ 'orders-0': [4, 5, 6, 7] }]);
  });
});
