import type { KafkaLog } from '../worlds/kafka-log.ts';
import type { Invocation } from '../worlds/lambda.ts';
import type { Target } from '../worlds/target.ts';
import { unsettledIn } from './unsettled.ts';
import type { Violation } from './violation.ts';

export interface NamedParts {
  readonly target: Target;
  readonly kafka: KafkaLog;
}

/** G1: no settled record is named, or it is written again for nothing; and each that is named was sent. */
export function namedViolations(invocation: Invocation, { target, kafka }: NamedParts): readonly Violation[] {
  if (invocation.end?.kind !== 'answered') return [];
  const sent = new Set(invocation.sent);
  return unsettledIn(invocation).flatMap((position) => {
    const record = kafka.at(position, invocation.startedAtMs);
    if (record === undefined || !sent.has(position)) {
      return [{ guarantee: 'G1', message: `invocation ${invocation.id} names ${position}, which was not sent to it` }];
    }
    if (!target.isAcknowledged?.(String(invocation.id), record)) return [];
    return [{ guarantee: 'G1', message: `invocation ${invocation.id} names ${position}, and knew that it is stored` }];
  });
}
