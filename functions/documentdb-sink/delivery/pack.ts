import { untilAborted } from '../../../shared/concurrency/until-aborted.ts';
import { poison } from '../../../shared/outcome.ts';
import { type Command, commandsOf, failedSteps, type StepResult } from '../lanes/commands.ts';
import type { Step } from '../lanes/lane.ts';
import type { WriteResult } from '../lanes/write-result.ts';
import { beforeWriting, classifyError } from '../target/classify.ts';
import type { Collections, Guards } from '../target/collections.ts';
import type { UniqueOrder } from '../target/unique-order.ts';
import type { ReadParts } from './versions-reader.ts';

export interface PackParts extends ReadParts {
  readonly collections: Collections;
  readonly uniqueOrder: UniqueOrder;
}

/** Steps as they are sent. */
export interface Packed {
  readonly commands: readonly Command[];
  /** Steps that are not sent. */
  readonly results: readonly StepResult[];
  readonly guards: Guards | undefined;
}

/**
 * Packs steps into commands. Never rejects because of a server or a network.
 * @param leavesSome whether lanes have further writes of the same documents
 * @returns undefined if a unique index turns out to make the order matter that the choice of these steps ignores
 */
export async function pack(
  steps: readonly Step[],
  leavesSome: () => boolean,
  { store, collections, namespace, signal, uniqueOrder }: PackParts,
): Promise<Packed | undefined> {
  try {
    const writes = steps.map(({ write }) => write);
    const guards = await untilAborted(collections.prepare(namespace, writes, signal), signal);
    if (!uniqueOrder.isKnown(namespace) && leavesSome()) {
      await untilAborted(uniqueOrder.look(namespace, writes, signal), signal);
      if (uniqueOrder.matters(namespace)) return undefined;
    }
    const guarded = steps.filter(({ write }) => guards.canGuard(write));
    const { commands, tooLarge } = commandsOf(guarded, await untilAborted(store.limits(signal), signal));
    const unguarded = steps.filter(({ write }) => !guards.canGuard(write));
    const results = [
      ...tooLarge.map((step) => ({ step, result: TOO_LARGE })),
      ...unguarded.map((step) => ({ step, result: UNGUARDED })),
    ];
    return { commands, results, guards };
  } catch (error) {
    return { commands: [], results: failedSteps(steps, beforeWriting(classifyError(error))), guards: undefined };
  }
}

const UNGUARDED: WriteResult = { kind: 'unguarded' };

const TOO_LARGE: WriteResult = {
  kind: 'poison',
  failure: poison('payload_too_large', 'the document exceeds the maximum document size of the server'),
};
