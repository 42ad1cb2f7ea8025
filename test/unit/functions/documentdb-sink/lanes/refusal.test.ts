import { describe, expect, it } from 'vitest';
import { UNTRIED } from '../../../../../functions/documentdb-sink/lanes/entry.ts';
import { Evidence } from '../../../../../functions/documentdb-sink/lanes/evidence.ts';
import { judgeRefusal } from '../../../../../functions/documentdb-sink/lanes/refusal.ts';
import { poison } from '../../../../../shared/outcome.ts';

const FAILURE = poison('rejected_by_target', 'refused');

/** A write in a command of its own that was refused so often before, while its collection took others all the time. */
function judgedAfter(refusals: number) {
  const evidence = new Evidence();
  evidence.noteTaken('shop.orders', 2_500);
  const doubt = { code: 9, sinceMs: 0, previousMs: 1_000, lastMs: 2_000, refusals, entryCount: 1 };
  const refusal = {
    kind: 'refused',
    failure: FAILURE,
    code: 9,
    isNamed: true,
    evidence: 'probe',
    commandSize: 1,
  } as const;
  const moment = {
    nowMs: 3_000,
    retryAtMs: 3_000,
    evidence,
    areEarlierSettled: () => true,
    writtenCount: 0,
    missingIndex: 'write',
    onNoMatch: 'ignore',
  } as const;
  return judgeRefusal({ ...UNTRIED, doubt }, { refusal, count: 1, target: 'shop.orders' }, moment);
}

describe('a write that a server refuses', () => {
  it('is not to blame after four refusals, whatever its collection takes meanwhile', () => {
    expect(judgedAfter(3)).toMatchObject({ isToBlame: false, needsProbe: false });
  });

  it('is to blame after five, where its collection took another write since the fourth', () => {
    expect(judgedAfter(4)).toMatchObject({ isToBlame: true });
  });
});
