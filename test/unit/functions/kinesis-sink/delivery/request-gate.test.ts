import { describe, expect, it } from 'vitest';
import { RequestGate } from '../../../../../functions/kinesis-sink/delivery/request-gate.ts';
import { REJECTIONS_IN_A_ROW_MAX } from '../../../../../functions/kinesis-sink/limits.ts';

const rejectedOften = (count: number): RequestGate => {
  const gate = new RequestGate(4);
  for (let at = 0; at < count; at += 1) gate.rejected(1_000);
  return gate;
};

describe('the gate for requests', () => {
  it('permits as many open requests as the setting says', () => {
    const gate = new RequestGate(2);
    expect([gate.mayOpen(0, 0), gate.mayOpen(0, 1), gate.mayOpen(0, 2)]).toEqual([true, true, false]);
    expect(gate.nextChangeAtMs(0)).toBeUndefined();
  });

  it('permits one probe every 5 s after a fatal answer, while no other request is open', () => {
    const gate = new RequestGate(4);
    gate.trip(1_000);
    expect([gate.mayOpen(5_999, 0), gate.mayOpen(6_000, 0), gate.mayOpen(6_000, 1)]).toEqual([false, true, false]);
    expect([gate.nextChangeAtMs(1_000), gate.nextChangeAtMs(6_000)]).toEqual([6_000, undefined]);
    gate.answered();
    expect(gate.mayOpen(1_001, 3)).toBe(true);
  });

  it('tries one entry at a time after too many rejections in a row', () => {
    const before = rejectedOften(REJECTIONS_IN_A_ROW_MAX - 1);
    expect([before.triesOneEntry, before.mayOpen(1_000, 0)]).toEqual([false, true]);
    const after = rejectedOften(REJECTIONS_IN_A_ROW_MAX);
    expect([after.triesOneEntry, after.mayOpen(1_000, 0), after.mayOpen(6_000, 0)]).toEqual([true, false, true]);
  });

  it('counts rejections only until the stream accepts something', () => {
    const gate = rejectedOften(REJECTIONS_IN_A_ROW_MAX - 1);
    gate.answered();
    gate.rejected(1_000);
    expect(gate.triesOneEntry).toBe(false);
  });

  it('knows that the stream answers again when a request is rejected, unless it rejects everything', () => {
    const gate = new RequestGate(4);
    gate.trip(1_000);
    gate.rejected(1_000);
    expect(gate.mayOpen(1_000, 0)).toBe(true);
    gate.doubted(1_000);
    gate.explained();
    expect([gate.triesOneEntry, gate.mayOpen(1_000, 0)]).toEqual([true, false]);
  });
});
