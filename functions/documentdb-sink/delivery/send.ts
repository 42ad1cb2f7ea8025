import { untilAborted } from '../../../shared/concurrency/until-aborted.ts';
import { poison } from '../../../shared/outcome.ts';
import { COMMAND_ORDER, type Command, type Commands, commandsOf, statementOf } from '../lanes/commands.ts';
import type { Step } from '../lanes/lane.ts';
import { failedSteps, type StepResult, type WriteResult } from '../lanes/write-result.ts';
import { beforeWriting, classifyError } from '../target/classify.ts';
import type { Collections, Guards } from '../target/collections.ts';
import type { UniqueOrder } from '../target/unique-order.ts';
import { readReply } from './reply.ts';
import { noteTrouble, type ResolveParts, type RoundState, resolveUnmatched } from './resolve.ts';

export interface SendParts extends ResolveParts {
  readonly collections: Collections;
  readonly uniqueOrder: UniqueOrder;
  /** Called when no command on any collection can succeed. */
  readonly shutAll: () => void;
}

export interface RoundOptions {
  /** A single command only, to see whether the target answers again; the steps left out have no verdict. */
  readonly isProbing: boolean;
  /** Documents with more writes, which are left for a later round. */
  readonly leavesSome: boolean;
}

/**
 * Sends one wave and finds out about every step of it. Never rejects for what a server or a network does.
 * Nothing is sent, and there is no verdict, where it turns out that the wave disregards an order that matters.
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
  const round: RoundState = { shutBy: undefined, shutAll: parts.shutAll };
  for (const kind of COMMAND_ORDER) {
    const own = commands.filter((command) => command.kind === kind);
    const ofKind = await Promise.all(own.map((command) => sendInTurn(command, { round, guards }, parts)));
    results.push(...ofKind.flat());
  }
  if (results.some(({ result }) => result.kind === 'collision')) uniqueOrder.note(namespace);
  return results;
}

interface Surroundings {
  readonly round: RoundState;
  readonly guards: Guards;
}

/** As soon as a slot is free, if there is a point in it by then; steps that are left out have no verdict. */
async function sendInTurn(
  command: Command,
  { round, guards }: Surroundings,
  parts: SendParts,
): Promise<readonly StepResult[]> {
  const { semaphore, maySend } = parts;
  await semaphore.acquire();
  let result: Awaited<ReturnType<typeof sendCommand>>;
  try {
    if (!maySend() || round.shutBy !== undefined) return [];
    result = await sendCommand(command, guards, parts);
    noteTrouble(round, result.results);
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
