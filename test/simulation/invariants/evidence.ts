import { SEND_RESERVE_MS } from '../scenario/promised.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { KafkaLog } from '../services/kafka-log.ts';
import type { Invocation } from '../services/lambda.ts';

/** docs/guarantees.md, "When a document is at fault": five refusals, with a pause before each attempt. */
const EVIDENCE_MS = 2_500;

/**
 * Whether the records of its document that are refused with a code that may as well be an outage take up the invocation:
 * the evidence against each is gathered once the one before has its dead letter.
 */
export function waitsForEvidence(
  position: string,
  { sent, startedAtMs }: Invocation,
  { kafka, scenario }: { readonly kafka: KafkaLog; readonly scenario: Scenario },
): boolean {
  const own = kafka.at(position, startedAtMs);
  if (own === undefined) return false;
  const refused = sent.filter((each) => {
    const record = kafka.at(each, startedAtMs);
    if (record?.scenario.refusal === undefined || record.scenario.kind !== 'refused') return false;
    const isOfDocument = record.scenario.key === own.scenario.key && record.topicPartition === own.topicPartition;
    return isOfDocument && record.offset <= own.offset;
  });
  return refused.length * EVIDENCE_MS >= scenario.function.timeoutMs - SEND_RESERVE_MS;
}
