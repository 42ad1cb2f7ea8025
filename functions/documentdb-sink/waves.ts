import { headOf, isDone, type Lane, type Step, stepOf } from './lane.ts';

/** What a collection's lanes have to do at this moment. */
export type Turn =
  /** `alone`: one after another, each in a command of its own */
  | { readonly kind: 'send'; readonly steps: readonly Step[]; readonly alone: boolean }
  /** Until then, or until a letter is written, there is nothing to send; `Infinity`: only a letter can change that. */
  | { readonly kind: 'wait'; readonly untilMs: number };

/**
 * The next wave: of each document at most one write. A write that may or may not be stored keeps no other partition from
 * its document: whatever becomes of it, the result is that of some order of the partitions. Lanes that met another unique
 * index go alone, in the order of their offsets, when nothing else is ready.
 * @param settledCount how much of the batch is settled
 */
export function nextTurn(lanes: readonly Lane[], nowMs: number, settledCount: number): Turn {
  const open = lanes.filter((lane) => lane.state === 'open' && !isDone(lane));
  const steps = stepsOf(open.filter((lane) => !lane.unfolded && lane.notBeforeMs <= nowMs));
  if (steps.length > 0) return { kind: 'send', steps, alone: false };
  const unfolded = firstOfEachPartition(open.filter((lane) => lane.unfolded && lane.stuckAt !== settledCount));
  const ready = unfolded.filter((lane) => lane.notBeforeMs <= nowMs);
  if (ready.length > 0) return { kind: 'send', steps: stepsOf(ready), alone: true };
  const waiting = [...open.filter((lane) => !lane.unfolded), ...unfolded];
  return { kind: 'wait', untilMs: Math.min(...waiting.map((lane) => lane.notBeforeMs)) };
}

/** Of several lanes of one document the one that was tried least often. */
function stepsOf(lanes: readonly Lane[]): readonly Step[] {
  const byDocument = new Map<string, Step>();
  for (const lane of lanes) {
    const other = byDocument.get(lane.identity)?.lane;
    const step = other !== undefined && other.attempts <= lane.attempts ? undefined : stepOf(lane);
    if (step !== undefined) byDocument.set(lane.identity, step);
  }
  return [...byDocument.values()];
}

function firstOfEachPartition(lanes: readonly Lane[]): readonly Lane[] {
  const firsts = new Map<string, Lane>();
  for (const lane of lanes) {
    const first = firsts.get(lane.topicPartition);
    if (first === undefined || headOffset(lane) < headOffset(first)) firsts.set(lane.topicPartition, lane);
  }
  return [...firsts.values()];
}

const headOffset = (lane: Lane): number => headOf(lane)?.record.position.offset ?? Number.POSITIVE_INFINITY;
