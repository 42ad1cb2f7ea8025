import type { Meter } from '../../../shared/telemetry/telemetry.ts';
import { type StoredVersions, standingOf } from '../guard/standing.ts';
import type { SentWrite } from '../guard/write.ts';
import type { StepResult } from '../lanes/commands.ts';
import type { Step } from '../lanes/lane.ts';
import type { WriteResult } from '../lanes/write-result.ts';
import { beforeWriting, type CommandFailure, classifyError } from '../target/classify.ts';
import { type ReadParts, type VersionsRead, versionsReadsOf } from './versions-reader.ts';

export interface ResolveParts extends ReadParts {
  readonly meter: Meter;
}

/** Commands that were started together. */
export interface Flight {
  /** True if a single command is sent, to find out whether the target works again. */
  isProbing: boolean;
  /** How often the circuit breakers had been tripped when the flight began. */
  readonly tripCount: number;
  /** The failure that stops what is not sent yet; undefined while there is none. */
  stoppedBy: CommandFailure | undefined;
}

/** Stops the rest of the flight after a fatal answer or refused credentials. */
export function noteFailure(flight: Flight, results: readonly StepResult[]): void {
  for (const { result } of results) {
    if (result.kind === 'fatal' || result.kind === 'credentials') flight.stoppedBy ??= result;
  }
}

/** A write that changed no document. Only the stored document shows the reason. */
export interface Unmatched {
  readonly step: Step;
  readonly cause: 'guardIndex' | 'otherIndex' | 'matchedNothing';
}

export type UnmatchedRead = VersionsRead<Unmatched & Pick<Step, 'write'>>;

/**
 * E11000 can mean that the write is stale, or that another writer inserted an older version first. A delete or update
 * that matched nothing can mean that the write is stale, or that the document is gone. So the stored versions are read
 * first.
 */
export const readsOf = (unmatched: readonly Unmatched[]): readonly UnmatchedRead[] =>
  versionsReadsOf(unmatched.map(({ step, cause }) => ({ step, cause, write: step.write })));

/** Reads the stored versions, and compares. Never rejects because of a server or a network. */
export async function resolveRead({ steps, read }: UnmatchedRead, parts: ReadParts): Promise<readonly StepResult[]> {
  try {
    const stored = await read(parts);
    return steps.map(({ step, cause }) => ({ step, result: resultOf(step, cause, stored.get(step.write.identity)) }));
  } catch (error) {
    return unread(steps, classifyError(error));
  }
}

/** The results of a read that is not sent. @param cause why; undefined: there is no time left */
export const withoutRead = ({ steps }: UnmatchedRead, cause = NOT_READ): readonly StepResult[] => unread(steps, cause);

/** A write with E11000 was certainly not stored. For the other writes of the command nobody knows. */
function unread(unmatched: readonly Unmatched[], cause: CommandFailure): readonly StepResult[] {
  const readFailure = beforeWriting(cause);
  return unmatched.map(({ step, cause: of }) => {
    const failure = { ...readFailure.failure, mayBeWritten: of === 'matchedNothing' };
    return { step, result: { ...readFailure, failure, commandSize: 1 } };
  });
}

const NOT_READ: CommandFailure = {
  kind: 'retry',
  failure: {
    code: 'deadline_exceeded',
    retryable: true,
    mayBeWritten: false,
    detail: 'the write matched no document, and there was no time before the invocation deadline to read the reason',
  },
};

/** The filter of an unguarded write may match several documents: the one that is found need not be the one in the way. */
const isOtherFound = (write: SentWrite, stored: StoredVersions | undefined): boolean =>
  write.kind !== 'plain' && stored !== undefined;

function resultOf({ write }: Step, cause: Unmatched['cause'], stored: StoredVersions | undefined): WriteResult {
  const standing = standingOf(write, stored);
  switch (standing.kind) {
    case 'done':
      return { kind: 'written' };
    case 'behind':
      return cause === 'otherIndex'
        ? { kind: 'collision' }
        : { kind: 'conflict', isFound: isOtherFound(write, stored) };
    default:
      return standing;
  }
}
