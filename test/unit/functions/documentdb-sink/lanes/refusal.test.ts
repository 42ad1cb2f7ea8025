import { describe, expect, it } from 'vitest';
import { type HeadTrial, UNTRIED } from '../../../../../functions/documentdb-sink/lanes/entry.ts';
import { type Doubt, Evidence } from '../../../../../functions/documentdb-sink/lanes/evidence.ts';
import { judgeRefusal, type Refused } from '../../../../../functions/documentdb-sink/lanes/refusal.ts';
import {
  DOUBT_PAUSE_MS,
  NEIGHBOUR_MS,
  REFUSALS_MAX,
  THROTTLE_PAUSE_MS,
} from '../../../../../functions/documentdb-sink/limits.ts';
import { poison } from '../../../../../shared/outcome.ts';
import { aMoment } from '../../../../support/a-lane.ts';

const TARGET = 'shop.orders';
const NOW_MS = 30_000;
const FAILURE = poison('rejected_by_target', 'refused');

interface Story {
  readonly trial?: Partial<HeadTrial>;
  readonly doubt?: Partial<Doubt>;
  readonly refusal?: Partial<Refused>;
  /** Number of entries in the fold. */
  readonly count?: number;
  /** When the collection last took another write, or a probe. */
  readonly takenAtMs?: number;
  readonly probedAtMs?: number;
  readonly retryAtMs?: number;
}

const aDoubt = (parts: Partial<Doubt>): Doubt => ({
  ...{ code: 9, sinceMs: 20_000, previousMs: 21_000, lastMs: 22_000, refusals: 1, entryCount: 1, others: [] },
  ...parts,
});

/** A write in a command of its own is refused, and nothing else is known, but for what the story says. */
function judged({ trial, doubt, refusal, count = 1, takenAtMs, probedAtMs, retryAtMs = NOW_MS }: Story) {
  const evidence = new Evidence();
  if (takenAtMs !== undefined) evidence.noteTaken(TARGET, takenAtMs);
  if (probedAtMs !== undefined) evidence.noteProbe(TARGET, probedAtMs);
  const known = { ...UNTRIED, ...(doubt && { doubt: aDoubt(doubt) }), ...trial };
  const refused: Refused = {
    ...{ kind: 'refused', failure: FAILURE, code: 9, isNamed: true, evidence: 'probe', commandSize: 1 },
    ...refusal,
  };
  return judgeRefusal(
    known,
    { refusal: refused, count, target: TARGET },
    aMoment({ nowMs: NOW_MS, retryAtMs, evidence }),
  );
}

const NOTHING_MORE = { splitsFold: false, needsProbe: false, isToBlame: false };

describe('a command that is refused without naming a write', () => {
  const refusal = { isNamed: false, commandSize: 7 };

  it('is sent again at once in halves, although the collection takes nothing', () => {
    const verdict = judged({ refusal });
    expect(verdict).toMatchObject(NOTHING_MORE);
    expect(verdict.trial).toMatchObject({ commandSizeMax: 4, readyAtMs: NOW_MS });
  });

  it('waits, if it may be stored, until the collection takes something', () => {
    const unknown = { ...refusal, failure: { ...FAILURE, mayBeWritten: true } };
    const waiting = judged({ refusal: unknown }).trial;
    expect(waiting).toMatchObject({ readyAtMs: NOW_MS + DOUBT_PAUSE_MS });
    expect(waiting).not.toHaveProperty('commandSizeMax');
    expect(judged({ refusal: unknown, takenAtMs: NOW_MS }).trial).toMatchObject({
      commandSizeMax: 4,
      readyAtMs: NOW_MS,
    });
  });

  it('is no refusal of one write', () => {
    expect(judged({ refusal, count: 3 }).trial.doubt).toMatchObject({ refusals: 0, entryCount: 0 });
  });
});

describe('a refused write', () => {
  it('waits while its collection takes nothing, and asks for a probe the second time', () => {
    const first = judged({ takenAtMs: NOW_MS - 1 });
    expect(first).toMatchObject({ ...NOTHING_MORE, trial: { readyAtMs: NOW_MS + DOUBT_PAUSE_MS } });
    expect(judged({ doubt: {}, takenAtMs: 19_999 })).toMatchObject({ ...NOTHING_MORE, needsProbe: true });
    expect(judged({ doubt: {}, takenAtMs: 20_000 })).toMatchObject(NOTHING_MORE);
  });

  it('waits longer while its collection takes nothing, if that is when others are tried again', () => {
    expect(judged({ retryAtMs: NOW_MS + 4_000 }).trial.readyAtMs).toBe(NOW_MS + 4_000);
    expect(judged({ retryAtMs: NOW_MS + 4_000, takenAtMs: NOW_MS }).trial.readyAtMs).toBe(NOW_MS + DOUBT_PAUSE_MS);
  });

  it('waits longer where the server may be throttling', () => {
    expect(judged({ refusal: { evidence: 'write' } }).trial.readyAtMs).toBe(NOW_MS + THROTTLE_PAUSE_MS);
  });

  it('that is named in a command of several goes alone', () => {
    const verdict = judged({ refusal: { commandSize: 5 }, takenAtMs: NOW_MS });
    expect(verdict).toMatchObject({
      ...NOTHING_MORE,
      trial: { commandSizeMax: 1, readyAtMs: NOW_MS + DOUBT_PAUSE_MS },
    });
  });

  it('of several entries is split at once when it is alone', () => {
    expect(judged({ count: 4, takenAtMs: NOW_MS })).toMatchObject({
      ...NOTHING_MORE,
      splitsFold: true,
      trial: { readyAtMs: NOW_MS, doubt: { refusals: 0, entryCount: 4 } },
    });
  });

  it('may still be stored by an earlier attempt', () => {
    const failure = { ...FAILURE, mayBeWritten: true };
    expect(judged({}).trial.failure).toEqual({ ...FAILURE, retryable: true });
    expect(judged({ trial: { failure } }).trial.failure).toEqual({ ...failure, retryable: true });
  });
});

describe('the doubt about a write', () => {
  it('begins with its first refusal', () => {
    expect(judged({}).trial.doubt).toEqual({
      ...{ code: 9, sinceMs: NOW_MS, previousMs: NOW_MS, lastMs: NOW_MS, refusals: 1, entryCount: 1, others: [] },
    });
  });

  it('goes on with the same code', () => {
    expect(judged({ doubt: { refusals: 2 } }).trial.doubt).toEqual({
      ...{ code: 9, sinceMs: 20_000, previousMs: 22_000, lastMs: NOW_MS, refusals: 3, entryCount: 1, others: [] },
    });
  });

  it('begins anew with another code', () => {
    expect(judged({ doubt: { code: 8, refusals: 2 } }).trial.doubt).toMatchObject({ sinceMs: NOW_MS, refusals: 1 });
  });

  it('remembers the doubts of other codes, one of each', () => {
    const others = [7, 9].map((code) => ({ code, entryCount: 2 }));
    expect(judged({ doubt: { code: 8, others } }).trial.doubt?.others).toEqual([
      { code: 8, entryCount: 1 },
      { code: 7, entryCount: 2 },
    ]);
  });

  it('counts a refusal of a command of one, named or not', () => {
    const { trial } = judged({ refusal: { isNamed: false } });
    expect(trial).toMatchObject({
      doubt: { refusals: 1, entryCount: 1, others: [] },
      readyAtMs: NOW_MS + DOUBT_PAUSE_MS,
    });
  });
});

describe('a write that its server refuses again and again', () => {
  const often = (refusals: number) => ({ doubt: { refusals } });

  it('is not to blame after four refusals, whatever its collection takes meanwhile', () => {
    expect(judged({ ...often(REFUSALS_MAX - 1), takenAtMs: NOW_MS })).toMatchObject(NOTHING_MORE);
  });

  it('is to blame after five, where its collection took another write since the fourth', () => {
    expect(judged({ ...often(REFUSALS_MAX), takenAtMs: 22_000 })).toMatchObject({ ...NOTHING_MORE, isToBlame: true });
  });

  it('is to blame after five, where its collection took a probe since the fourth', () => {
    expect(judged({ ...often(REFUSALS_MAX), probedAtMs: 22_000 })).toMatchObject({ isToBlame: true });
  });

  it('asks for a probe where its collection took nothing since the refusal before, from the fourth on', () => {
    const takenAtMs = 21_999;
    expect(judged({ ...often(REFUSALS_MAX), takenAtMs })).toMatchObject({ ...NOTHING_MORE, needsProbe: true });
    expect(judged({ ...often(REFUSALS_MAX - 1), takenAtMs })).toMatchObject({ needsProbe: true });
    expect(judged({ ...often(REFUSALS_MAX - 2), takenAtMs })).toMatchObject(NOTHING_MORE);
  });

  it('is not to blame by a probe alone where its code may mean that the server throttles', () => {
    const refusal = { evidence: 'write' } as const;
    const all = { ...often(REFUSALS_MAX), refusal, probedAtMs: NOW_MS };
    expect(judged(all)).toMatchObject(NOTHING_MORE);
    expect(judged({ ...all, takenAtMs: 20_000 - NEIGHBOUR_MS })).toMatchObject({ isToBlame: true });
  });
});
