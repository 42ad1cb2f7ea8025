import { foldEndOf, headOf, isDone, type Lane, type Step, stepOf } from './lane.ts';

/** What a collection's lanes have to do at this moment. */
export type Round =
  | Sending
  /** Until then, or until a letter is written, there is nothing to send; `Infinity`: only a letter can change that. */
  | { readonly kind: 'wait'; readonly untilMs: number };

export interface Sending {
  readonly kind: 'send';
  readonly steps: readonly Step[];
  /** One after another, each in a command of its own. */
  readonly alone: boolean;
  /** Writes of these documents are left for a later wave. */
  readonly leavesSome: boolean;
}

export interface Moment {
  readonly nowMs: number;
  /** How much of the batch is settled. */
  readonly settledCount: number;
  /** The collection has another unique index: documents of a partition depend on each other. */
  readonly isOrdered: boolean;
}

/**
 * The next wave: of each document at most one write. A write that may or may not be stored keeps no other partition from
 * its document: whatever becomes of it, the result is that of some order of the partitions.
 *
 * Where a unique index makes the order of documents matter, a wave ends, for each partition, before the first write that
 * does not fold with what is left of its document: no record overtakes one that is not sent in one with the records
 * between them. Lanes that met such an index go alone, in the order of their offsets, when nothing else is ready.
 */
export function nextRound(lanes: readonly Lane[], { nowMs, settledCount, isOrdered }: Moment): Round {
  const ends = isOrdered ? endsOf(lanes) : undefined;
  const endOf = (lane: Lane): number => ends?.get(lane.topicPartition) ?? Number.POSITIVE_INFINITY;
  const isInRound = (lane: Lane): boolean => (headOf(lane)?.index ?? 0) <= endOf(lane);
  const open = lanes.filter(
    (lane) => lane.state === 'open' && !isDone(lane) && (ends === undefined || isInRound(lane)),
  );
  const send = (ready: readonly Lane[], alone: boolean): Sending => {
    const steps = stepsOf(ready, endOf);
    return { kind: 'send', steps, alone, leavesSome: leavesSome(lanes, steps) };
  };
  const folded = open.filter((lane) => !lane.sendsSingly && lane.notBeforeMs <= nowMs);
  if (folded.length > 0) return send(folded, false);
  const sendsSingly = firstOfEachPartition(
    open.filter((lane) => lane.sendsSingly && lane.blockedAtSettledCount !== settledCount),
  );
  const ready = sendsSingly.filter((lane) => lane.notBeforeMs <= nowMs);
  if (ready.length > 0) return send(ready, true);
  const waiting = [...open.filter((lane) => !lane.sendsSingly), ...sendsSingly];
  return { kind: 'wait', untilMs: Math.min(...waiting.map((lane) => lane.notBeforeMs)) };
}

/** Of each partition the place in the batch where its next wave ends. */
function endsOf(lanes: readonly Lane[]): ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  for (const lane of lanes) {
    const end = Math.min(foldEndOf(lane), ends.get(lane.topicPartition) ?? Number.POSITIVE_INFINITY);
    ends.set(lane.topicPartition, end);
  }
  return ends;
}

function leavesSome(lanes: readonly Lane[], steps: readonly Step[]): boolean {
  const left = ({ entries, next }: Lane): number => entries.length - next;
  if (lanes.every((lane) => left(lane) <= 1)) return false;
  const counts = new Map(steps.map(({ lane, count }) => [lane, count]));
  return lanes.some((lane) => left(lane) > (counts.get(lane) ?? 1));
}

/** Of several lanes of one document the one that was tried least often. */
function stepsOf(lanes: readonly Lane[], endOf: (lane: Lane) => number): readonly Step[] {
  const byDocument = new Map<string, Step>();
  for (const lane of lanes) {
    const other = byDocument.get(lane.identity)?.lane;
    const step = other !== undefined && other.attempts <= lane.attempts ? undefined : stepOf(lane, endOf(lane));
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
