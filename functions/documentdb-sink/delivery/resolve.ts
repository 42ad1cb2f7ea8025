import type { Meter } from '../../../shared/telemetry.ts';
import { type StoredVersions, standingOf } from '../guard/standing.ts';
import type { Step } from '../lanes/lane.ts';
import type { StepResult } from '../lanes/step-result.ts';
import type { WriteResult } from '../lanes/write-result.ts';
import { beforeWriting, type CommandFailure, classifyError } from '../target/classify.ts';
import { type ReadParts, type VersionsRead, versionsReadsOf } from './versions-reader.ts';

export interface ResolveParts extends ReadParts {
  readonly meter: Meter;
}

/** The state of the current round of one collection. */
export interface RoundState {
  /** Called after a fatal answer that concerns the whole target. */
  readonly tripForTarget: () => void;
  /** The failure that stops the rest of the round; undefined while there is none. */
  stoppedBy: CommandFailure | undefined;
}

/** Stops the rest of the round after a fatal answer or refused credentials. */
export function noteFailure(round: RoundState, results: readonly StepResult[]): void {
  for (const { result } of results) {
    if (result.kind === 'fatal' || result.kind === 'credentials') round.stoppedBy ??= result;
    if (result.kind === 'fatal' && result.scope === 'target') round.tripForTarget();
  }
}

/** A write that changed no document. Only the stored document shows the reason. */
export interface Unmatched {
  readonly step: Step;
  readonly cause: 'guardIndex' | 'otherIndex' | 'matchedNothing';
}

/**
 * E11000 can mean that the write is stale, or that another writer inserted an older version first. A delete or update
 * that matched nothing can mean that the write is stale, or that the document is gone. So the stored versions are read
 * first. A failed read affects only its own steps.
 */
export async function resolveUnmatched(
  unmatched: readonly Unmatched[],
  round: RoundState,
  parts: ResolveParts,
): Promise<readonly StepResult[]> {
  if (unmatched.length === 0) return [];
  parts.meter.count('GuardReads', unmatched.length);
  const reads = versionsReadsOf(unmatched.map(({ step, cause }) => ({ step, cause, write: step.write })));
  return (await Promise.all(reads.map((read) => resolveRead(read, round, parts)))).flat();
}

async function resolveRead(
  { steps, read }: VersionsRead<Unmatched & Pick<Step, 'write'>>,
  round: RoundState,
  parts: ResolveParts,
): Promise<readonly StepResult[]> {
  const { semaphore, maySend } = parts;
  await semaphore.acquire();
  try {
    if (!maySend()) return unread(steps, NOT_READ);
    if (round.stoppedBy !== undefined) return unread(steps, beforeWriting(round.stoppedBy));
    const stored = await read(parts);
    return steps.map(({ step, cause }) => ({ step, result: resultOf(step, cause, stored.get(step.write.identity)) }));
  } catch (error) {
    const results = unread(steps, beforeWriting(classifyError(error)));
    noteFailure(round, results);
    return results;
  } finally {
    semaphore.release();
  }
}

/** A write with E11000 was certainly not stored. For the other writes of the command nobody knows. */
const unread = (unmatched: readonly Unmatched[], readFailure: CommandFailure): readonly StepResult[] =>
  unmatched.map(({ step, cause }) => {
    const failure = { ...readFailure.failure, mayBeWritten: cause === 'matchedNothing' };
    return { step, result: { ...readFailure, failure, commandSize: 1 } };
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
