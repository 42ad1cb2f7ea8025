import { describe, expect, it, vi } from 'vitest';
import { CredentialsError } from '../../../../../functions/kinesis-sink/target/credentials.ts';
import { createPreflight, type StreamSummary } from '../../../../../functions/kinesis-sink/target/preflight.ts';
import {
  aKinesisSink,
  aStream,
  type KinesisSinkSetup,
  kinds,
  ofOneKey,
  records,
} from '../../../../support/a-kinesis-sink.ts';
import { deadlineIn } from '../../../../support/builders.ts';
import { fakeDeadLetters } from '../../../../support/fake-dead-letters.ts';
import { fakeKinesis, sdkError } from '../../../../support/fake-kinesis.ts';
import { recordedTelemetry } from '../../../../support/recorded-telemetry.ts';
import { VirtualClock } from '../../../../support/virtual-clock.ts';

const never = new Promise<StreamSummary>(() => undefined);

/** Looks at a stream that answers with these, the last one for ever. */
function looks(
  answers: readonly (() => Promise<StreamSummary>)[],
  { ready = () => Promise.resolve(), ...changes }: Partial<KinesisSinkSetup> = {},
) {
  const clock = new VirtualClock();
  const telemetry = recordedTelemetry();
  let count = 0;
  const preflight = createPreflight({
    ...telemetry,
    clock,
    port: {
      ready,
      describeStream: () => {
        count += 1;
        return (answers[count - 1] ?? answers.at(-1))?.() ?? never;
      },
    },
    options: { ordering: 'key', aggregation: 'off', recordKiBMax: 1024, ...changes },
  });
  const begin = () => preflight.begin(deadlineIn(clock.nowMs()));
  return { preflight, clock, telemetry, begin, count: () => count };
}

const says = (changes: Partial<StreamSummary> = {}) => [() => Promise.resolve({ ...aStream, ...changes })];
const fails = (error: unknown) => () => Promise.reject(error);
const warnings = ({ telemetry }: ReturnType<typeof looks>) => telemetry.lines.map(({ message }) => message);

describe('a look at the stream', () => {
  it('happens once in the life of an environment, and says nothing where nothing is wrong', async () => {
    const look = looks(says());
    await look.begin().isOver;
    await look.begin().isOver;
    expect(look.count()).toBe(1);
    expect(warnings(look)).toEqual([]);
  });

  it.each([
    { of: { status: 'DELETING' }, warns: ['stream_not_active'] },
    { of: { status: 'CREATING' }, warns: ['stream_not_active'] },
    { of: { status: 'UPDATING' }, warns: [] },
    { of: { recordKiBMax: 1023 }, warns: ['stream_takes_smaller_records'] },
    { of: { recordKiBMax: 4096 }, warns: [] },
    { of: { recordKiBMax: undefined, distribution: undefined }, warns: [] },
    { of: { distribution: 'AUTO' }, warns: ['stream_keeps_no_order'] },
    { of: { status: 'DELETING', distribution: 'AUTO' }, warns: ['stream_not_active', 'stream_keeps_no_order'] },
  ])('warns of $of: $warns', async ({ of, warns }) => {
    const look = looks(says(of));
    await look.begin().isOver;
    expect(warnings(look)).toEqual(warns);
    expect(look.preflight.objection()).toBeUndefined();
  });

  it('names both sizes where the stream takes smaller records than the settings say', async () => {
    const look = looks(says({ recordKiBMax: 1024 }), { recordKiBMax: 2048 } as object);
    await look.begin().isOver;
    expect(look.telemetry.lines[0]?.fields).toEqual({ streamKiBMax: 1024, recordKiBMax: 2048 });
  });

  it.each(['partition', 'key'] as const)('warns of an order that is lost: %s', async (ordering) => {
    const look = looks(says({ distribution: 'AUTO' }), { ordering });
    await look.begin().isOver;
    expect(look.telemetry.lines).toMatchObject([{ level: 'warn', fields: { distribution: 'AUTO', ordering } }]);
  });

  it('warns of no order where none is asked for', async () => {
    const look = looks(says({ distribution: 'AUTO' }), { ordering: 'none' });
    await look.begin().isOver;
    expect(warnings(look)).toEqual([]);
  });

  it('is not repeated where the role does not allow it, and warns once without a foreign word', async () => {
    const look = looks([fails(sdkError('AccessDeniedException', 400))]);
    for (let batch = 0; batch < 5; batch += 1) await look.begin().isOver;
    expect(look.count()).toBe(1);
    expect(warnings(look)).toEqual(['stream_not_described']);
    const line = JSON.stringify(look.telemetry.lines);
    expect(line).toContain('kinesis:DescribeStreamSummary');
    expect(line).toContain('AccessDeniedException');
    expect(line).not.toContain('SECRET');
  });

  it('is repeated with the next batches after another failure, three times in all', async () => {
    const look = looks([fails(sdkError('LimitExceededException', 400))]);
    for (let batch = 0; batch < 5; batch += 1) await look.begin().isOver;
    expect(look.count()).toBe(3);
    expect(warnings(look)).toEqual(['stream_not_described']);
  });

  it('says nothing of the stream where there are no credentials, and is repeated', async () => {
    const look = looks([fails(new CredentialsError('no session'))]);
    for (let batch = 0; batch < 5; batch += 1) await look.begin().isOver;
    expect(look.count()).toBe(5);
    expect(warnings(look)).toEqual([]);
  });

  it('is no failed one while STS gives no session: the stream was not asked', async () => {
    const look = looks(says(), { ready: () => new Promise(() => undefined), aggregation: 'key' });
    for (let batch = 0; batch < 5; batch += 1) await look.clock.run(look.begin().isOver);
    expect(look.count()).toBe(0);
    expect(warnings(look)).toEqual([]);
    expect(look.preflight.objection()?.failure).toMatchObject({
      code: 'credentials_unavailable',
      detail: 'STS did not answer AssumeRole in time',
    });
  });

  it('is over after three seconds', async () => {
    const look = looks([() => never]);
    const startMs = look.clock.nowMs();
    await look.clock.run(look.begin().isOver);
    expect(look.clock.nowMs() - startMs).toBe(3_000);
    expect(warnings(look)).toEqual(['stream_not_described']);
    expect(look.clock.waitingCount()).toBe(0);
  });

  it.each([
    { aggregation: 'key', isRefused: true },
    { aggregation: 'off', isRefused: false },
  ] as const)(
    'finds out within a minute that a stream was switched to AUTO: aggregation $aggregation',
    async (options) => {
      let distribution = 'USER_PARTITION_KEY';
      const setup = aKinesisSink({
        port: fakeKinesis().port,
        aggregation: options.aggregation,
        describeStream: () => Promise.resolve({ ...aStream, distribution }),
      });
      await setup.write(records(2));
      distribution = 'AUTO';
      await setup.clock.advance(60_000);
      const outcomes = await setup.write(records(2));
      expect(outcomes.map(({ kind }) => kind === 'failed')).toContain(options.isRefused);
      expect(setup.telemetry.metrics()).toHaveProperty('StreamDistributesAutomatically');
      expect(setup.telemetry.lines).toContainEqual({
        level: 'warn',
        message: 'stream_distribution_changed',
        fields: { from: 'USER_PARTITION_KEY', to: 'AUTO' },
      });
    },
  );

  it('looks at the stream once in a minute, and keeps what it knows when a look fails', async () => {
    let lookCount = 0;
    const setup = aKinesisSink({
      port: fakeKinesis().port,
      aggregation: 'key',
      describeStream: () => {
        lookCount += 1;
        return lookCount === 1 ? Promise.resolve(aStream) : Promise.reject(sdkError('LimitExceededException', 400));
      },
    });
    for (let batch = 0; batch < 3; batch += 1) await setup.write(records(1));
    expect(lookCount).toBe(1);
    for (let minute = 0; minute < 5; minute += 1) {
      await setup.clock.advance(60_000);
      expect((await setup.write(records(1))).map(({ kind }) => kind)).toEqual(['written']);
    }
    expect(lookCount).toBeGreaterThan(1);
  });

  it('is over when the answer is due, and begins not at all when nothing may be sent any more', async () => {
    const look = looks([() => never]);
    const startMs = look.clock.nowMs();
    const late = look.preflight.begin({ sendUntilMs: startMs + 1, answerByMs: startMs + 1_000 });
    await look.clock.run(late.isOver);
    expect(look.clock.nowMs() - startMs).toBe(1_000);
    await look.preflight.begin({ sendUntilMs: look.clock.nowMs(), answerByMs: look.clock.nowMs() + 9_000 }).isOver;
    expect(look.count()).toBe(1);
  });

  it('is called off with the batch: it leaves nothing behind, warns of nothing, and is repeated with the next', async () => {
    const look = looks([() => never, ...says()]);
    const inspection = look.begin();
    await vi.waitUntil(() => look.count() === 1);
    inspection.end();
    await inspection.isOver;
    expect(look.clock.waitingCount()).toBe(0);
    expect(warnings(look)).toEqual([]);
    await look.begin().isOver;
    expect(look.count()).toBe(2);
  });
});

describe('a batch', () => {
  it('does not wait for the look without aggregation', async () => {
    const setup = aKinesisSink({ port: fakeKinesis().port, describeStream: () => never });
    const startMs = setup.clock.nowMs();
    expect(kinds(await setup.write(records(2)))).toEqual(['written', 'written']);
    expect(setup.clock.nowMs()).toBe(startMs);
    expect(setup.clock.waitingCount()).toBe(0);
  });

  it.each(['key', 'bucket'] as const)(
    'waits for it with aggregation: %s, for three looks of three seconds at most, and then goes without',
    async (aggregation) => {
      const kinesis = fakeKinesis();
      const setup = aKinesisSink({ port: kinesis.port, aggregation, describeStream: () => never });
      const startMs = setup.clock.nowMs();
      expect(new Set(kinds(await setup.write(ofOneKey(3))))).toEqual(new Set(['written']));
      expect(setup.clock.nowMs() - startMs).toBe(11_000);
      expect(kinesis.stored).toHaveLength(1);
      await setup.write(ofOneKey(3));
      expect(setup.clock.nowMs() - startMs).toBe(11_000);
    },
  );

  it('does not aggregate before it knows, though the look has no credentials at first', async () => {
    const kinesis = fakeKinesis();
    let count = 0;
    const setup = aKinesisSink({
      port: kinesis.port,
      aggregation: 'key',
      describeStream: () => {
        count += 1;
        if (count < 5) return Promise.reject(new CredentialsError('STS refused AssumeRole'));
        return Promise.resolve({ ...aStream, distribution: 'AUTO' });
      },
    });
    const outcomes = await setup.write(ofOneKey(1), deadlineIn(setup.clock.nowMs(), 16_000));
    expect(outcomes).toMatchObject([
      { failure: { code: 'credentials_unavailable', detail: 'STS refused AssumeRole', retryable: true } },
    ]);
    const later = await setup.write(ofOneKey(1), deadlineIn(setup.clock.nowMs(), 16_000));
    expect(later).toMatchObject([{ failure: { code: 'misconfigured' } }]);
    expect(kinesis.requests).toEqual([]);
  });

  it.each(['off', 'key', 'bucket'] as const)(
    'is written all the same where the stream must not be described (aggregation: %s)',
    async (aggregation) => {
      const setup = aKinesisSink({
        port: fakeKinesis().port,
        aggregation,
        describeStream: fails(sdkError('AccessDeniedException', 400)),
      });
      expect(new Set(kinds(await setup.write(ofOneKey(3))))).toEqual(new Set(['written']));
      expect(setup.telemetry.lines.map(({ message }) => message)).toEqual(['stream_not_described']);
    },
  );

  it('is written to a stream that distributes automatically, without aggregation', async () => {
    const describeStream = () => Promise.resolve({ ...aStream, distribution: 'AUTO' });
    const setup = aKinesisSink({ port: fakeKinesis().port, describeStream });
    expect(kinds(await setup.write(records(1)))).toEqual(['written']);
  });
});

describe('aggregates for a stream that distributes automatically', () => {
  /** It does for so many looks. */
  function anAutomaticStream(lookCount: number, aggregation: 'key' | 'bucket' = 'key') {
    const kinesis = fakeKinesis();
    const lookedAtMs: number[] = [];
    const { queue, letters } = fakeDeadLetters();
    const setup = aKinesisSink({
      port: kinesis.port,
      aggregation,
      deadLetters: queue,
      describeStream: () => {
        lookedAtMs.push(setup.clock.nowMs() - startMs);
        const isAutomatic = lookedAtMs.length <= lookCount;
        return Promise.resolve({ ...aStream, distribution: isAutomatic ? 'AUTO' : 'USER_PARTITION_KEY' });
      },
    });
    const startMs = setup.clock.nowMs();
    return { setup, kinesis, lookedAtMs, letters };
  }

  it.each(['key', 'bucket'] as const)(
    'are not sent: everything is handed back with what to change (%s)',
    async (aggregation) => {
      const { setup, kinesis, lookedAtMs, letters } = anAutomaticStream(Number.POSITIVE_INFINITY, aggregation);
      const outcomes = await setup.write(ofOneKey(2), deadlineIn(setup.clock.nowMs(), 33_000));
      expect(outcomes).toMatchObject([
        { kind: 'failed', failure: { code: 'misconfigured', retryable: true, mayBeWritten: false } },
        { kind: 'skipped' },
      ]);
      expect(JSON.stringify(outcomes)).toContain('set aggregation: off');
      expect(kinesis.requests).toEqual([]);
      expect(letters).toEqual([]);
      expect(lookedAtMs).toEqual([0, 5_000, 10_000, 15_000, 20_000, 25_000]);
    },
  );

  it('are sent as soon as it does so no more', async () => {
    const { setup, kinesis, lookedAtMs } = anAutomaticStream(2);
    expect(kinds(await setup.write(ofOneKey(2)))).toEqual(['written', 'written']);
    expect(lookedAtMs).toEqual([0, 5_000, 10_000]);
    expect(kinesis.stored).toHaveLength(1);
    await setup.write(ofOneKey(2));
    expect(lookedAtMs).toHaveLength(3);
  });

  it('are looked at again with the next batch, however often that failed meanwhile', async () => {
    let count = 0;
    const setup = aKinesisSink({
      port: fakeKinesis().port,
      aggregation: 'key',
      describeStream: () => {
        count += 1;
        if (count > 8) return Promise.resolve(aStream);
        return count === 1
          ? Promise.resolve({ ...aStream, distribution: 'AUTO' })
          : Promise.reject(sdkError('AccessDeniedException', 400));
      },
    });
    const first = await setup.write(ofOneKey(1), deadlineIn(setup.clock.nowMs(), 33_000));
    expect(kinds(first)).toEqual(['failed']);
    expect(kinds(await setup.write(ofOneKey(1)))).toEqual(['written']);
  });

  it('do not blame the stream for what was not sent for another reason later', async () => {
    const { setup, lookedAtMs } = anAutomaticStream(1);
    const outcomes = await setup.write(ofOneKey(1), deadlineIn(setup.clock.nowMs(), 9_000));
    expect(lookedAtMs).toEqual([0]);
    expect(outcomes).toMatchObject([{ failure: { code: 'misconfigured' } }]);
    const later = anAutomaticStream(1);
    const stuck = aKinesisSink({
      port: { putRecords: () => new Promise(() => undefined) },
      aggregation: 'key',
      requestsInFlightMax: 1,
      describeStream: () =>
        Promise.resolve({ ...aStream, distribution: later.lookedAtMs.push(0) === 1 ? 'AUTO' : 'USER_PARTITION_KEY' }),
    });
    const [, second] = await stuck.write(
      [...ofOneKey(1), ...records(700).slice(1)],
      deadlineIn(stuck.clock.nowMs(), 15_000),
    );
    expect(JSON.stringify(second)).not.toContain('misconfigured');
  });
});
