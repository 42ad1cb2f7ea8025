import { describe, expect, it } from 'vitest';
import type { Lane } from '../../../../../functions/documentdb-sink/lanes/lane.ts';
import type { Effect, Moment, WriteResult } from '../../../../../functions/documentdb-sink/lanes/write-result.ts';
import {
  CONFLICT_ROUNDS_MAX,
  DOUBT_PAUSE_MS,
  DUPLICATE_CONFIRM_MS,
  MISSES_CARRIED,
  MISSES_MAX,
} from '../../../../../functions/documentdb-sink/limits.ts';
import { deadLettered, poison } from '../../../../../shared/outcome.ts';
import { inWords } from '../../../../support/a-documentdb-sink.ts';
import { aLane, aMoment, nextStep } from '../../../../support/a-lane.ts';
import { aRecord } from '../../../../support/builders.ts';
import { insertOf, replaceOf, updateOf } from '../../../../support/write-models.ts';

const put = [replaceOf({ _id: 1 }, { _id: 1 })];
const inc = [updateOf({ _id: 1 }, { $inc: { n: 1 } })];
const insert = [insertOf({ _id: 1 })];
const business = [updateOf({ number: 1 }, { $set: { a: 1 } })];
const sharded = [updateOf({ _id: 1, region: 'eu' }, { $set: { a: 1 } })];
const BAD = poison('rejected_by_target', 'bad');
const FAILED = { code: 'target_failed', retryable: true, mayBeWritten: false, detail: '' } as const;
const AMBIGUOUS = { ...FAILED, mayBeWritten: true };
const COLLISION: WriteResult = { kind: 'collision' };
const NOW_MS = 1_000;

/** An effect in a few words. */
function said(effect: Effect): string {
  switch (effect.kind) {
    case 'settle':
      return `${effect.index} ${inWords(effect.outcome)}`;
    case 'bury':
      return ['bury', effect.entry.index, effect.failure.code, ...(effect.policy ? [effect.policy] : [])].join(' ');
    case 'count':
      return `${effect.metric} ${effect.by}`;
    case 'defer':
      return `defer ${effect.index}`;
    default:
      return effect.kind;
  }
}

const hear = (lane: Lane, result: WriteResult, moment: Partial<Moment> = {}): readonly string[] =>
  lane.apply({ step: nextStep(lane), result }, aMoment({ nowMs: NOW_MS, retryAtMs: 9_000, ...moment })).map(said);

describe('a write that was stored', () => {
  it('settles all records of its fold, and counts those that it saved', () => {
    expect(hear(aLane([put, put, put]), { kind: 'written' })).toEqual([
      'RecordsFolded 2',
      '0 written',
      '1 written',
      '2 written',
    ]);
    expect(hear(aLane([put]), { kind: 'written' })).toEqual(['0 written']);
  });

  it('is counted if it had no guard', () => {
    const lane = aLane([business]);
    hear(lane, { kind: 'unguarded' });
    expect(hear(lane, { kind: 'written' })).toEqual(['UnguardedWrites 1', '0 written']);
  });

  it('shows that the code passed which had refused the same entries, and no fewer', () => {
    const refusal: WriteResult = {
      ...{ kind: 'refused', failure: BAD, code: 9, isNamed: true, evidence: 'probe', commandSize: 1 },
    };
    const lane = aLane([put, put]);
    expect(hear(lane, refusal)).toEqual(['WriteRetries 1']);
    expect(hear(lane, { kind: 'written' })).toEqual(['notePassed', 'RecordsFolded 1', '0 written', '1 written']);
    const inCompany = aLane([put]);
    hear(inCompany, { ...refusal, isNamed: false, commandSize: 4 });
    expect(hear(inCompany, { kind: 'written' })).toEqual(['0 written']);
  });

  it('shows that every code passed which had refused it, whichever was the last', () => {
    const refusal: WriteResult = {
      ...{ kind: 'refused', failure: BAD, code: 9, isNamed: true, evidence: 'probe', commandSize: 1 },
    };
    const lane = aLane([put]);
    for (const code of [9, 8, 9, 8]) hear(lane, { ...refusal, code });
    hear(lane, { ...refusal, code: 7, isNamed: false, commandSize: 4 });
    expect(hear(lane, { kind: 'written' })).toEqual(['notePassed', 'notePassed', '0 written']);
  });
});

describe('a write that is stale', () => {
  it('settles its records, and counts those that are newer by their timestamps', () => {
    const { timestampMs } = aRecord({ offset: 1 });
    const stale = (storedMs: number | undefined) =>
      hear(aLane([put, put, put]), { kind: 'stale', timestampMs: storedMs });
    const settled = ['0 ignored stale', '1 ignored stale', '2 ignored stale'];
    expect(stale(timestampMs)).toEqual([...settled, 'StaleButNewer 1']);
    expect(stale(timestampMs - 1)).toEqual([...settled, 'StaleButNewer 2']);
    expect(stale(timestampMs + 1)).toEqual(settled);
    expect(stale(undefined)).toEqual(settled);
  });
});

describe('a write that was applied before', () => {
  it('is written if an attempt of this batch may have done that, and ignored otherwise', () => {
    const lane = aLane([inc, inc]);
    expect(hear(lane, { kind: 'applied' })).toEqual(['0 ignored already_applied']);
    hear(lane, { kind: 'retry', failure: AMBIGUOUS, commandSize: 1 });
    hear(lane, { kind: 'retry', failure: FAILED, commandSize: 1 });
    expect(hear(lane, { kind: 'applied' })).toEqual(['1 written']);
  });
});

describe('a write that matches no document', () => {
  it('is ignored or buried, as the setting says', () => {
    expect(hear(aLane([put]), { kind: 'noMatch' }, { onNoMatch: 'ignore' })).toEqual(['0 ignored no_match']);
    expect(hear(aLane([put]), { kind: 'noMatch' }, { onNoMatch: 'deadLetter' })).toEqual(['bury 0 no_match']);
  });
});

describe('an insert that meets a document', () => {
  it('is a duplicate once a second read a while later says so', () => {
    const lane = aLane([insert]);
    const duplicate = (atMs: number) => hear(lane, { kind: 'duplicate' }, { nowMs: atMs });
    expect(duplicate(NOW_MS)).toEqual([]);
    const dueMs = NOW_MS + DUPLICATE_CONFIRM_MS;
    expect(lane.trial).toMatchObject({ readyAtMs: dueMs, failure: { code: 'duplicate_key', retryable: true } });
    expect(duplicate(dueMs - 1)).toEqual([]);
    expect(lane.trial.readyAtMs).toBe(dueMs);
    expect(duplicate(dueMs)).toEqual(['bury 0 duplicate_key']);
  });

  it('is a duplicate at once where that was confirmed for an earlier insert of the lane', () => {
    const lane = aLane([insert, put, insert]);
    const dueMs = NOW_MS + DUPLICATE_CONFIRM_MS;
    hear(lane, { kind: 'duplicate' }, { nowMs: NOW_MS });
    hear(lane, { kind: 'duplicate' }, { nowMs: dueMs });
    if (lane.head !== undefined)
      lane.settleRecord(lane.head, ({ position }) => deadLettered(position, 'duplicate_key'));
    hear(lane, { kind: 'written' }, { nowMs: dueMs });
    expect(hear(lane, { kind: 'duplicate' }, { nowMs: dueMs })).toEqual(['bury 2 duplicate_key']);
  });

  it('is confirmed anew where an attempt after the first read may be stored', () => {
    const lane = aLane([insert]);
    const dueMs = NOW_MS + DUPLICATE_CONFIRM_MS;
    hear(lane, { kind: 'duplicate' }, { nowMs: NOW_MS });
    hear(lane, { kind: 'retry', failure: AMBIGUOUS, commandSize: 1 }, { nowMs: dueMs });
    expect(hear(lane, { kind: 'duplicate' }, { nowMs: dueMs + 1 })).toEqual([]);
    expect(hear(lane, { kind: 'applied' })).toEqual(['0 written']);
  });
});

describe('a write that is bad', () => {
  it('is split off its fold from the end until it is alone, and then buried', () => {
    const lane = aLane([put, put, put]);
    const bad: WriteResult = { kind: 'poison', failure: BAD };
    expect([hear(lane, bad), nextStep(lane).count]).toEqual([[], 2]);
    expect([hear(lane, bad), nextStep(lane).count]).toEqual([[], 1]);
    expect(hear(lane, bad)).toEqual(['bury 0 rejected_by_target']);
  });
});

describe('a write that conflicts with another writer', () => {
  const found: WriteResult = { kind: 'conflict', isFound: true };
  const notFound: WriteResult = { kind: 'conflict', isFound: false };

  it('is tried again at once, and after each third time later', () => {
    const lane = aLane([put]);
    const readyAtMs = Array.from({ length: 2 * CONFLICT_ROUNDS_MAX }, () => {
      expect(hear(lane, found)).toEqual([]);
      return lane.trial.readyAtMs;
    });
    expect(readyAtMs).toEqual([NOW_MS, NOW_MS, 9_000, NOW_MS, NOW_MS, 9_000]);
    expect(lane.trial).toMatchObject({ conflicts: 6, misses: 0, failure: { code: 'conflict' } });
  });

  it('waits for half a second at most while no document is found', () => {
    const lane = aLane([put]);
    for (let count = 1; count < CONFLICT_ROUNDS_MAX; count += 1) hear(lane, notFound);
    hear(lane, notFound);
    expect(lane.trial.readyAtMs).toBe(NOW_MS + DOUBT_PAUSE_MS);
    for (let count = 1; count < CONFLICT_ROUNDS_MAX; count += 1) hear(lane, notFound);
    hear(lane, notFound, { retryAtMs: NOW_MS + 7 });
    expect(lane.trial.readyAtMs).toBe(NOW_MS + 7);
  });

  it('replaces a tombstone from then on, if it is an insert', () => {
    const [inserting, replacing] = [aLane([insert]), aLane([put])];
    for (const lane of [inserting, replacing]) hear(lane, found);
    expect([inserting, replacing].map(({ trial }) => trial.insertReplacesTombstone)).toEqual([true, false]);
  });

  /** What is said when no document was found for too long. */
  const missed = (lane: Lane) => {
    for (let count = 0; count < MISSES_MAX; count += 1) expect(hear(lane, notFound)).toEqual([]);
    return hear(lane, notFound);
  };

  it('conflicts with a document that its filter does not find, after 30 misses', () => {
    const lane = aLane([put]);
    expect(missed(lane)).toEqual(['UniqueCollisions 1']);
    expect(lane.trial.failure).toMatchObject({ code: 'unresolvable_conflict', retryable: true });
    expect(hear(lane, notFound)).toEqual(['UniqueCollisions 1', 'bury 0 unresolvable_conflict']);
  });

  it('with more than _id in its filter is a duplicate whose other fields differ', () => {
    expect(missed(aLane([sharded]))).toEqual(['bury 0 duplicate_key']);
  });

  it('conflicts as any unique value does, if it has no guard', () => {
    const lane = aLane([business]);
    hear(lane, { kind: 'unguarded' });
    expect(missed(lane)).toEqual(['UniqueCollisions 1', 'bury 0 duplicate_key']);
  });

  it('takes most of its misses along when it is deferred', () => {
    const lane = aLane([put, put]);
    missed(lane);
    hear(lane, notFound);
    expect([lane.deferred.length, lane.trial.misses]).toEqual([1, MISSES_CARRIED]);
    const few = aLane([put, put]);
    hear(few, COLLISION);
    hear(few, notFound);
    hear(few, COLLISION);
    expect([few.deferred.length, few.trial.misses]).toEqual([1, 1]);
  });
});

describe('a write whose unique value another document holds', () => {
  it('is sent singly first, then blocked until earlier records are settled, and then buried', () => {
    const lane = aLane([put, inc]);
    expect([hear(lane, COLLISION), lane.sendsSingly]).toEqual([['UniqueCollisions 1'], true]);
    expect(lane.trial.blockedAtWrittenCount).toBeUndefined();
    const blocked = hear(lane, COLLISION, { areEarlierSettled: () => false, writtenCount: 5 });
    expect([blocked, lane.trial.blockedAtWrittenCount]).toEqual([['UniqueCollisions 1'], 5]);
    expect(lane.unsettled()[0]).toMatchObject({ outcome: { failure: { code: 'duplicate_key', retryable: true } } });
    lane.unblock();
    expect(lane.trial.blockedAtWrittenCount).toBeUndefined();
    expect(hear(lane, COLLISION)).toEqual(['UniqueCollisions 1', 'bury 0 duplicate_key']);
  });

  it('is buried as something that no attempt can cure', () => {
    const lane = aLane([put]);
    hear(lane, COLLISION);
    const effects = lane.apply({ step: nextStep(lane), result: COLLISION }, aMoment());
    expect(effects.find(({ kind }) => kind === 'bury')).toMatchObject({ failure: { retryable: false } });
  });

  it('is deferred to the next write of its document, which settles both', () => {
    const lane = aLane([put, put, put]);
    hear(lane, COLLISION);
    expect(hear(lane, COLLISION)).toEqual(['UniqueCollisions 1', 'defer 0']);
    expect(lane.next).toBe(1);
    expect(lane.unsettled().map(({ index, outcome }) => `${index} ${inWords(outcome)}`)).toEqual([
      '0 failed duplicate_key',
      '1 skipped',
      '2 skipped',
    ]);
    expect(hear(lane, COLLISION)).toEqual(['UniqueCollisions 1', 'defer 1']);
    expect(hear(lane, { kind: 'written' })).toEqual(['0 written', '1 written', '2 written']);
    expect([lane.deferred, lane.isDone]).toEqual([[], true]);
  });

  it('is settled by itself if its later write is gone', () => {
    const lane = aLane([put, put, put]);
    for (const _time of [1, 2, 3]) hear(lane, COLLISION);
    const [first, second] = lane.deferred;
    if (first === undefined || second === undefined) throw new Error('two are deferred');
    lane.lock(BAD);
    const settlement = lane.settleRecord(first, ({ position }) => ({ kind: 'written', position }));
    expect([settlement.index, lane.deferred, lane.state, lane.next]).toEqual([0, [second], 'open', 2]);
  });
});

describe('a write that cannot be guarded', () => {
  const unguarded: WriteResult = { kind: 'unguarded' };

  it('is sent without a guard, if the setting says so', () => {
    const lane = aLane([business, business]);
    expect([hear(lane, unguarded), lane.isUnguarded, lane.sendsSingly]).toEqual([[], true, true]);
    expect(lane.trial.attempts).toBe(0);
  });

  it.each(['deadLetter', 'block'] as const)('is left to the policy %s, if that is the setting', (missingIndex) => {
    const lane = aLane([business, business]);
    expect([hear(lane, unguarded, { missingIndex }), lane.isUnguarded]).toEqual([[], false]);
    expect(hear(lane, unguarded, { missingIndex })).toEqual([`bury 0 unguardable ${missingIndex}`]);
  });

  it('stops its lane if others were deferred to it', () => {
    const lane = aLane([business, business, business]);
    for (const _time of [1, 2]) hear(lane, COLLISION);
    const effects = lane.apply({ step: nextStep(lane), result: unguarded }, aMoment());
    expect(effects.map(said)).toEqual(['1 failed unguardable']);
    expect(effects).toMatchObject([{ outcome: { failure: { retryable: true } } }]);
    expect([lane.state, lane.isUnguarded]).toEqual(['stopped', false]);
  });
});

describe('a write that failed for the time being', () => {
  it('is sent again with those that were sent with it', () => {
    const lane = aLane([put]);
    expect(hear(lane, { kind: 'retry', failure: FAILED, commandSize: 9 })).toEqual(['WriteRetries 1']);
    expect(lane.trial).toMatchObject({ attempts: 1, readyAtMs: 9_000, failure: FAILED, commandSizeMax: Infinity });
  });

  it('is sent in a smaller command if it took too long', () => {
    const lane = aLane([put]);
    hear(lane, { kind: 'retry', failure: AMBIGUOUS, commandSize: 9, isTooSlow: true });
    expect(lane.trial.commandSizeMax).toBe(5);
  });

  it.each([
    { kind: 'fatal', scope: 'target', failure: FAILED, commandSize: 1 },
    { kind: 'credentials', failure: FAILED, commandSize: 1 },
  ] as const)('waits for the circuit breaker after $kind', (result) => {
    const lane = aLane([put]);
    expect(hear(lane, result)).toEqual([]);
    expect(lane.trial).toMatchObject({ attempts: 1, readyAtMs: 0, failure: FAILED });
  });

  it('failed with its whole fold, and with nothing behind that', () => {
    const lane = aLane([put, put, inc]);
    hear(lane, { kind: 'retry', failure: FAILED, commandSize: 1 });
    const outcomes = lane.unsettled().map(({ index, outcome }) => `${index} ${inWords(outcome)}`);
    expect(outcomes).toEqual(['0 failed target_failed', '1 failed target_failed', '2 skipped']);
  });

  it('may be stored for good, if any attempt of it may be', () => {
    const lane = aLane([put]);
    hear(lane, { kind: 'retry', failure: AMBIGUOUS, commandSize: 1 });
    hear(lane, { kind: 'credentials', failure: FAILED, commandSize: 1 });
    expect(lane.trial.failure?.mayBeWritten).toBe(true);
  });
});

describe('a fold that the server refuses', () => {
  const refusal: WriteResult = {
    ...{ kind: 'refused', failure: BAD, code: 9, isNamed: true, evidence: 'probe', commandSize: 1 },
  };
  const evidence = { hasTakenSince: () => true, blames: () => true };

  it('is sent in halves while its collection takes others', () => {
    const lane = aLane([put, put, put, put, put]);
    expect([hear(lane, refusal, { evidence }), nextStep(lane).count]).toEqual([['WriteRetries 1'], 3]);
    expect([hear(lane, refusal, { evidence }), nextStep(lane).count]).toEqual([['WriteRetries 1'], 2]);
    expect([hear(lane, refusal, { evidence }), nextStep(lane).count]).toEqual([['WriteRetries 1'], 1]);
  });

  it('stays whole while its collection takes nothing, and asks for a probe', () => {
    const lane = aLane([put, put]);
    const silent = { evidence: { ...evidence, hasTakenSince: () => false } };
    expect(hear(lane, refusal, silent)).toEqual(['WriteRetries 1']);
    expect([hear(lane, refusal, silent), nextStep(lane).count]).toEqual([['WriteRetries 1', 'requestProbe'], 2]);
  });

  it('is buried once one write of it is to blame', () => {
    const lane = aLane([put]);
    for (let count = 1; count < 5; count += 1) expect(hear(lane, refusal, { evidence })).toEqual(['WriteRetries 1']);
    expect(hear(lane, refusal, { evidence })).toEqual(['WriteRetries 1', 'bury 0 rejected_by_target']);
  });
});
