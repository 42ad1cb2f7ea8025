import { classifyWriteError, type Trouble, type WriteError } from './classify.ts';
import type { Command } from './commands.ts';
import type { WriteReply } from './document-store.ts';
import type { Step } from './lane.ts';
import type { Unmatched } from './resolve.ts';
import { type Judged, troubled } from './verdict.ts';

export interface ReadReply {
  readonly judged: readonly Judged[];
  readonly unmatched: readonly Unmatched[];
}

/** Reads the reply of a command to its last entry: what is acknowledged, what is in error, and what has to be looked up. */
export function readReply({ kind, steps }: Command, { count, writeErrors }: WriteReply): ReadReply {
  const errorByIndex = new Map(writeErrors.map((error) => [error.index, error]));
  const appliedCount = steps.length - errorByIndex.size;
  const isWhole = writeErrors.every(({ index }) => index in steps) && (kind === 'delete' || count === appliedCount);
  if (!isWhole) return { judged: troubled(steps, CONTRADICTORY), unmatched: [] };
  // Which of the deletes found nothing a count does not tell.
  const mayHaveMissed = count < appliedCount;
  const judged: Judged[] = [];
  const unmatched: Unmatched[] = [];
  for (const [index, step] of steps.entries()) {
    const error = errorByIndex.get(index);
    const result = error === undefined ? applied(step, mayHaveMissed) : refused(step, error);
    if ('verdict' in result) judged.push(result);
    else unmatched.push(result);
  }
  return { judged, unmatched };
}

const applied = (step: Step, mayHaveMissed: boolean): Judged | Unmatched =>
  mayHaveMissed ? { step, cause: 'deletedNothing' } : { step, verdict: { kind: 'written' } };

function refused(step: Step, error: WriteError): Judged | Unmatched {
  const trouble = classifyWriteError(error);
  switch (trouble.kind) {
    case 'duplicate':
      return { step, cause: trouble.onGuardIndex ? 'guardIndex' : 'otherIndex' };
    case 'poison':
      return { step, verdict: trouble };
    default:
      return { step, verdict: { ...trouble, companyCount: 1 } };
  }
}

/** No evidence is no success. */
const CONTRADICTORY: Trouble = {
  kind: 'retry',
  failure: {
    code: 'unclassified',
    retryable: true,
    mayBeWritten: true,
    detail: 'the server counts other writes than it was sent',
  },
};
