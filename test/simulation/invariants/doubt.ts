import type { Scenario } from '../scenario/scenario.ts';
import type { Bucket } from '../services/bucket.ts';
import type { KafkaLog, ProducedRecord } from '../services/kafka-log.ts';
import type { Invocation } from '../services/lambda.ts';
import type { Mapping } from '../services/mapping.ts';
import type { Target } from '../services/target.ts';
import { waitingForEvidence, waitingForProbes } from './evidence.ts';
import { streamLaneOf } from './stream/stream.ts';
import { unsettledIn } from './unsettled.ts';
import type { Violation } from './violation.ts';

/**
 * Kinesis rejects a record that it can never take in the same words as every record during an outage. So a rejected record is
 * in doubt, and unsettled, until the stream takes another after it: for ever where no other comes.
 */
export interface DoubtParts {
  readonly scenario: Scenario;
  readonly kafka: KafkaLog;
  readonly target: Target;
  readonly bucket: Bucket;
}

/** The records of an invocation that a doubt may leave unsettled: those in doubt, and those behind them in their lanes. */
function doubtfulOf(candidates: readonly ProducedRecord[], parts: DoubtParts): ReadonlySet<ProducedRecord> {
  const lanes = new Set<string>();
  const doubtful = candidates.filter((record) => {
    const lane = streamLaneOf(record, parts.scenario.kinesis);
    const isDoubtful = parts.target.mayStayOpen?.(record) ?? false;
    if (isDoubtful && lane !== undefined) lanes.add(lane);
    return isDoubtful || (lane !== undefined && lanes.has(lane));
  });
  return new Set(doubtful);
}

const isLettered = (record: ProducedRecord, { bucket, scenario }: DoubtParts): boolean =>
  bucket.hasLetter(scenario.sink, record);

/** Poison of a known kind is settled without an effect where the policy is to skip it. */
const isSettled = (record: ProducedRecord, parts: DoubtParts): boolean =>
  parts.target.holds(record) || isLettered(record, parts) || parts.target.isPoison(record);

/**
 * Whether an invocation that handed records back had a doubt, and nothing else, to do so. Without reports of item failures
 * it hands back everything, so that the rest has to be settled.
 */
export function hasDoubtAlone(invocation: Invocation, parts: DoubtParts): boolean {
  const recordsAt = (positions: readonly string[]) =>
    positions.flatMap((position) => parts.kafka.at(position, invocation.startedAtMs) ?? []);
  if (invocation.end?.kind === 'answered') {
    const unsettled = recordsAt(unsettledIn(invocation));
    const doubtful = doubtfulOf(unsettled, parts);
    return unsettled.every((record) => doubtful.has(record));
  }
  if (invocation.end?.kind !== 'threw' || parts.scenario.mapping.mode !== 'onDemand') return false;
  const sent = recordsAt(invocation.sent);
  const doubtful = doubtfulOf(sent, parts);
  return doubtful.size > 0 && sent.every((record) => doubtful.has(record) || isSettled(record, parts));
}

/** Without faults a doubt, or evidence that takes its time, is the only reason to hand records back, but for what a poison policy blocks. */
export function calmViolations(invocation: Invocation, parts: DoubtParts): readonly Violation[] {
  if (parts.scenario.faults.length > 0 || parts.scenario.function.onPoison === 'block') return [];
  const waiting = new Set([...waitingForEvidence(invocation, parts), ...waitingForProbes(invocation, parts)]);
  const [first] = unsettledIn(invocation).filter((position) => !waiting.has(position) && !isOnlyRepeated(position));
  if (first === undefined || hasDoubtAlone(invocation, parts)) return [];
  return [{ guarantee: 'calm', message: `${first} was handed back` }];

  /** Without reports of item failures what is settled comes back with what waits. */
  function isOnlyRepeated(position: string): boolean {
    const record = parts.kafka.at(position, invocation.startedAtMs);
    const isWhole = invocation.end?.kind === 'threw' && parts.scenario.mapping.mode === 'onDemand';
    return isWhole && waiting.size > 0 && record !== undefined && isSettled(record, parts);
  }
}

/** What the mapping still holds, where all of it waits for a record in doubt. What poison blocks, the mapping gives up. */
export function openRecords(
  parts: DoubtParts & {
    readonly mappings: readonly Pick<Mapping, 'heads'>[];
    readonly lambda: { readonly invocations: readonly Invocation[] };
  },
): readonly ProducedRecord[] {
  const { kafka, lambda, mappings, scenario } = parts;
  if (scenario.function.onPoison === 'block') return [];
  const heads = mappings.flatMap((mapping) => mapping.heads());
  const attempts = heads.flatMap((head) => {
    const last = lambda.invocations.findLast(({ end, sent }) => end !== undefined && sent.includes(head));
    return last === undefined ? [] : [last]; // it stands behind a batch of another partition
  });
  if (attempts.length === 0 || !attempts.every((attempt) => hasDoubtAlone(attempt, parts))) return [];
  const sent = new Set(attempts.flatMap((attempt) => attempt.sent));
  const first = new Map(
    heads.flatMap((head) => {
      const record = kafka.at(head);
      return record === undefined ? [] : [[record.topicPartition, record.offset] as const];
    }),
  );
  const held = kafka.produced.filter(
    ({ topicPartition, offset }) => offset >= (first.get(topicPartition) ?? Number.POSITIVE_INFINITY),
  );
  const doubtful = doubtfulOf(held, parts);
  return held.filter((record) => doubtful.has(record) || !sent.has(`${record.topicPartition}@${record.offset}`));
}
