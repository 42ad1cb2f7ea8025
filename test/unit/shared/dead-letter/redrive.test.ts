import { describe, expect, it } from 'vitest';
import { redrive } from '../../../../shared/dead-letter/redrive.ts';
import {
  deadLettered,
  failed,
  type IgnoredReason,
  ignored,
  type RecordOutcome,
  skipped,
  written,
} from '../../../../shared/outcome.ts';
import type { SourcePosition } from '../../../../shared/record.ts';
import type { Sink } from '../../../../shared/sink-contract.ts';
import { aRecord, batchesOf, deadlineIn } from '../../../support/builders.ts';
import { recordedTelemetry } from '../../../support/recorded-telemetry.ts';

const throttled = {
  code: 'throttled',
  retryable: true,
  mayBeWritten: false,
  detail: 'the shard is throttled',
} as const;
const rejected = { code: 'rejected_by_target', retryable: false, mayBeWritten: false, detail: 'refused' } as const;

/** Redrives the records 0, 1, .. of one partition, of which each has the outcome given. */
async function redriven(...outcomesOf: readonly ((position: SourcePosition) => RecordOutcome)[]) {
  const { log, meter, lines, metrics } = recordedTelemetry();
  const records = outcomesOf.map((_, offset) => aRecord({ offset }));
  const outcomes = records.map(({ position }, offset) => outcomesOf[offset]?.(position) ?? written(position));
  const sink: Sink = { write: () => Promise.resolve(outcomes) };
  const { batchItemFailures } = await redrive(batchesOf(records), deadlineIn(0), { sink, log, meter });
  return { failures: batchItemFailures, lines, metrics: metrics() };
}

describe('the answer to a redrive', () => {
  it.each<{ name: string; outcome: (position: SourcePosition) => RecordOutcome; expected: object }>([
    {
      name: 'a record that the target holds a newer version of',
      outcome: (position) => ignored(position, 'stale'),
      expected: {
        code: 'superseded',
        retryable: false,
        detail: 'the target holds a newer version from the same partition',
      },
    },
    {
      name: 'poison, with no reason where the sink gave none',
      outcome: (position) => deadLettered(position, 'payload_invalid'),
      expected: { code: 'payload_invalid', retryable: false, detail: '' },
    },
    {
      name: 'a record that may succeed later',
      outcome: (position) => failed(position, throttled),
      expected: { code: 'throttled', retryable: true, detail: 'the shard is throttled' },
    },
    {
      name: 'a record that was refused',
      outcome: (position) => failed(position, rejected),
      expected: { code: 'rejected_by_target', retryable: false, detail: 'refused' },
    },
    {
      name: 'a record for which no time was left',
      outcome: (position) => skipped(position, 'deadline'),
      expected: { code: 'skipped', retryable: true, detail: 'the time of the invocation was up' },
    },
    {
      name: 'a record behind another one',
      outcome: (position) => skipped(position, { ...position, offset: 17 }),
      expected: { code: 'skipped', retryable: true, detail: 'the record waits for orders-0@17' },
    },
  ])('names $name', async ({ outcome, expected }) => {
    const { failures } = await redriven(written, outcome);
    expect(failures).toEqual([{ itemIdentifier: { partition: 'orders-0', offset: 1 }, ...expected }]);
  });

  it.each<IgnoredReason>(['already_applied', 'tombstone', 'poison', 'no_match', 'noop', 'filtered'])(
    'names no record that a rule ignores: %s',
    async (reason) => {
      expect((await redriven((position) => ignored(position, reason))).failures).toEqual([]);
    },
  );

  it('is one line with how many failed of each kind, and two metrics', async () => {
    const refused = (position: SourcePosition) => failed(position, rejected);
    const { lines, metrics } = await redriven(written, refused, (position) => skipped(position, 'deadline'), refused);
    const fields = { recordCount: 4, failureCount: 3, codes: { rejected_by_target: 2, skipped: 1 } };
    expect(lines).toEqual([{ level: 'info', message: 'redrive_answered', fields }]);
    expect(metrics).toEqual({ RecordsRedriven: 1, RedriveFailures: 3 });
  });

  it('calls no sink for an event without records', async () => {
    const sink: Sink = { write: () => Promise.reject(new TypeError('bug')) };
    const { log, meter } = recordedTelemetry();
    expect(await redrive([], deadlineIn(0), { sink, log, meter })).toEqual({
      mskSinks: 'redrive',
      batchItemFailures: [],
    });
  });

  it('is none where the sink forgot a record', async () => {
    const sink: Sink = { write: () => Promise.resolve([]) };
    const { log, meter } = recordedTelemetry();
    await expect(redrive(batchesOf([aRecord()]), deadlineIn(0), { sink, log, meter })).rejects.toThrow('outcome');
  });
});
