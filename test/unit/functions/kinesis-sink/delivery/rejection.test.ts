import { describe, expect, it } from 'vitest';
import { judgeRejection } from '../../../../../functions/kinesis-sink/delivery/rejection.ts';
import { RequestGate } from '../../../../../functions/kinesis-sink/delivery/request-gate.ts';
import { Evidence } from '../../../../../functions/kinesis-sink/lanes/evidence.ts';
import { Lane } from '../../../../../functions/kinesis-sink/lanes/lane.ts';
import { REJECTIONS_IN_A_ROW_MAX } from '../../../../../functions/kinesis-sink/limits.ts';
import { entryOf, preparedOf, records } from '../../../../support/a-kinesis-sink.ts';

const NOW_MS = 100_000;
const REJECTED = { code: 'rejected_by_target', retryable: false, mayBeWritten: false, detail: 'rejected' } as const;

/** An entry of so many records, each of a lane of its own, that was rejected alone. */
function rejected(recordCount: number) {
  const evidence = new Evidence();
  const gate = new RequestGate(4);
  const planned = records(recordCount).map((record) => preparedOf(record));
  const lanes = planned.map((each, index) => {
    const lane = new Lane();
    lane.enter({ index, record: each.record, task: { kind: 'record', planned: each } });
    return lane;
  });
  const [first, ...others] = planned;
  if (first === undefined) throw new Error('an entry has a record');
  const packedEntry = { entry: entryOf(first, ...others), slices: lanes.map((lane) => lane.slice(1)) };
  return {
    ...{ evidence, gate, lane: lanes[0] as Lane, record: first.record, byteLength: packedEntry.entry.byteLength },
    judge: ({
      isOtherHalfStored = false,
      recordBytesMax,
    }: {
      isOtherHalfStored?: boolean;
      recordBytesMax?: number;
    } = {}) =>
      judgeRejection(
        packedEntry,
        { failure: REJECTED, others: { isStored: isOtherHalfStored } },
        { evidence, gate, recordBytesMax, nowMs: NOW_MS },
      ),
  };
}

/** Whether so many more rejections mean that the stream rejects everything. */
function isRejecting(gate: RequestGate, moreCount: number): boolean {
  for (let count = 0; count < moreCount; count += 1) gate.rejected(NOW_MS);
  return gate.triesOneEntry;
}

describe('an aggregate that is rejected alone', () => {
  it('is sent again record by record, and counts as a rejection', () => {
    const { judge, gate } = rejected(2);
    expect(judge({ isOtherHalfStored: true })).toMatchObject({
      kind: 'split',
      readyAtMs: NOW_MS,
      failure: { code: 'deadline_exceeded', retryable: true, mayBeWritten: false },
    });
    expect(isRejecting(gate, REJECTIONS_IN_A_ROW_MAX - 2)).toBe(false);
    expect(isRejecting(gate, 1)).toBe(true);
  });
});

describe('a record that is rejected alone', () => {
  it('is suspected, and counts as a rejection while the record or the stream may be the cause', () => {
    const { judge, gate } = rejected(1);
    expect(judge()).toMatchObject({
      ...{ kind: 'suspected', readyAtMs: NOW_MS + 1_000, suspicion: { afterRequest: 0 } },
      failure: { code: 'rejected_by_target', retryable: true },
    });
    expect(isRejecting(gate, REJECTIONS_IN_A_ROW_MAX - 2)).toBe(false);
    expect(isRejecting(gate, 1)).toBe(true);
  });

  it('counts as none where the others of its request were stored, though the record is sent once more', () => {
    const { judge, gate } = rejected(1);
    expect(judge({ isOtherHalfStored: true })).toMatchObject({ kind: 'suspected' });
    expect(isRejecting(gate, REJECTIONS_IN_A_ROW_MAX - 1)).toBe(false);
  });

  it('is poison if the record is larger than the stream takes', () => {
    const { judge, byteLength } = rejected(1);
    expect(judge({ recordBytesMax: byteLength })).toMatchObject({ kind: 'suspected' });
    expect(rejected(1).judge({ recordBytesMax: byteLength - 1 })).toBe('poison');
  });

  it('is poison if it is rejected again after the stream stored another record, and not before', () => {
    const { judge, evidence, lane, gate } = rejected(1);
    const first = judge();
    if (first === 'poison') throw new Error('nothing shows yet that the stream stores records');
    lane.apply(lane.slice(1), first);
    expect(judge()).toMatchObject({ kind: 'suspected' });
    expect(gate.triesOneEntry).toBe(true); // twice in a row: the stream may be the cause
    evidence.takes(evidence.sends());
    expect(judge()).toBe('poison');
  });

  it('is poison at once if it was found to be poison before', () => {
    const { judge, evidence, record } = rejected(1);
    evidence.confirmPoison(record, NOW_MS);
    expect(judge()).toBe('poison');
  });

  it.each([
    [
      'the record is known to be poison',
      (setup: ReturnType<typeof rejected>) => {
        setup.evidence.confirmPoison(setup.record, NOW_MS);
        setup.judge();
      },
    ],
    [
      'the others of its request were stored',
      (setup: ReturnType<typeof rejected>) => {
        setup.judge({ isOtherHalfStored: true });
      },
    ],
  ])('shows that the stream reads requests again where %s', (_, judgeIt) => {
    const setup = rejected(1);
    setup.gate.trip(NOW_MS);
    expect(setup.gate.mayOpen(NOW_MS, 1)).toBe(false);
    judgeIt(setup);
    expect(setup.gate.mayOpen(NOW_MS, 1)).toBe(true);
  });
});
