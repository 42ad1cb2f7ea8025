import type { Meter } from '../../../shared/telemetry.ts';
import { type StoredVersions, standingOf } from '../guard/standing.ts';
import type { Step } from '../lanes/lane.ts';
import type { StepResult, WriteResult } from '../lanes/write-result.ts';
import { beforeWriting, type CommandFailure, classifyError } from '../target/classify.ts';
import { type MarksRead, marksReadsOf, type ReadParts } from './versions-reader.ts';

export interface ResolveParts extends ReadParts {
  readonly meter: Meter;
}

/** The wave that a call is part of. */
export interface RoundState {
  /** Called when no command on any collection can succeed. */
  readonly shutAll: () => void;
  /** What keeps everything else of the wave from getting through; undefined: nothing so far. */
  shutBy: CommandFailure | undefined;
}

/** What is left of the wave is not sent any more where nothing of it would get through. */
export function noteTrouble(round: RoundState, results: readonly StepResult[]): void {
  for (const { result } of results) {
    if (result.kind === 'fatal' || result.kind === 'credentials') round.shutBy ??= result;
    if (result.kind === 'fatal' && result.scope === 'target') round.shutAll();
  }
}

/** A write that matched no document it may change. Why, only the stored document tells. */
export interface Unmatched {
  readonly step: Step;
  readonly cause: 'guardIndex' | 'otherIndex' | 'matchedNothing';
}

/**
 * E11000 can mean "stale" and "somebody else inserted first, and this is to win"; a delete or an update that found nothing
 * can mean "stale" and "gone". So the documents are read before anything is said. A read that fails says nothing of what
 * others read.
 */
export async function resolveUnmatched(
  unmatched: readonly Unmatched[],
  round: RoundState,
  parts: ResolveParts,
): Promise<readonly StepResult[]> {
  if (unmatched.length === 0) return [];
  parts.meter.count('GuardReads', unmatched.length);
  const reads = marksReadsOf(unmatched.map(({ step, cause }) => ({ step, cause, write: step.write })));
  return (await Promise.all(reads.map((read) => judgeRead(read, round, parts)))).flat();
}

async function judgeRead(
  { steps, read }: MarksRead<Unmatched & Pick<Step, 'write'>>,
  round: RoundState,
  parts: ResolveParts,
): Promise<readonly StepResult[]> {
  const { semaphore, maySend } = parts;
  await semaphore.acquire();
  try {
    if (!maySend()) return unread(steps, NOT_READ);
    if (round.shutBy !== undefined) return unread(steps, beforeWriting(round.shutBy));
    const stored = await read(parts);
    return steps.map(({ step, cause }) => ({ step, result: resultOf(step, cause, stored.get(step.write.identity)) }));
  } catch (error) {
    const results = unread(steps, beforeWriting(classifyError(error)));
    noteTrouble(round, results);
    return results;
  } finally {
    semaphore.release();
  }
}

/** E11000 refused a write for certain; which of a command's others changed something, nobody said. */
const unread = (unmatched: readonly Unmatched[], trouble: CommandFailure): readonly StepResult[] =>
  unmatched.map(({ step, cause }) => {
    const failure = { ...trouble.failure, mayBeWritten: cause === 'matchedNothing' };
    return { step, result: { ...trouble, failure, commandSize: 1 } };
  });

const NOT_READ: CommandFailure = {
  kind: 'retry',
  failure: {
    code: 'deadline_exceeded',
    retryable: true,
    mayBeWritten: false,
    detail: 'the write matched no document, and there was no time before the invocation deadline to read the reason',
  },
};

function resultOf({ write }: Step, cause: Unmatched['cause'], stored: StoredVersions | undefined): WriteResult {
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
