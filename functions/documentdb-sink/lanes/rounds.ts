import { foldEndOf } from './folding.ts';
import type { Lane, Step } from './lane.ts';

/** The next work of a collection's lanes. */
export type Round =
  | Sending
  /** Time until which nothing can be sent, unless a dead letter is written first; `Infinity`: only a dead letter can unblock a lane. */
  | { readonly kind: 'wait'; readonly untilMs: number };

export interface Sending {
  readonly kind: 'send';
  readonly steps: readonly Step[];
  /** Sent one after another, each in its own command. */
  readonly alone: boolean;
  /** True if lanes have further writes of the same documents for a later round. */
  readonly leavesSome: boolean;
}

export interface Moment {
  readonly nowMs: number;
  /** Number of settled records in the batch. */
  readonly settledCount: number;
  /** True if the collection has another unique index, so that documents of a partition depend on each other. */
  readonly isOrdered: boolean;
}

/**
 * The next round: at most one write for each document. A write whose result is unknown does not stop other partitions
 * from writing the same document: every result equals some order of the partitions.
 *
 * If another unique index makes the order of documents matter, the round of a partition ends before the first write that
 * does not fold with the remaining writes of its document, so that no record overtakes an earlier one. Lanes that
 * conflicted with such an index are sent alone, in offset order, when nothing else is ready.
 */
export function nextRound(lanes: readonly Lane[], { nowMs, settledCount, isOrdered }: Moment): Round {
  const ends = isOrdered ? endsOf(lanes) : undefined;
  const endOf = (lane: Lane): number => ends?.get(lane.topicPartition) ?? Number.POSITIVE_INFINITY;
  const isInRound = (lane: Lane): boolean => (lane.head?.index ?? 0) <= endOf(lane);
  const open = lanes.filter((lane) => lane.state === 'open' && !lane.isDone && (ends === undefined || isInRound(lane)));
  const send = (ready: readonly Lane[], alone: boolean): Sending => {
    const steps = stepsOf(ready, endOf);
    return { kind: 'send', steps, alone, leavesSome: leavesSome(lanes, steps) };
  };
  const folded = open.filter((lane) => !lane.sendsSingly && lane.trial.readyAtMs <= nowMs);
  if (folded.length > 0) return send(folded, false);
  const sendsSingly = firstOfEachPartition(
    open.filter((lane) => lane.sendsSingly && lane.trial.blockedAtSettledCount !== settledCount),
  );
  const ready = sendsSingly.filter((lane) => lane.trial.readyAtMs <= nowMs);
  if (ready.length > 0) return send(ready, true);
  const waiting = [...open.filter((lane) => !lane.sendsSingly), ...sendsSingly];
  return { kind: 'wait', untilMs: Math.min(...waiting.map((lane) => lane.trial.readyAtMs)) };
}

/** Index in the batch where the next round of each partition ends. */
function endsOf(lanes: readonly Lane[]): ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  for (const lane of lanes) {
    const end = Math.min(foldEndOf(lane), ends.get(lane.topicPartition) ?? Number.POSITIVE_INFINITY);
    ends.set(lane.topicPartition, end);
  }
  return ends;
}

function leavesSome(lanes: readonly Lane[], steps: readonly Step[]): boolean {
  const left = ({ items, next }: Lane): number => items.length - next;
  if (lanes.every((lane) => left(lane) <= 1)) return false;
  const counts = new Map(steps.map(({ lane, count }) => [lane, count]));
  return lanes.some((lane) => left(lane) > (counts.get(lane) ?? 1));
}

/** Selects the lane with the fewest attempts among the lanes of one document. */
function stepsOf(lanes: readonly Lane[], endOf: (lane: Lane) => number): readonly Step[] {
  const byDocument = new Map<string, Step>();
  for (const lane of lanes) {
    const other = byDocument.get(lane.identity)?.lane;
    const step =
      other !== undefined && other.trial.attempts <= lane.trial.attempts ? undefined : lane.step(endOf(lane));
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

const headOffset = (lane: Lane): number => lane.head?.record.position.offset ?? Number.POSITIVE_INFINITY;
