import type { Meter } from '../../shared/telemetry.ts';
import { untilAborted } from '../../shared/until-aborted.ts';
import { beforeWriting, classifyError, type Trouble } from './classify.ts';
import type { DocumentStore } from './document-store.ts';
import { type StoredMarks, standingOf } from './guard.ts';
import { identityOf } from './id-strategies/document-id.ts';
import type { Step } from './lane.ts';
import { MARKS_READ_MAX } from './limits.ts';
import type { Namespace } from './namespace.ts';
import type { Judged, Verdict } from './verdict.ts';

export interface ResolveParts {
  readonly store: DocumentStore;
  readonly namespace: Namespace;
  readonly meter: Meter;
  /** Aborts when the answer is due. */
  readonly signal: AbortSignal;
  /** Whether something new may still be sent. */
  readonly maySend: () => boolean;
}

/** A write that matched no document it may change. Why, only the stored document tells. */
export interface Unmatched {
  readonly step: Step;
  readonly cause: 'guardIndex' | 'otherIndex' | 'deletedNothing';
}

/**
 * E11000 can mean "stale" and "somebody else inserted first, and this is to win"; a delete that found nothing can mean
 * "stale" and "gone". So the documents are read, once a wave, before anything is said.
 */
export async function resolveUnmatched(
  unmatched: readonly Unmatched[],
  parts: ResolveParts,
): Promise<readonly Judged[]> {
  if (unmatched.length === 0) return [];
  parts.meter.count('GuardReads', unmatched.length);
  if (!parts.maySend()) return unread(unmatched, TIME_IS_UP);
  try {
    const stored = await readMarks(unmatched, parts);
    return unmatched.map(({ step, cause }) => ({
      step,
      verdict: verdictOf(step, cause, stored.get(step.lane.identity)),
    }));
  } catch (error) {
    return unread(unmatched, beforeWriting(classifyError(error)));
  }
}

/** E11000 refused a write for certain; which of a command's deletes deleted something, nobody said. */
const unread = (unmatched: readonly Unmatched[], trouble: Trouble): readonly Judged[] =>
  unmatched.map(({ step, cause }) => {
    const failure = { ...trouble.failure, mayBeWritten: cause === 'deletedNothing' };
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

async function readMarks(unmatched: readonly Unmatched[], { store, namespace, signal }: ResolveParts) {
  const marks = new Map<string, StoredMarks>();
  for (let at = 0; at < unmatched.length; at += MARKS_READ_MAX) {
    const ids = unmatched.slice(at, at + MARKS_READ_MAX).map(({ step }) => step.write.id);
    for (const stored of await untilAborted(store.findMarks(namespace, ids, signal), signal)) {
      marks.set(identityOf(stored.id), stored);
    }
  }
  return marks;
}

function verdictOf({ write }: Step, cause: Unmatched['cause'], stored: StoredMarks | undefined): Verdict {
  const standing = standingOf(write, stored);
  switch (standing.kind) {
    case 'stale':
      return standing;
    case 'done':
      return { kind: 'written' };
    case 'behind':
      return cause === 'otherIndex' ? { kind: 'collision' } : { kind: 'conflict' };
  }
}
