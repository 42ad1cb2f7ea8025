import { describe, expect, it } from 'vitest';
import { Evidence } from '../../../../../functions/kinesis-sink/lanes/evidence.ts';
import { SUSPICION_MS_MAX } from '../../../../../functions/kinesis-sink/limits.ts';
import { PROVEN_POISON_MS_MAX } from '../../../../../shared/limits.ts';
import { aRecord } from '../../../../support/builders.ts';

const record = aRecord({ offset: 7 });
const ALONE = undefined;

describe('the evidence against a record that was rejected alone', () => {
  it('is that the stream stored another record since then', () => {
    const evidence = new Evidence();
    const earlier = evidence.sends();
    evidence.sends();
    const suspicion = evidence.suspect(record, ALONE, 0);
    expect(evidence.proves(suspicion)).toBe(false);
    evidence.takes(earlier);
    expect(evidence.proves(suspicion)).toBe(false);
    evidence.takes(evidence.sends());
    expect(evidence.proves(suspicion)).toBe(true);
    evidence.takes(earlier);
    expect(evidence.proves(suspicion)).toBe(true);
  });

  it('is no record of the same request', () => {
    const evidence = new Evidence();
    const own = evidence.sends();
    const suspicion = evidence.suspect(record, ALONE, 0);
    evidence.takes(own);
    expect(evidence.proves(suspicion)).toBe(false);
  });

  it('is that all others of the request were stored without the record', () => {
    const evidence = new Evidence();
    const others = { isStored: false };
    const suspicion = evidence.suspect(record, others, 0);
    expect(evidence.proves(suspicion)).toBe(false);
    others.isStored = true;
    expect(evidence.proves(suspicion)).toBe(true);
  });
});

describe('the memory of an environment', () => {
  /** What the first rejection was remembered for when the record comes again after that time, others were stored in between. */
  const isProvenAfter = (pauseMs: number, again = record) => {
    const evidence = new Evidence();
    evidence.suspect(record, ALONE, 1_000);
    evidence.takes(evidence.sends());
    return evidence.proves(evidence.suspect(again, ALONE, 1_000 + pauseMs));
  };

  it('keeps a suspicion for 15 minutes', () => {
    expect([isProvenAfter(SUSPICION_MS_MAX), isProvenAfter(SUSPICION_MS_MAX + 1)]).toEqual([true, false]);
  });

  it('keeps a suspicion for as long as the record is rejected again and again', () => {
    const evidence = new Evidence();
    for (const times of [0, 1, 2]) {
      evidence.suspect(record, ALONE, times * SUSPICION_MS_MAX);
      if (times === 0) evidence.takes(evidence.sends());
    }
    expect(evidence.proves(evidence.suspect(record, ALONE, 3 * SUSPICION_MS_MAX))).toBe(true);
  });

  it('keeps what was found to be poison for half an hour after the last rejection', () => {
    const evidence = new Evidence();
    evidence.confirmPoison(record, 0);
    const isKnown = (nowMs: number) => evidence.suspect(record, ALONE, nowMs).isKnownPoison;
    expect([isKnown(PROVEN_POISON_MS_MAX), isKnown(PROVEN_POISON_MS_MAX + 1)]).toEqual([true, false]);
    evidence.confirmPoison(record, PROVEN_POISON_MS_MAX);
    expect(isKnown(2 * PROVEN_POISON_MS_MAX)).toBe(true);
  });

  it('forgets a record that was stored after all', () => {
    const evidence = new Evidence();
    evidence.suspect(record, ALONE, 0);
    evidence.takes(evidence.sends());
    evidence.forget(record);
    expect(evidence.proves(evidence.suspect(record, ALONE, 1))).toBe(false);
    evidence.confirmPoison(record, 2);
    evidence.forget(record);
    expect(evidence.suspect(record, ALONE, 3).isKnownPoison).toBe(false);
  });
});
