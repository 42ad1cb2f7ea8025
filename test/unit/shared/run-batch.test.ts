import { describe, expect, it } from 'vitest';
import { MalformedEventError, UnsettledBatchError } from '../../../shared/errors.ts';
import { failed, skipped, written } from '../../../shared/outcome.ts';
import { runBatch, type TriggerMode } from '../../../shared/run-batch.ts';
import type { Sink } from '../../../shared/sink-contract.ts';
import { deadlineIn } from '../../support/builders.ts';
import { recordedTelemetry } from '../../support/recorded-telemetry.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const SECRET = 'SECRET-payload';
const event = (count: number) => ({
  eventSource: 'aws:kafka',
  records: {
    'orders-0': Array.from({ length: count }, (_, offset) => ({
      topic: 'orders',
      partition: 0,
      offset,
      timestamp: 1_699_999_999_000,
      key: Buffer.from(SECRET).toString('base64'),
      value: Buffer.from(SECRET).toString('base64'),
      headers: [{ [SECRET]: [1] }],
    })),
  },
});

const allWritten: Sink = {
  write: (batches) =>
    Promise.resolve(batches.flatMap(({ records }) => records.map((record) => written(record.position)))),
};
const firstFails: Sink = {
  write: (batches) =>
    Promise.resolve(
      batches.flatMap(({ records }) =>
        records.map(({ position }, index) =>
          index === 0
            ? failed(position, { code: 'throttled', retryable: true, mayBeWritten: false, detail: 'throttled' })
            : skipped(position, { ...position, offset: 0 }),
        ),
      ),
    ),
};

function setUp(sink: Sink, triggerMode: TriggerMode = 'provisioned') {
  const clock = new VirtualClock();
  const telemetry = recordedTelemetry();
  const parts = { sink, triggerMode, clock, log: telemetry.log, meter: telemetry.meter };
  const run = (input: unknown) => clock.run(runBatch(input, deadlineIn(clock.nowMs()), parts));
  return { run, telemetry, clock };
}

describe('a settled batch', () => {
  it.each<TriggerMode>(['provisioned', 'onDemand'])('answers with an empty list (%s)', async (mode) => {
    expect(await setUp(allWritten, mode).run(event(3))).toEqual({ batchItemFailures: [] });
  });

  it('writes one info line and its metrics', async () => {
    const { run, telemetry } = setUp(allWritten);
    await run(event(3));
    expect(telemetry.lines).toMatchObject([
      { level: 'info', message: 'batch_settled', fields: { recordCount: 3, writtenCount: 3 } },
    ]);
    expect(telemetry.metrics()).toMatchObject({
      RecordsReceived: 3,
      RecordsWritten: 3,
      RecordsUnsettled: 0,
      RecordAge: 1_000,
    });
  });

  it('says how long it took', async () => {
    const { run, telemetry, clock } = setUp({
      ...allWritten,
      async write(...parts) {
        await clock.sleep(320);
        return allWritten.write(...parts);
      },
    });
    await run(event(1));
    expect(telemetry.lines).toMatchObject([{ fields: { durationMs: 320 } }]);
    expect(telemetry.metrics()).toMatchObject({ BatchDuration: 320 });
  });
});

describe('a probe', () => {
  const findings = [{ title: 'stream', status: 'ok', found: 'ACTIVE' }] as const;

  it.each<TriggerMode>(['provisioned', 'onDemand'])(
    'is answered with what the sink sees, without a batch (%s)',
    async (mode) => {
      const { run, telemetry } = setUp({ ...allWritten, probe: () => Promise.resolve(findings) }, mode);
      expect(await run({ mskSinks: 'probe' })).toEqual({ mskSinks: 'probe', batchItemFailures: [], findings });
      expect(telemetry.lines).toEqual([]);
      expect(telemetry.metrics()).toEqual({});
    },
  );

  it('finds nothing where the sink has no probe', async () => {
    const answer = await setUp(allWritten).run({ mskSinks: 'probe' });
    expect(answer).toEqual({ mskSinks: 'probe', batchItemFailures: [], findings: [] });
  });

  it('ends before the invocation does, however long the target is silent', async () => {
    const untilAborted = (signal: AbortSignal) =>
      new Promise<never[]>((resolve) => {
        signal.addEventListener('abort', () => resolve([]));
      });
    const { run, clock } = setUp({ ...allWritten, probe: untilAborted });
    const { sendUntilMs } = deadlineIn(clock.nowMs());
    expect(await run({ mskSinks: 'probe' })).toMatchObject({ findings: [] });
    expect(clock.nowMs()).toBe(sendUntilMs);
  });
});

describe('an unsettled batch', () => {
  it('answers with the names of its records when the mapping reads the answer', async () => {
    const response = await setUp(firstFails).run(event(2));
    expect(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier.offset)).toEqual([0, 1]);
  });

  it.each([1, 2])('throws when the mapping would take any answer for success (%i unsettled)', async (count) => {
    await expect(setUp(firstFails, 'onDemand').run(event(count))).rejects.toThrow(UnsettledBatchError);
  });

  it('writes one warning that says where, how many and why', async () => {
    const { run, telemetry } = setUp(firstFails);
    await run(event(2));
    expect(telemetry.lines).toMatchObject([
      {
        level: 'warn',
        message: 'records_unsettled',
        fields: {
          unsettledCount: 2,
          partitions: [{ topicPartition: 'orders-0', unsettledCount: 2, lowestOffset: 0, codes: { throttled: 1 } }],
          details: ['throttled'],
        },
      },
    ]);
    expect(telemetry.metrics()).toMatchObject({ RecordsUnsettled: 2, RecordsFailed: 1, RecordsSkipped: 1 });
  });

  it.each<TriggerMode>(['provisioned', 'onDemand'])('says nothing of keys, values and headers (%s)', async (mode) => {
    const { run, telemetry } = setUp(firstFails, mode);
    const said = await run(event(2)).catch((error: Error) => error.message);
    expect(JSON.stringify([said, telemetry.lines])).not.toContain('SECRET');
  });
});

describe('runBatch', () => {
  it('throws for a malformed event, so that no record counts as written', async () => {
    await expect(setUp(allWritten).run({ records: {} })).rejects.toThrow(MalformedEventError);
  });

  it('does not catch a bug in a sink', async () => {
    const broken: Sink = { write: () => Promise.reject(new TypeError('bug')) };
    await expect(setUp(broken).run(event(1))).rejects.toThrow(TypeError);
  });

  it('does not call the sink for an event without records', async () => {
    const broken: Sink = { write: () => Promise.reject(new TypeError('bug')) };
    expect(await setUp(broken).run(event(0))).toEqual({ batchItemFailures: [] });
  });
});
