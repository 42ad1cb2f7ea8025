import type { Scenario } from '../scenario/scenario.ts';
import type { Bucket } from '../services/bucket.ts';
import type { KafkaLog } from '../services/kafka-log.ts';
import type { Invocation } from '../services/lambda.ts';
import type { Target } from '../services/target.ts';
import { unsettledIn } from './unsettled.ts';
import type { Violation } from './violation.ts';

export interface SettledParts {
  readonly scenario: Scenario;
  readonly target: Target;
  readonly bucket: Bucket;
  readonly kafka: KafkaLog;
}

/** G1 at the moment it matters: when an invocation calls a record settled, its effect or its letter already stands. */
export function settledViolations(invocation: Invocation, parts: SettledParts): readonly Violation[] {
  if (invocation.end?.kind !== 'answered') return [];
  const { scenario, target, bucket, kafka } = parts;
  const isOnDemand = scenario.mapping.mode === 'onDemand';
  const unsettled = isOnDemand ? new Set<string>() : new Set(unsettledIn(invocation));
  return invocation.sent.flatMap((position) => {
    const record = kafka.at(position, invocation.startedAtMs);
    if (record === undefined || unsettled.has(position)) return [];
    if (target.holds(record)) return [];
    if (target.isPoison(record)) {
      if (scenario.function.onPoison === 'skip') return [];
      if (bucket.hasLetter(scenario.sink, record)) return [];
    }
    return [
      {
        guarantee: 'G1',
        message: `invocation ${invocation.id} calls ${position} settled, and nothing of it is durable`,
      },
    ];
  });
}
