import type { Scenario } from '../scenario/scenario.ts';
import type { KafkaLog, ProducedRecord } from '../services/kafka-log.ts';
import type { Invocation } from '../services/lambda.ts';
import type { Target } from '../services/target.ts';
import { streamLaneOf } from './stream/stream.ts';
import type { Violation } from './violation.ts';

export interface BlockedParts {
  readonly scenario: Scenario;
  readonly target: Target;
  readonly kafka: KafkaLog;
}

/**
 * Where poison blocks, what stands behind it under the same key waits, until the mapping gives the poison up; behind poison
 * that nobody can place, the whole partition waits.
 */
export function overtakingViolations(invocation: Invocation, parts: BlockedParts): readonly Violation[] {
  const { scenario, target, kafka } = parts;
  if (scenario.function.onPoison !== 'block') return [];
  const blocked = new Set<string>();
  return invocation.sent.flatMap((position) => {
    const record = kafka.at(position, invocation.startedAtMs);
    if (record === undefined) return [];
    const lanes = [record.topicPartition, laneOf(record, scenario)].filter((lane) => lane !== undefined);
    const isOvertaking = lanes.some((lane) => blocked.has(lane));
    const lane = blockedBy(record, parts);
    if (lane !== undefined) blocked.add(lane);
    if (!(isOvertaking || lane !== undefined) || !target.isAcknowledged?.(String(invocation.id), record)) return [];
    return [{ guarantee: 'G2', message: `${position} went past the poison that blocks its key or its partition` }];
  });
}

/** What waits behind the record. */
function blockedBy(record: ProducedRecord, { scenario, target }: BlockedParts): string | undefined {
  if (target.isPoisonWithoutPlace?.(record)) return record.topicPartition;
  return (target.isKnownPoison?.(record) ?? target.isPoison(record)) ? laneOf(record, scenario) : undefined;
}

const laneOf = (record: ProducedRecord, { sink, kinesis }: Scenario): string | undefined =>
  sink === 'kinesisSink'
    ? streamLaneOf(record, kinesis)
    : record.key === null
      ? undefined
      : `${record.topicPartition} ${record.key}`;
