// InvalidArgumentException, ValidationException and SerializationException say either that a record can never be taken, or that
// nothing can. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html#API_PutRecords_Errors
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../../functions/kinesis-sink/plan/entry.ts';
import { aKinesisSink, aStream, kinds, offsets, ofOneKey, records } from '../../../support/a-kinesis-sink.ts';
import { aRecord, deadlineIn } from '../../../support/builders.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import { answer, fakeKinesis, sdkError } from '../../../support/fake-kinesis.ts';

/** The reserve of 5 s aside, an invocation of a minute. */
const SEND_MS = 55_000;
const offsetOf = ({ records: [record] }: Entry) => record?.position.offset ?? -1;
const holds = (entries: readonly Entry[], isBad: (offset: number) => boolean) =>
  entries.some(({ records: own }) => own.some(({ position }) => isBad(position.offset)));
/** The sink on a stream whose mood depends on the time: `isRefusing` is asked for each request. */
function onAStream(isRefusing: (elapsedMs: number, entries: readonly Entry[]) => boolean, changes: object = {}) {
  const startMs = 5_000;
  const { queue, deadLetters } = fakeDeadLetters();
  const sentAtMs: number[] = [];
  const kinesis = fakeKinesis((entries) => {
    const elapsedMs = setup.clock.nowMs() - startMs;
    sentAtMs.push(elapsedMs);
    return isRefusing(elapsedMs, entries) ? { kind: 'invalid' } : answer;
  });
  const setup = aKinesisSink({ port: kinesis.port, deadLetters: queue, ...changes });
  return { setup, kinesis, deadLetters, sentAtMs, elapsedMs: () => setup.clock.nowMs() - startMs };
}

describe('a stream that rejects everything for a reason of its own', () => {
  it.each([1, 2, 20, 2_000])(
    'makes no letter of %i records, and is tried until the time to send is up',
    async (count) => {
      const { setup, deadLetters, sentAtMs, elapsedMs } = onAStream(() => true);
      const outcomes = await setup.write(records(count));
      expect(deadLetters).toEqual([]);
      expect(new Set(kinds(outcomes))).toEqual(new Set(['failed']));
      expect(outcomes.every((outcome) => outcome.kind === 'failed' && outcome.failure.retryable)).toBe(true);
      expect(elapsedMs()).toBeGreaterThan(SEND_MS - 5_001);
      // A search, and then one try in five seconds.
      expect(sentAtMs.length).toBeLessThan(80);
      expect(sentAtMs.filter((ms) => ms > 5_000).length).toBeLessThanOrEqual(SEND_MS / 5_000);
    },
  );

  it.each(['ValidationException', 'SerializationException', 'InvalidArgumentException'])('with %s', async (name) => {
    const { queue, deadLetters } = fakeDeadLetters();
    const port = { putRecords: () => Promise.reject(sdkError(name, 400)) };
    const outcomes = await aKinesisSink({ port, deadLetters: queue }).write(records(3));
    expect(kinds(outcomes)).toEqual(['failed', 'failed', 'failed']);
    expect(deadLetters).toEqual([]);
  });

  it.each([1, 7, 700])('and then takes everything again: all of %i are written', async (count) => {
    const { setup, deadLetters } = onAStream((elapsedMs) => elapsedMs < 20_000);
    const outcomes = await setup.write(records(count));
    expect(new Set(kinds(outcomes))).toEqual(new Set(['written']));
    expect(deadLetters).toEqual([]);
  });

  it('just after a bad record was found has no letter of the good ones that stood with it', async () => {
    let requests = 0;
    const { setup, deadLetters } = onAStream((_elapsedMs, entries) => {
      requests += 1;
      // The search gets as far as the bad record and its neighbour; then nothing is taken any more.
      return requests > 3 || holds(entries, (offset) => offset === 2);
    });
    await setup.write(records(4));
    expect(deadLetters).toEqual([]);
  });
});

describe('a record that Kinesis rejects', () => {
  it('alone is unsettled for as long as no other is taken', async () => {
    const { setup, deadLetters } = onAStream((_elapsedMs, entries) => holds(entries, (offset) => offset === 0));
    expect(kinds(await setup.write(records(1)))).toEqual(['failed']);
    expect(deadLetters).toEqual([]);
    // It comes again with company: the same under both readings of what Lambda repeats.
    expect(kinds(await setup.write(records(2)))).toEqual(['deadLettered', 'written']);
    expect(deadLetters).toMatchObject([{ offset: 0, code: 'rejected_by_target' }]);
  });

  it('is a dead letter once it was rejected alone twice, a second apart, while another was taken', async () => {
    const { setup, deadLetters, kinesis, sentAtMs } = onAStream((_elapsedMs, entries) =>
      holds(entries, (o) => o === 1),
    );
    const outcomes = await setup.write(records(2));
    expect(kinds(outcomes)).toEqual(['written', 'deadLettered']);
    expect(kinesis.requests.map(offsets)).toEqual([[0, 1], [0], [1], [1]]);
    expect(sentAtMs).toEqual([0, 0, 0, 1_000]);
    expect(deadLetters).toMatchObject([{ offset: 1, attempts: 3 }]);
  });

  it('after all others of its batch were taken before is unsettled: the stream may have changed its mind', async () => {
    const { setup, deadLetters } = onAStream((_elapsedMs, entries) => holds(entries, (offset) => offset === 3));
    const outcomes = await setup.write(ofOneKey(5));
    expect(kinds(outcomes)).toEqual(['written', 'written', 'written', 'failed', 'skipped']);
    expect(deadLetters).toEqual([]);
  });

  it('is found once: where settled records come again, each invocation finds the next of its lane', async () => {
    const { setup, deadLetters, kinesis } = onAStream((_elapsedMs, entries) => holds(entries, (offset) => offset > 0));
    const invocations = await invocationsUntilSettled(setup, ofOneKey(9));
    expect(invocations).toBe(9);
    expect(new Set(deadLetters.map(({ offset }) => offset))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8]));
    expect(offsets(kinesis.stored)).toEqual(Array.from({ length: 9 }, () => 0));
  });

  it('is remembered for as long as it is rejected, in the longest invocations there are', async () => {
    const { setup } = onAStream((_elapsedMs, entries) => holds(entries, (offset) => offset > 0));
    expect(await invocationsUntilSettled(setup, ofOneKey(3), LAMBDA_TIMEOUT_MS_MAX)).toBe(3);
  });

  it('is unsettled while the stream answers the other half of its request and stores nothing of that', async () => {
    const { queue, deadLetters } = fakeDeadLetters();
    const kinesis = fakeKinesis((entries) =>
      holds(entries, (offset) => offset === 1) ? { kind: 'invalid' } : { kind: 'answer', entry: () => 'throttled' },
    );
    const outcomes = await aKinesisSink({ port: kinesis.port, deadLetters: queue }).write(records(2));
    expect([kinds(outcomes), deadLetters]).toEqual([['failed', 'failed'], []]);
  });

  it('is suspected no more once it is stored: what an outage rejects later makes no letter', async () => {
    let isOut = true;
    const { setup, deadLetters } = onAStream(() => isOut);
    expect(kinds(await setup.write(records(1)))).toEqual(['failed']);
    isOut = false;
    expect(kinds(await setup.write(records(2)))).toEqual(['written', 'written']);
    isOut = true;
    expect(kinds(await setup.write(records(2)))).toEqual(['failed', 'failed']);
    expect(deadLetters).toEqual([]);
  });

  it('is searched for while the dead letter of another record is not durable yet', async () => {
    const { setup, kinesis, sentAtMs } = onAStream((_elapsedMs, entries) => holds(entries, (offset) => offset === 2), {
      recordBytesMax: 1_024,
      deadLetters: { put: () => setup.clock.waitUntil(setup.clock.nowMs() + 30_000).then(() => true) },
    });
    const tooLarge = aRecord({ offset: 0, key: 'large', value: new Uint8Array(2_000) });
    const outcomes = await setup.write([tooLarge, ...records(5).slice(1)]);
    expect(kinds(outcomes)).toEqual(['deadLettered', 'written', 'deadLettered', 'written', 'written']);
    expect(offsets(kinesis.stored).toSorted()).toEqual([1, 3, 4]);
    expect(sentAtMs.filter((ms) => ms > 2_000)).toEqual([]);
  });

  it('holds up no other lane meanwhile', async () => {
    const { setup, kinesis } = onAStream((_elapsedMs, entries) => holds(entries, (offset) => offset === 0));
    await setup.write([aRecord({ offset: 0, key: 'bad' }), ...ofOneKey(9).slice(1)]);
    expect(offsets(kinesis.stored)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('is a dead letter at once where the stream says itself that it takes no record of that size', async () => {
    const { setup, deadLetters } = onAStream(
      (_elapsedMs, entries) => entries.some(({ byteLength }) => byteLength > 1_024),
      {
        recordBytesMax: 4_096,
        describeStream: () => Promise.resolve({ ...aStream, recordKiBMax: 1 }),
      },
    );
    const outcomes = await setup.write([aRecord({ offset: 0, value: new Uint8Array(2_000) })]);
    expect(kinds(outcomes)).toEqual(['deadLettered']);
    expect(deadLetters).toHaveLength(1);
  });

  it('is suspected as any other where it is just as large as the stream says that records may be', async () => {
    const { setup, deadLetters } = onAStream(() => true, {
      describeStream: () => Promise.resolve({ ...aStream, recordKiBMax: 1 }),
    });
    expect(kinds(await setup.write([aRecord({ offset: 0, key: 'k', value: new Uint8Array(1_023) })]))).toEqual([
      'failed',
    ]);
    expect(deadLetters).toEqual([]);
  });
});

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LAMBDA_TIMEOUT_MS_MAX = 900_000;
const INVOCATIONS_MAX = 20;
const MAPPING_PAUSE_MS = 10_000;

/** The whole batch comes again while one of its records is unsettled, as Lambda does without reports of item failures. */
async function invocationsUntilSettled(
  { clock, write }: ReturnType<typeof aKinesisSink>,
  batch: Parameters<typeof write>[0],
  timeoutMs = 60_000,
): Promise<number> {
  for (let count = 1; count <= INVOCATIONS_MAX; count += 1) {
    const outcomes = await write(batch, deadlineIn(clock.nowMs(), timeoutMs));
    if (outcomes.every(({ kind }) => kind === 'written' || kind === 'deadLettered')) return count;
    await clock.advance(MAPPING_PAUSE_MS);
  }
  return Number.POSITIVE_INFINITY;
}

describe('many records that Kinesis rejects', () => {
  it.each([
    { name: 'every second', isBad: (offset: number) => offset % 2 === 0 },
    { name: 'three in four', isBad: (offset: number) => offset % 4 !== 3 },
    { name: 'a row of forty at the head', isBad: (offset: number) => offset < 40 },
    { name: 'a row in the middle', isBad: (offset: number) => offset > 100 && offset < 140 },
    { name: 'a row of two hundred at the head', isBad: (offset: number) => offset < 200 },
  ])('each become a dead letter, and no other, for as long as new records come: $name', async ({ isBad }) => {
    const { setup, deadLetters, kinesis } = onAStream(
      (_elapsedMs, entries) => holds(entries, (offset) => offset < 1_000 && isBad(offset)),
      { random: spread() },
    );
    const all = records(500);
    let open = all;
    for (let invocation = 0; invocation < 12 && open.length > 0; invocation += 1) {
      const batch = [...open, aRecord({ offset: 1_000 + invocation })];
      const outcomes = await setup.write(batch);
      const left = batch.filter((_, index) => outcomes[index]?.kind === 'failed');
      open = left;
    }
    expect(open).toEqual([]);
    const bad = all.map(({ position }) => position.offset).filter(isBad);
    expect(deadLetters.map(({ offset }) => offset).toSorted((x, y) => x - y)).toEqual(bad);
    expect(new Set(offsets(kinesis.stored)).size).toBeGreaterThanOrEqual(500 - bad.length);
    // A search sends each half once, and each bad record is sent once more; a few are looked for again.
    expect(kinesis.requests.length).toBeLessThan(2 * 500 + 3 * bad.length);
  });
});

/** Numbers from 0 to 1 that lie well apart. */
function spread(): () => number {
  let step = 0;
  return () => {
    step += 1;
    return (step * 0.618_033_988_749) % 1;
  };
}

describe('a suspected record', () => {
  it('has a failure that names what is unknown, and quotes nothing', async () => {
    const { setup } = onAStream(() => true);
    const [outcome] = await setup.write(records(1));
    expect(outcome).toMatchObject({
      kind: 'failed',
      failure: { code: 'rejected_by_target', retryable: true, mayBeWritten: false },
    });
    expect(JSON.stringify(outcome)).toContain('the record or the stream may be the cause');
    expect(JSON.stringify(outcome)).not.toContain('SECRET');
  });

  it('is sent again alone, and the others without it', async () => {
    const { setup, kinesis } = onAStream((_elapsedMs, entries) => holds(entries, (offset) => offset === 2));
    await setup.write(records(8));
    const withBad = kinesis.requests.filter((entries) => entries.some((entry) => offsetOf(entry) === 2));
    expect(withBad.at(-1)).toHaveLength(1);
    expect(new Set(offsets(kinesis.stored)).size).toBe(7);
  });
});
