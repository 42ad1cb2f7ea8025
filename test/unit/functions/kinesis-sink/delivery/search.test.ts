import { describe, expect, it } from 'vitest';
import { bisect, claimHalf } from '../../../../../functions/kinesis-sink/delivery/search.ts';
import { REJECTIONS_IN_A_ROW_MAX } from '../../../../../functions/kinesis-sink/limits.ts';
import { aKinesisRun, claimedEntry } from '../../../../support/a-kinesis-run.ts';
import { records } from '../../../../support/a-kinesis-sink.ts';

const REJECTED = { code: 'rejected_by_target', retryable: false, mayBeWritten: false, detail: 'rejected' } as const;

describe('the next half of a rejected request', () => {
  /** Halves of single entries, or of several; the names of lanes are their places. */
  function halvesOf(...halves: readonly (readonly (readonly number[])[])[]) {
    const setup = aKinesisRun(records(4));
    const { run, lanes, clock } = setup;
    for (const half of halves) {
      const packedEntries = half.map((places) => claimedEntry(run, ...lanes.filter((_, at) => places.includes(at))));
      run.halves.push({ packedEntries, own: { isStored: false }, others: { isStored: false } });
    }
    for (const lane of lanes) {
      // Each lane is known to go to a shard of its own.
      lane.apply(lane.slice(1), {
        kind: 'retry',
        failure: REJECTED,
        readyAtMs: 0,
        shardId: `shard ${lanes.indexOf(lane)}`,
      });
    }
    const backOff = (place: number, delayMs: number) =>
      run.shardBackoff.backOff(`shard ${place}`, clock.nowMs() + delayMs);
    const readyAtMs = () => lanes.map(({ trial }) => trial.readyAtMs - clock.nowMs());
    return { ...setup, backOff, readyAtMs };
  }

  it('is whole while no shard throttles', () => {
    const { run } = halvesOf([[0], [1]], [[2]]);
    const [first, second] = run.halves;
    expect([claimHalf(run), claimHalf(run), claimHalf(run)]).toEqual([first, second, undefined]);
  });

  it('leaves entries for a throttled shard until the retry time of that shard', () => {
    const { run, backOff, readyAtMs } = halvesOf([[0], [1]]);
    const [half] = run.halves;
    backOff(0, 50);
    expect(claimHalf(run)).toEqual({ packedEntries: half?.packedEntries.slice(1) });
    expect(readyAtMs()[0]).toBe(50);
  });

  it('is the one behind it if all its entries wait', () => {
    const { run, backOff } = halvesOf([[0]], [[1]]);
    const [, second] = run.halves;
    backOff(0, 50);
    expect(claimHalf(run)).toBe(second);
    expect(claimHalf(run)).toBeUndefined();
  });

  it('holds no entry of which one shard of several throttles', () => {
    const { run, backOff, readyAtMs } = halvesOf([[0, 1, 2]]);
    backOff(1, 70);
    backOff(2, 30);
    expect(claimHalf(run)).toBeUndefined();
    expect(readyAtMs().slice(0, 3)).toEqual([70, 70, 70]);
  });
});

describe('a rejected request', () => {
  it('of several entries is sent in halves, the first one greater, and its records wait', () => {
    const { run, lanes } = aKinesisRun(records(3));
    const packedEntries = lanes.map((lane) => claimedEntry(run, lane));
    bisect(run, { packedEntries }, REJECTED);
    expect(run.halves.map((half) => half.packedEntries)).toEqual([packedEntries.slice(0, 2), packedEntries.slice(2)]);
    const [first, second] = run.halves;
    expect([first?.others === second?.own, second?.others === first?.own, first?.own === second?.own]).toEqual([
      true,
      true,
      false,
    ]);
    expect(run.lanes.nextReadyAtMs(run.parts.clock.nowMs())).toBeUndefined();
    expect(lanes[0]?.unsettled()).toMatchObject([
      { outcome: { failure: { code: 'deadline_exceeded', retryable: true, mayBeWritten: false } } },
    ]);
  });

  it('of one aggregate counts as a rejection, of several entries, too', () => {
    for (const places of [[[0, 1]], [[0], [1]]]) {
      const { run, lanes, clock } = aKinesisRun(records(2));
      const packedEntries = places.map((own) => claimedEntry(run, ...lanes.filter((_, at) => own.includes(at))));
      for (let count = 1; count < REJECTIONS_IN_A_ROW_MAX; count += 1) run.gate.rejected(clock.nowMs());
      expect(run.gate.triesOneEntry).toBe(false);
      bisect(run, { packedEntries }, REJECTED);
      expect(run.gate.triesOneEntry).toBe(true);
    }
  });
});

describe('a record that is rejected alone', () => {
  const alone = () => {
    const setup = aKinesisRun(records(1));
    const [lane] = setup.lanes;
    if (lane === undefined) throw new Error('there is a lane');
    return {
      ...setup,
      lane,
      reject: (others = false) =>
        bisect(
          setup.run,
          {
            packedEntries: [claimedEntry(setup.run, lane)],
            others: { isStored: others },
          },
          REJECTED,
        ),
    };
  };
  const isRejecting = ({ run, clock }: ReturnType<typeof alone>, count: number) => {
    for (let at = 0; at < count; at += 1) run.gate.rejected(clock.nowMs());
    return run.gate.triesOneEntry;
  };

  it('counts as a rejection while the record or the stream may be the cause', () => {
    const story = alone();
    story.reject();
    expect(story.lane.trial).toMatchObject({ failure: { retryable: true }, readyAtMs: story.clock.nowMs() + 1_000 });
    expect(isRejecting(story, REJECTIONS_IN_A_ROW_MAX - 1)).toBe(true);
  });

  it('counts as none where the others of its request were stored, though the record is sent once more', () => {
    const story = alone();
    story.reject(true);
    expect(story.lane.trial.suspicion).toBeDefined();
    expect(isRejecting(story, REJECTIONS_IN_A_ROW_MAX - 1)).toBe(false);
  });

  it('shows that the stream looks into requests again, where the record is known to be poison', () => {
    const story = alone();
    const { run, clock, lane, evidence } = story;
    if (lane.head !== undefined) evidence.confirmPoison(lane.head.record, clock.nowMs());
    run.gate.trip(clock.nowMs());
    expect(run.gate.mayOpen(clock.nowMs(), 1)).toBe(false);
    story.reject();
    expect(lane.state).toBe('locked');
    expect(run.gate.mayOpen(clock.nowMs(), 1)).toBe(true);
  });

  it('shows that the stream looks into requests again, where the others of its request were stored', () => {
    const story = alone();
    const { run, clock } = story;
    run.gate.trip(clock.nowMs());
    story.reject(true);
    expect(run.gate.mayOpen(clock.nowMs(), 1)).toBe(true);
  });
});
