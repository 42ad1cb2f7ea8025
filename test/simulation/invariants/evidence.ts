import type { FaultKind } from '../scenario/faults.ts';
import { PROBE_INTERVAL_MS, SEND_RESERVE_MS } from '../scenario/promised.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { isArrayKey } from '../services/documents/document-policy.ts';
import type { KafkaLog, ProducedRecord } from '../services/kafka-log.ts';
import type { Invocation } from '../services/lambda.ts';
import { streamLaneOf } from './stream/stream.ts';

/** docs/guarantees.md, "When a document is at fault": five refusals, with a pause before each attempt. */
const EVIDENCE_MS = 5_000;
/**
 * Before these, a fold with a record for which the server refuses the whole command is halved until the record is alone. The pauses
 * before the halves have full jitter: two of them took 7 s (seed 9313 of 2026-11-29).
 */
const HALVES_MS = 5_000;
/** A conflict that no read finds: thirty reads, with pauses, and the documents of a partition one after another. */
const UNFOUND_MS = 5_000;

const documentOf = ({ topicPartition, scenario: { key } }: ProducedRecord): string => `${topicPartition} ${key}`;

/**
 * Positions for which an invocation has no time: records that are refused with a code that may as well be an outage stand
 * before them or are they, and the evidence against each record of a document is gathered once the one before has its dead letter.
 * The same holds for records of documents that share a value of an array, whose conflict no read finds.
 */
export function waitingForEvidence(
  { sent, startedAtMs }: Pick<Invocation, 'sent' | 'startedAtMs'>,
  { kafka, scenario }: { readonly kafka: KafkaLog; readonly scenario: Scenario },
): ReadonlySet<string> {
  const evidenceMsOf = new Map<string, number>();
  const unfoundOf = new Map<string, number>();
  const availableMs = scenario.function.timeoutMs - SEND_RESERVE_MS;
  const records = sent.flatMap((position) => kafka.at(position, startedAtMs) ?? []);
  const isWhole = ({ scenario: { kind, refusal } }: ProducedRecord) => kind === 'refused' && refusal === 'command';
  const halved = new Set(records.filter(isWhole).map(documentOf));
  const waiting = sent.filter((position) => {
    const record = kafka.at(position, startedAtMs);
    if (record === undefined) return false;
    const { kind, key, refusal } = record.scenario;
    const document = documentOf(record);
    const isDoubted = kind === 'refused' && refusal !== undefined;
    const ownMs = isDoubted ? EVIDENCE_MS + (halved.has(document) ? HALVES_MS : 0) : 0;
    const evidenceMs = (evidenceMsOf.get(document) ?? 0) + ownMs;
    evidenceMsOf.set(document, evidenceMs);
    const isOfTwo = scenario.documentdb.hasArraysInKeys === true && isArrayKey(key);
    const unfoundCount = (unfoundOf.get(record.topicPartition) ?? 0) + Number(isOfTwo);
    unfoundOf.set(record.topicPartition, unfoundCount);
    return evidenceMs >= availableMs || unfoundCount * UNFOUND_MS >= availableMs;
  });
  return new Set(waiting);
}

/**
 * Positions for which an invocation of kinesisSink has no time: records that the stream rejects, and those behind them in their
 * lanes. Two such records, each rejected again before the stream takes another one, may as well be an outage: then one entry is tried
 * every few seconds, and any of the rejected ones may be the one.
 */
export function waitingForProbes(
  { sent, startedAtMs }: Pick<Invocation, 'sent' | 'startedAtMs'>,
  { kafka, scenario }: { readonly kafka: KafkaLog; readonly scenario: Scenario },
): ReadonlySet<string> {
  if (scenario.sink !== 'kinesisSink') return new Set();
  const lanes = new Set<string>();
  let rejectedCount = 0;
  const waiting = sent.filter((position) => {
    const record = kafka.at(position, startedAtMs);
    if (record === undefined) return false;
    const lane = streamLaneOf(record, scenario.kinesis);
    const isRejected = record.scenario.kind === 'refused';
    rejectedCount += Number(isRejected);
    if (isRejected && lane !== undefined) lanes.add(lane);
    return isRejected || (lane !== undefined && lanes.has(lane));
  });
  const availableMs = scenario.function.timeoutMs - SEND_RESERVE_MS;
  return new Set(rejectedCount > 1 && rejectedCount * PROBE_INTERVAL_MS >= availableMs ? waiting : []);
}

/** Faults that answer with a code that a record may be refused with as well. */
const DOUBTS: readonly FaultKind[] = [
  'documentdb.statementDoubted',
  'documentdb.commandDoubted',
  'documentdb.outageOfAnyCode',
];

/**
 * Positions that an invocation of documentdbSink may leave, though the last fault is over: a code that refused a write which passed
 * later is an outage for the rest of the batch (docs/guarantees.md), so that a record which is refused with this code is judged in
 * the next invocation; and what stands behind it.
 */
export function takenForAnOutage(
  { sent, startedAtMs }: Pick<Invocation, 'sent' | 'startedAtMs'>,
  { kafka, scenario }: { readonly kafka: KafkaLog; readonly scenario: Scenario },
): ReadonlySet<string> {
  if (!scenario.faults.some(({ kind }) => DOUBTS.includes(kind))) return new Set();
  const documents = new Set<string>();
  const waiting = sent.filter((position) => {
    const record = kafka.at(position, startedAtMs);
    if (record === undefined) return false;
    const document = documentOf(record);
    if (record.scenario.kind === 'refused' && record.scenario.refusal !== undefined) documents.add(document);
    return documents.has(document);
  });
  return new Set(waiting);
}
