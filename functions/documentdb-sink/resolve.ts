import type { Meter } from '../../shared/telemetry.ts';
import { beforeWriting, classifyError, type Trouble } from './classify.ts';
import type { Step } from './lane.ts';
import { type ReadParts, readMarks } from './marks-reader.ts';
import { type StoredMarks, standingOf } from './standing.ts';
import type { Judged, Verdict } from './verdict.ts';

export interface ResolveParts extends ReadParts {
  readonly meter: Meter;
}

/** A write that matched no document it may change. Why, only the stored document tells. */
export interface Unmatched {
  readonly step: Step;
  readonly cause: 'guardIndex' | 'otherIndex' | 'matchedNothing';
}

/**
 * E11000 can mean "stale" and "somebody else inserted first, and this is to win"; a delete or an update that found nothing
 * can mean "stale" and "gone". So the documents are read, once a wave, before anything is said.
 */
export async function resolveUnmatched(
  unmatched: readonly Unmatched[],
  parts: ResolveParts,
): Promise<readonly Judged[]> {
  if (unmatched.length === 0) return [];
  parts.meter.count('GuardReads', unmatched.length);
  if (!parts.maySend()) return unread(unmatched, TIME_IS_UP);
  try {
    const stored = await readMarks(
      unmatched.map(({ step }) => step),
      parts,
    );
    return unmatched.map(({ step, cause }) => ({
      step,
      verdict: verdictOf(step, cause, stored.get(step.write.identity)),
    }));
  } catch (error) {
    return unread(unmatched, beforeWriting(classifyError(error)));
  }
}

/** E11000 refused a write for certain; which of a command's others changed something, nobody said. */
const unread = (unmatched: readonly Unmatched[], trouble: Trouble): readonly Judged[] =>
  unmatched.map(({ step, cause }) => {
    const failure = { ...trouble.failure, mayBeWritten: cause === 'matchedNothing' };
    return { step, verdict: { ...trouble, failure, companyCount: 1 } };
  });

const TIME_IS_UP: Trouble = {
  kind: 'retry',
  failure: {
    code: 'deadline_exceeded',
    retryable: true,
    mayBeWritten: false,
    detail: 'the write matched nothing, and no time was left to read why',
  },
};

function verdictOf({ write }: Step, cause: Unmatched['cause'], stored: StoredMarks | undefined): Verdict {
  const standing = standingOf(write, stored);
  switch (standing.kind) {
    case 'done':
      return { kind: 'written' };
    case 'behind':
      return cause === 'otherIndex' ? { kind: 'collision' } : { kind: 'conflict', isFound: stored !== undefined };
    default:
      return standing;
  }
}
