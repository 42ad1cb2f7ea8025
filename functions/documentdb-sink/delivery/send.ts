import { untilAborted } from '../../../shared/concurrency/until-aborted.ts';
import { poison } from '../../../shared/outcome.ts';
import { COMMAND_ORDER, type Command, type Commands, commandsOf, statementOf } from '../lanes/commands.ts';
import type { Step } from '../lanes/lane.ts';
import { type Judged, troubled, type Verdict } from '../lanes/write-result.ts';
import { beforeWriting, classifyError } from '../target/classify.ts';
import type { Collections, Guards } from '../target/collections.ts';
import type { UniqueOrder } from '../target/unique-order.ts';
import { readReply } from './reply.ts';
import { noteTrouble, type ResolveParts, resolveUnmatched, type Wave } from './resolve.ts';

export interface SendParts extends ResolveParts {
  readonly collections: Collections;
  readonly uniqueOrder: UniqueOrder;
  /** Called when no command on any collection can succeed. */
  readonly shutAll: () => void;
}

export interface WaveOptions {
  /** A single command only, to see whether the target answers again; the steps left out have no verdict. */
  readonly isProbing: boolean;
  /** Writes of these documents are left for a later wave. */
  readonly leavesSome: boolean;
}

/**
 * Sends one wave and finds out about every step of it. Never rejects for what a server or a network does.
 * Nothing is sent, and there is no verdict, where it turns out that the wave disregards an order that matters.
 */
export async function sendWave(
  steps: readonly Step[],
  { isProbing, leavesSome }: WaveOptions,
  parts: SendParts,
): Promise<readonly Judged[]> {
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
    return troubled(steps, beforeWriting(classifyError(error)));
  }
  const judged: Judged[] = [
    ...plan.tooLarge.map((step) => ({ step, verdict: TOO_LARGE })),
    ...steps.filter(({ write }) => !guards.canGuard(write)).map((step) => ({ step, verdict: UNGUARDED })),
  ];
  const commands = isProbing ? plan.commands.slice(0, 1) : plan.commands;
  const wave: Wave = { shutBy: undefined, shutAll: parts.shutAll };
  for (const kind of COMMAND_ORDER) {
    const own = commands.filter((command) => command.kind === kind);
    const results = await Promise.all(own.map((command) => sendInTurn(command, { wave, guards }, parts)));
    judged.push(...results.flat());
  }
  if (judged.some(({ verdict }) => verdict.kind === 'collision')) uniqueOrder.note(namespace);
  return judged;
}

interface Surroundings {
  readonly wave: Wave;
  readonly guards: Guards;
}

/** As soon as a slot is free, if there is a point in it by then; steps that are left out have no verdict. */
async function sendInTurn(
  command: Command,
  { wave, guards }: Surroundings,
  parts: SendParts,
): Promise<readonly Judged[]> {
  const { slots, maySend } = parts;
  await slots.take();
  let result: Awaited<ReturnType<typeof sendCommand>>;
  try {
    if (!maySend() || wave.shutBy !== undefined) return [];
    result = await sendCommand(command, guards, parts);
    noteTrouble(wave, result.judged);
  } finally {
    slots.give();
  }
  return [...result.judged, ...(await resolveUnmatched(result.unmatched, wave, parts))];
}

const UNGUARDED: Verdict = { kind: 'unguarded' };

const TOO_LARGE: Verdict = {
  kind: 'poison',
  failure: poison('payload_too_large', 'the document is larger than the server takes'),
};

async function sendCommand(command: Command, { indexes }: Guards, parts: SendParts) {
  const { store, namespace, meter, signal } = parts;
  const statements = command.steps.map(({ write }) => statementOf(write));
  meter.count('WriteCommands');
  try {
    const reply = await untilAborted(store.write(namespace, command.kind, statements, signal), signal);
    return readReply(command, reply, indexes);
  } catch (error) {
    return { judged: troubled(command.steps, classifyError(error)), unmatched: [] };
  }
}
