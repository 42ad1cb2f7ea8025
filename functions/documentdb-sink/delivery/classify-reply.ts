import { keyOf } from '../guard/indexes.ts';
import type { SentWrite } from '../guard/write.ts';
import type { Command } from '../lanes/commands.ts';
import { failedSteps, type StepResult } from '../lanes/commands.ts';
import type { Step } from '../lanes/lane.ts';
import { type CommandFailure, classifyWriteError, type WriteError } from '../target/classify.ts';
import type { GuardIndexes } from '../target/collections.ts';
import type { WriteReply } from '../target/document-store.ts';
import { conflictsWithItself } from '../update/apply-update.ts';
import type { Unmatched } from './resolve.ts';

export interface ClassifiedReply {
  readonly results: readonly StepResult[];
  readonly unmatched: readonly Unmatched[];
}

/** Sorts the steps of a command by its reply: acknowledged, in error, or to be resolved by a read. */
export function classifyReply(
  { kind, steps }: Command,
  { count, writeErrors }: WriteReply,
  guardIndexes: GuardIndexes,
): ClassifiedReply {
  const errorByIndex = new Map(writeErrors.map((error) => [error.index, error]));
  const applied = steps.filter((_, index) => !errorByIndex.has(index));
  // The reply has only a count, which does not show which of the writes matched nothing.
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
  // A plain write is alone in its command, and stores no version that a read could compare.
  return { step, result: { kind: write.model.kind === 'deleteOne' ? 'written' : 'noMatch' } };
}

const ID_INDEX = '_id_';

const guardIndexOf = ({ write: { filter } }: Step, guardIndexes: GuardIndexes): string | undefined =>
  filter.has('_id') ? ID_INDEX : guardIndexes.get(keyOf(filter.keys()));

interface StepError {
  readonly error: WriteError;
  readonly guardIndex: string | undefined;
  /** The number of writes in the command. */
  readonly commandSize: number;
}

function inError(step: Step, { error, guardIndex, commandSize }: StepError): StepResult | Unmatched {
  const { write } = step;
  const failure = classifyWriteError(error, () => hasOnePathTwice(write));
  switch (failure.kind) {
    case 'duplicate':
      return { step, cause: isOnGuardIndex(failure.index, guardIndex) ? 'guardIndex' : 'otherIndex' };
    case 'poison':
      return { step, result: failure };
    default:
      return { step, result: { ...failure, commandSize } };
  }
}

/** An update that no guard can hold is one too. */
function hasOnePathTwice(write: SentWrite): boolean {
  const sent = write.kind === 'plain' ? write.model : write;
  return 'update' in sent && conflictsWithItself(sent.update);
}

/**
 * If the reply names no index, the index counts as the guard's: a read follows before the sink draws a conclusion. Some
 * servers omit the last character of `_id_`.
 */
const isOnGuardIndex = (index: string | undefined, guardIndex: string | undefined): boolean =>
  index === undefined || index === guardIndex || (guardIndex === ID_INDEX && index === '_id');

/** Missing evidence never counts as success. */
const CONTRADICTORY: CommandFailure = {
  kind: 'retry',
  failure: {
    code: 'unclassified',
    retryable: true,
    mayBeWritten: true,
    detail: 'the reply of DocumentDB does not account for every write of the command',
  },
};
