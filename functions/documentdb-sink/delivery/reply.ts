import { keyOf } from '../guard/indexes.ts';
import type { SentWrite } from '../guard/write.ts';
import type { Command } from '../lanes/commands.ts';
import type { Step } from '../lanes/lane.ts';
import { failedSteps, type StepResult } from '../lanes/write-result.ts';
import { type CommandFailure, classifyWriteError, type WriteError } from '../target/classify.ts';
import type { GuardIndexes } from '../target/collections.ts';
import type { WriteReply } from '../target/document-store.ts';
import { conflictsWithItself } from '../update/apply-update.ts';
import type { Unmatched } from './resolve.ts';

export interface ReadReply {
  readonly results: readonly StepResult[];
  readonly unmatched: readonly Unmatched[];
}

/** Reads the reply of a command to its last entry: what is acknowledged, what is in error, and what has to be looked up. */
export function readReply(
  { kind, steps }: Command,
  { count, writeErrors }: WriteReply,
  guardIndexes: GuardIndexes,
): ReadReply {
  const errorByIndex = new Map(writeErrors.map((error) => [error.index, error]));
  const applied = steps.filter((_, index) => !errorByIndex.has(index));
  // Which of those that may match nothing did so a count does not tell.
  const mayMissCount = applied.filter(({ write }) => mayMatchNothing(write)).length;
  const isPossible = count >= applied.length - mayMissCount && count <= applied.length;
  const isWhole = writeErrors.every(({ index }) => index in steps) && (kind === 'delete' || isPossible);
  if (!isWhole) return { results: failedSteps(steps, CONTRADICTORY), unmatched: [] };
  const haveSomeMissed = count < applied.length;
  const results: StepResult[] = [];
  const unmatched: Unmatched[] = [];
  for (const [index, step] of steps.entries()) {
    const error = errorByIndex.get(index);
    const result =
      error === undefined
        ? acknowledged(step, haveSomeMissed)
        : inError(step, { error, guardIndex: guardIndexOf(step, guardIndexes), commandSize: steps.length });
    if ('result' in result) results.push(result);
    else unmatched.push(result);
  }
  return { results, unmatched };
}

const mayMatchNothing = (write: SentWrite): boolean =>
  write.kind === 'delete' ||
  (write.kind === 'plain' && (write.model.kind === 'deleteOne' || !write.model.upsert)) ||
  ((write.kind === 'replace' || write.kind === 'update') && !write.upsert);

function acknowledged(step: Step, haveSomeMissed: boolean): StepResult | Unmatched {
  const { write } = step;
  if (!haveSomeMissed || !mayMatchNothing(write)) return { step, result: { kind: 'written' } };
  if (write.kind !== 'plain') return { step, cause: 'matchedNothing' };
  // It is alone in its command, and there is no mark that a read would compare.
  return { step, result: { kind: write.model.kind === 'deleteOne' ? 'written' : 'noMatch' } };
}

const ID_INDEX = '_id_';

const guardIndexOf = ({ write: { filter } }: Step, guardIndexes: GuardIndexes): string | undefined =>
  filter.has('_id') ? ID_INDEX : guardIndexes.get(keyOf(filter.keys()));

interface StepError {
  readonly error: WriteError;
  readonly guardIndex: string | undefined;
  /** How many writes the command had. */
  readonly commandSize: number;
}

function inError(step: Step, { error, guardIndex, commandSize }: StepError): StepResult | Unmatched {
  const { write } = step;
  const trouble = classifyWriteError(error, () => write.kind === 'update' && conflictsWithItself(write.update));
  switch (trouble.kind) {
    case 'duplicate':
      return { step, cause: isOnGuardIndex(trouble.index, guardIndex) ? 'guardIndex' : 'otherIndex' };
    case 'poison':
      return { step, result: trouble };
    default:
      return { step, result: { ...trouble, commandSize } };
  }
}

/**
 * An index that is not named is taken for the guard's: a document is read before anything is said of it. Some servers
 * leave out the last letter of `_id_`.
 */
const isOnGuardIndex = (index: string | undefined, guardIndex: string | undefined): boolean =>
  index === undefined || index === guardIndex || (guardIndex === ID_INDEX && index === '_id');

/** Missing evidence does not count as success. */
const CONTRADICTORY: CommandFailure = {
  kind: 'retry',
  failure: {
    code: 'unclassified',
    retryable: true,
    mayBeWritten: true,
    detail: 'the reply of DocumentDB does not account for every write of the command',
  },
};
