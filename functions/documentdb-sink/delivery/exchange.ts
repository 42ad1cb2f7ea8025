import { untilAborted } from '../../../shared/concurrency/until-aborted.ts';
import { type Command, failedSteps, statementOf } from '../lanes/commands.ts';
import { classifyError } from '../target/classify.ts';
import type { Guards } from '../target/collections.ts';
import { type ClassifiedReply, classifyReply } from './classify-reply.ts';
import type { ResolveParts } from './resolve.ts';

/** Sends a command, and classifies the reply. Never rejects because of a server or a network. */
export async function exchange(command: Command, guards: Guards, parts: ResolveParts): Promise<ClassifiedReply> {
  const { store, namespace, meter, signal } = parts;
  const statements = command.steps.map(({ write }) => statementOf(write));
  meter.count('WriteCommands');
  try {
    const reply = await untilAborted(store.write(namespace, command.kind, statements, signal), signal);
    return classifyReply(command, reply, guards.indexes);
  } catch (error) {
    return { results: failedSteps(command.steps, classifyError(error)), unmatched: [] };
  }
}
