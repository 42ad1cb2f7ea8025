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

/** Where poison blocks, what stands behind it under the same key waits, until the mapping gives the poison up. */
export function overtakingViolations(invocation: Invocation, parts: BlockedParts): readonly Violation[] {
  const { scenario, target, kafka } = parts;
  if (scenario.function.onPoison !== 'block') return [];
  const blocked = new Set<string>();
  return invocation.sent.flatMap((position) => {
    const record = kafka.at(position, invocation.startedAtMs);
    const lane = record && laneOf(record, scenario);
    if (record === undefined || lane === undefined) return [];
    const isPoison = target.isKnownPoison?.(record) ?? target.isPoison(record);
    if (isPoison) blocked.add(lane);
    if (!blocked.has(lane) || !target.isAcknowledged?.(String(invocation.id), record)) return [];
    return [{ guarantee: 'G2', message: `${position} went past the poison that blocks its key` }];
  });
}

const laneOf = (record: ProducedRecord, { sink, kinesis }: Scenario): string | undefined =>
  sink === 'kinesisSink'
    ? streamLaneOf(record, kinesis)
    : record.key === null
      ? undefined
      : `${record.topicPartition} ${record.key}`;
