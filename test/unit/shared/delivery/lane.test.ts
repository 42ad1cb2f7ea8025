import { describe, expect, it } from 'vitest';
import { Lane, type LaneItem, type Trial } from '../../../../shared/delivery/lane.ts';
import { ignored, poison, type RecordFailure } from '../../../../shared/outcome.ts';
import { aRecord } from '../../../support/builders.ts';

const UNTRIED: Trial = { attempts: 0, failure: undefined, readyAtMs: 0 };
const POISON = poison('payload_invalid', 'it is no JSON');
const THROTTLED: RecordFailure = { code: 'throttled', retryable: true, mayBeWritten: true, detail: 'too fast' };

/** A lane that sends two items at a time, and shows what a sink's own lane does. */
class PairLane extends Lane<LaneItem, Trial> {
  constructor(...indexes: readonly number[]) {
    super(UNTRIED);
    for (const index of indexes) this.enter({ index, record: aRecord({ offset: index }) });
  }

  protected override get headCount(): number {
    return 2;
  }

  fail(failure: RecordFailure): void {
    this.change({ failure });
  }

  settleItems(count: number): void {
    this.settle(count);
  }

  get headItem(): LaneItem {
    return this.head as LaneItem;
  }
}

const position = (offset: number) => aRecord({ offset }).position;
const failedWith = (index: number, failure: object) => ({ index, outcome: { kind: 'failed', failure } });
const skippedBehind = (index: number, blockedBy: unknown) => ({ index, outcome: { kind: 'skipped', blockedBy } });
const DEAD_LETTER_FAILED = { code: 'dead_letter_failed', retryable: true };

describe('a lane of either sink', () => {
  it('is done once every item is settled', () => {
    const lane = new PairLane(0, 1);
    lane.settleItems(1);
    expect([lane.isDone, lane.next, lane.head?.index]).toEqual([false, 1, 1]);
    lane.settleItems(1);
    expect([lane.isDone, lane.next, lane.head]).toEqual([true, 2, undefined]);
    expect(lane.unsettled()).toEqual([]);
  });

  it('settles no more items than it holds', () => {
    const lane = new PairLane(0, 1);
    lane.settleItems(1);
    expect(() => lane.settleItems(2)).toThrow('a lane settles only the items that it holds');
    expect(lane.next).toBe(1);
  });

  it('settles all writes of a record with the record, and goes on behind them', () => {
    const lane = new PairLane(0, 1, 1, 1, 2);
    lane.settleItems(1);
    const settlement = lane.settleRecord(lane.headItem, (record) => ignored(record.position, 'poison'));
    expect(settlement).toEqual({ index: 1, outcome: ignored(position(1), 'poison') });
    expect(lane.head?.index).toBe(2);
  });

  it('forgets what was known of a head once the head is settled', () => {
    const lane = new PairLane(0, 1);
    lane.lock(POISON);
    expect([lane.state, lane.trial.failure]).toEqual(['locked', POISON]);
    lane.settleItems(1);
    expect([lane.state, lane.trial]).toEqual(['open', UNTRIED]);
  });

  describe('at the end of a batch', () => {
    it('says that records which were never sent wait for time', () => {
      expect(new PairLane(0, 1).unsettled()).toMatchObject([
        skippedBehind(0, 'deadline'),
        skippedBehind(1, 'deadline'),
      ]);
    });

    it('says of every record that was sent together that the record failed, and of the others that they wait', () => {
      const lane = new PairLane(0, 1, 2);
      lane.fail(THROTTLED);
      expect(lane.unsettled()).toMatchObject([
        failedWith(0, THROTTLED),
        failedWith(1, THROTTLED),
        skippedBehind(2, position(0)),
      ]);
    });

    it('says of a record whose dead letter is still being written that this is missing, and of no other', () => {
      const lane = new PairLane(0, 1, 2);
      lane.lock(POISON);
      expect(lane.unsettled()).toMatchObject([
        failedWith(0, DEAD_LETTER_FAILED),
        skippedBehind(1, position(0)),
        skippedBehind(2, position(0)),
      ]);
      expect(JSON.stringify(lane.unsettled())).toContain('the record is poison because it is no JSON');
    });

    it('says that records behind one that stopped the lane wait for that record, not for time', () => {
      const lane = new PairLane(0, 1);
      expect(lane.stop(lane.headItem, POISON)).toEqual({
        index: 0,
        outcome: { kind: 'failed', position: position(0), failure: POISON },
      });
      expect(lane.state).toBe('stopped');
      expect(lane.unsettled()[1]).toMatchObject(skippedBehind(1, position(0)));
    });

    it('says of records behind a stopped one that they wait, also if they were sent with it before', () => {
      const lane = new PairLane(0, 1);
      lane.fail(THROTTLED);
      lane.stop(lane.headItem, POISON);
      expect(lane.unsettled()[1]).toMatchObject(skippedBehind(1, position(0)));
    });

    it('says nothing of a dead letter behind all of its items', () => {
      const lane = new PairLane(0);
      lane.settleItems(1);
      lane.lock(POISON);
      expect(lane.unsettled()).toEqual([]);
    });
  });
});
