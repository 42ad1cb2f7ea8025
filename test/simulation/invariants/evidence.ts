import { SEND_RESERVE_MS } from '../scenario/promised.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { isArrayKey } from '../services/documents/document-policy.ts';
import type { KafkaLog } from '../services/kafka-log.ts';
import type { Invocation } from '../services/lambda.ts';

/**
 * docs/guarantees.md, "When a document is at fault": five refusals, with a pause before each attempt. Before these, the fold that
 * holds the record is halved until the record is alone, with a pause before each half.
 */
const EVIDENCE_MS = 5_000;
/** A conflict that no read finds: thirty reads, with pauses, and the documents of a partition one after another. */
const UNFOUND_MS = 5_000;

/**
 * Positions for which an invocation has no time: records that are refused with a code that may as well be an outage stand
 * before them or are they, and the evidence against each record of a document is gathered once the one before has its dead letter.
 * The same holds for records of documents that share a value of an array, whose conflict no read finds.
 */
export function waitingForEvidence(
  { sent, startedAtMs }: Pick<Invocation, 'sent' | 'startedAtMs'>,
  { kafka, scenario }: { readonly kafka: KafkaLog; readonly scenario: Scenario },
): ReadonlySet<string> {
  const refusedOf = new Map<string, number>();
  const unfoundOf = new Map<string, number>();
  const availableMs = scenario.function.timeoutMs - SEND_RESERVE_MS;
  const waiting = sent.filter((position) => {
    const record = kafka.at(position, startedAtMs);
    if (record === undefined) return false;
    const { kind, key, refusal } = record.scenario;
    const document = `${record.topicPartition} ${key}`;
    const count = (refusedOf.get(document) ?? 0) + Number(kind === 'refused' && refusal !== undefined);
    refusedOf.set(document, count);
    const isOfTwo = scenario.documentdb.hasArraysInKeys === true && isArrayKey(key);
    const unfoundCount = (unfoundOf.get(record.topicPartition) ?? 0) + Number(isOfTwo);
    unfoundOf.set(record.topicPartition, unfoundCount);
    return count * EVIDENCE_MS >= availableMs || unfoundCount * UNFOUND_MS >= availableMs;
  });
  return new Set(waiting);
}
