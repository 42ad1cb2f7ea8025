import { describe, expect, it, vi } from 'vitest';
import { CredentialsError } from '../../../../../functions/kinesis-sink/target/credentials.ts';
import type { StreamSummary } from '../../../../../functions/kinesis-sink/target/preflight.ts';
import { aKinesisSink, aStream, records } from '../../../../support/a-kinesis-sink.ts';
import { fakeKinesis, sdkError } from '../../../../support/fake-kinesis.ts';
import { fails, looks, never } from '../../../../support/stream-answers.ts';

const says = (changes: Partial<StreamSummary> = {}) => [() => Promise.resolve({ ...aStream, ...changes })];

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

  it('is repeated with the next batches after another failure, three times, and once in each minute from then on', async () => {
    const look = looks([fails(sdkError('LimitExceededException', 400))]);
    for (let batch = 0; batch < 5; batch += 1) await look.begin().isOver;
    expect(look.count()).toBe(3);
    for (let minute = 1; minute < 3; minute += 1) {
      await look.clock.run(look.clock.waitUntil(look.clock.nowMs() + 60_000));
      for (let batch = 0; batch < 5; batch += 1) await look.begin().isOver;
      expect(look.count()).toBe(3 + minute);
    }
    expect(warnings(look)).toEqual(['stream_not_described']);
  });

  it('stops aggregates also where the first answer, AUTO, comes after three failures', async () => {
    const failure = fails(sdkError('LimitExceededException', 400));
    const auto = () => Promise.resolve({ ...aStream, distribution: 'AUTO' });
    const look = looks([failure, failure, failure, auto], { aggregation: 'key' });
    for (let batch = 0; batch < 3; batch += 1) await look.begin().isOver;
    expect(look.preflight.objection()).toBeUndefined();
    await look.clock.run(look.clock.waitUntil(look.clock.nowMs() + 60_000));
    await look.begin().isOver;
    expect(look.preflight.objection()?.failure.code).toBe('misconfigured');
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

  it.each(['LimitExceededException', 'AccessDeniedException'])(
    'is repeated each minute although many failed since the first: %s',
    async (name) => {
      let answer = () => Promise.resolve({ ...aStream, distribution: 'USER_PARTITION_KEY' });
      const look = looks([() => answer()], { aggregation: 'key' });
      await look.begin().isOver;
      answer = fails(sdkError(name, 400));
      for (let minute = 0; minute < 5; minute += 1) {
        await look.clock.advance(60_000);
        await look.begin().isOver;
        await look.begin().isOver;
      }
      expect(look.count()).toBe(6);
      answer = () => Promise.resolve({ ...aStream, distribution: 'AUTO' });
      await look.clock.advance(60_000);
      await look.begin().isOver;
      expect(look.preflight.objection()?.failure.code).toBe('misconfigured');
    },
  );

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

  it('happens once in each minute, and warns of no change where there is none', async () => {
    const look = looks(says());
    for (let minute = 0; minute < 4; minute += 1) {
      for (let batch = 0; batch < 2; batch += 1) await look.begin().isOver;
      expect(look.count()).toBe(minute + 1);
      await look.clock.advance(60_000);
    }
    expect(warnings(look)).toEqual([]);
  });

  it.each([
    [1_024, 1_048_576],
    [10_240, 10_485_760],
    [undefined, undefined],
  ])('tells the limit of a record: %s KiB are %s bytes', async (recordKiBMax, bytes) => {
    const look = looks(says({ recordKiBMax }));
    expect(look.preflight.recordBytesMax()).toBeUndefined();
    await look.begin().isOver;
    expect(look.preflight.recordBytesMax()).toBe(bytes);
  });

  it('lets aggregates wait, of which nothing is written, until it is over', () => {
    const { preflight } = looks([() => never], { aggregation: 'key' });
    expect(preflight.objection()).toMatchObject({
      failure: { code: 'target_unreachable', retryable: true, mayBeWritten: false },
      lookAgainInMs: 1_000,
    });
  });
});
