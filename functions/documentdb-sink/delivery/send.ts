import { untilAborted } from '../../../shared/concurrency/until-aborted.ts';
import { poison } from '../../../shared/outcome.ts';
import { COMMAND_ORDER, type Command, type Commands, commandsOf, statementOf } from '../lanes/commands.ts';
import type { Step } from '../lanes/lane.ts';
import { failedSteps, type StepResult } from '../lanes/step-result.ts';
import type { WriteResult } from '../lanes/write-result.ts';
import { beforeWriting, classifyError } from '../target/classify.ts';
import type { Collections, Guards } from '../target/collections.ts';
import type { UniqueOrder } from '../target/unique-order.ts';
import { readReply } from './reply.ts';
import { noteFailure, type ResolveParts, type RoundState, resolveUnmatched } from './resolve.ts';

export interface SendParts extends ResolveParts {
  readonly collections: Collections;
  readonly uniqueOrder: UniqueOrder;
  /** Called after a fatal answer that concerns the whole target. */
  readonly tripForTarget: () => void;
}

export interface RoundOptions {
  /** Sends a single command, to find out whether the target works again. The other steps get no result. */
  readonly isProbing: boolean;
  /** True if lanes have further writes of the same documents for a later round. */
  readonly leavesSome: boolean;
}

/**
 * Sends one round and returns the result of each step that was sent. Never rejects because of a server or a network.
 * Sends nothing and returns no result if a unique index turns out to make the order matter that this round ignores.
 */
export async function sendRound(
  steps: readonly Step[],
  { isProbing, leavesSome }: RoundOptions,
  parts: SendParts,
): Promise<readonly StepResult[]> {
  const { store, collections, namespace, signal, uniqueOrder } = parts;
  let plan: Commands;
  let guards: Guards;
  try {
    const writes = steps.map(({ write }) => write);
    guards = await untilAborted(collections.prepare(namespace, writes, signal), signal);
    if (leavesSome && !uniqueOrder.matters(namespace)) {
      await untilAborted(uniqueOrder.look(namespace, writes, signal), signal);
      if (uniqueOrder.matters(namespace)) return [];
    }
    const guarded = steps.filter(({ write }) => guards.canGuard(write));
    plan = commandsOf(guarded, await untilAborted(store.limits(signal), signal));
  } catch (error) {
    return failedSteps(steps, beforeWriting(classifyError(error)));
  }
  const results: StepResult[] = [
    ...plan.tooLarge.map((step) => ({ step, result: TOO_LARGE })),
    ...steps.filter(({ write }) => !guards.canGuard(write)).map((step) => ({ step, result: UNGUARDED })),
  ];
  const commands = isProbing ? plan.commands.slice(0, 1) : plan.commands;
  const round: RoundState = { stoppedBy: undefined, tripForTarget: parts.tripForTarget };
  for (const kind of COMMAND_ORDER) {
    const own = commands.filter((command) => command.kind === kind);
    const ofKind = await Promise.all(own.map((command) => sendInTurn(command, { round, guards }, parts)));
    results.push(...ofKind.flat());
  }
  if (results.some(({ result }) => result.kind === 'collision')) uniqueOrder.note(namespace);
  return results;
}

interface RoundContext {
  readonly round: RoundState;
  readonly guards: Guards;
}

/**
 * Waits for a free slot, then sends the command unless the round was stopped meanwhile. Steps that are not sent get no
 * result.
 */
async function sendInTurn(
  command: Command,
  { round, guards }: RoundContext,
  parts: SendParts,
): Promise<readonly StepResult[]> {
  const { semaphore, maySend } = parts;
  await semaphore.acquire();
  let result: Awaited<ReturnType<typeof sendCommand>>;
  try {
    if (!maySend() || round.stoppedBy !== undefined) return [];
    result = await sendCommand(command, guards, parts);
    noteFailure(round, result.results);
  } finally {
    semaphore.release();
  }
  return [...result.results, ...(await resolveUnmatched(result.unmatched, round, parts))];
}

const UNGUARDED: WriteResult = { kind: 'unguarded' };

const TOO_LARGE: WriteResult = {
  kind: 'poison',
  failure: poison('payload_too_large', 'the document exceeds the maximum document size of the server'),
};

async function sendCommand(command: Command, { indexes }: Guards, parts: SendParts) {
  const { store, namespace, meter, signal } = parts;
  const statements = command.steps.map(({ write }) => statementOf(write));
  meter.count('WriteCommands');
  try {
    const reply = await untilAborted(store.write(namespace, command.kind, statements, signal), signal);
    return readReply(command, reply, indexes);
  } catch (error) {
    return { results: failedSteps(command.steps, classifyError(error)), unmatched: [] };
  }
}
