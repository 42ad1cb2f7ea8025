import { poison } from '../../shared/outcome.ts';
import { untilAborted } from '../../shared/until-aborted.ts';
import { beforeWriting, classifyError } from './classify.ts';
import type { Collections } from './collections.ts';
import { type Command, commandsOf, statementOf } from './commands.ts';
import type { Step } from './lane.ts';
import { readReply } from './reply.ts';
import { type ResolveParts, resolveUnmatched } from './resolve.ts';
import { type Judged, troubled, type Verdict } from './verdict.ts';

export interface SendParts extends ResolveParts {
  readonly collections: Collections;
  /** Commands under way at once. */
  readonly requestsInFlightMax: number;
}

/**
 * Sends one wave and finds out about every step of it. Never rejects for what a server or a network does.
 * @param probing a single command only, to see whether the target answers again; the steps left out have no verdict
 */
export async function sendWave(steps: readonly Step[], probing: boolean, parts: SendParts): Promise<readonly Judged[]> {
  const { store, collections, namespace, signal } = parts;
  let plan: ReturnType<typeof commandsOf>;
  try {
    await untilAborted(collections.prepare(namespace, signal), signal);
    plan = commandsOf(steps, await untilAborted(store.limits(signal), signal));
  } catch (error) {
    return troubled(steps, beforeWriting(classifyError(error)));
  }
  const judged: Judged[] = plan.tooLarge.map((step) => ({ step, verdict: TOO_LARGE }));
  const commands = probing ? plan.commands.slice(0, 1) : plan.commands;
  // Deletes first: one may free a unique value that an upsert of this wave takes.
  for (const kind of ['delete', 'update'] as const) {
    const own = commands.filter((command) => command.kind === kind);
    for (let at = 0; at < own.length && parts.maySend() && !judged.some(isShut); at += parts.requestsInFlightMax) {
      const answers = await Promise.all(
        own.slice(at, at + parts.requestsInFlightMax).map((command) => sendCommand(command, parts)),
      );
      judged.push(...answers.flat());
    }
  }
  return judged;
}

/** Nothing more of the wave would get through: what is left out has no verdict, and waits for the gate. */
const isShut = ({ verdict }: Judged): boolean => verdict.kind === 'fatal' || verdict.kind === 'credentials';

const TOO_LARGE: Verdict = {
  kind: 'poison',
  failure: poison('payload_too_large', 'the document is larger than the server takes'),
};

async function sendCommand(command: Command, parts: SendParts): Promise<readonly Judged[]> {
  const { store, namespace, meter, signal } = parts;
  const statements = command.steps.map(({ write }) => statementOf(write));
  meter.count('WriteCommands');
  try {
    const reply = await untilAborted(store.write(namespace, command.kind, statements, signal), signal);
    const { judged, unmatched } = readReply(command, reply);
    return [...judged, ...(await resolveUnmatched(unmatched, parts))];
  } catch (error) {
    return troubled(command.steps, classifyError(error));
  }
}
