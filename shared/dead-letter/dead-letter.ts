import { createHash } from 'node:crypto';
import type { FailureCode } from '../outcome.ts';
import type { SourceRecord } from '../record.ts';

/** The step that failed: converting the record, or writing the record to the target. */
export type DeadLetterStage = 'converting' | 'writing';

/**
 * A record that can never be written, with everything that an operator needs to understand the record and to send it
 * again.
 */
export interface DeadLetter {
  readonly version: 1;
  /** The function's short name: `kinesisSink` or `documentdbSink`. */
  readonly function: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** As in {@link SourceRecord}. */
  readonly timestampType?: 'LOG_APPEND_TIME';
  readonly keyBase64: string | null;
  readonly valueBase64: string | null;
  readonly headers: readonly (readonly [name: string, base64: string])[];
  readonly stage: DeadLetterStage;
  readonly code: FailureCode;
  /** Written by this project; never the message of a foreign error. */
  readonly reason: string;
  /** Where the record was to be written: a stream's ARN, or a namespace. */
  readonly target: string;
  /**
   * The topic that a connector file names for dead letters (`errors.deadletterqueue.topic.name`); absent without one.
   */
  readonly deadLetterTopic?: string;
  /** How often the record was sent to the target. */
  readonly attempts: number;
  /** ISO 8601. */
  readonly at: string;
}

export interface DeadLetterContext {
  readonly functionName: string;
  readonly target: string;
  readonly deadLetterTopic?: string | undefined;
  readonly stage: DeadLetterStage;
  readonly attempts: number;
  readonly atMs: number;
}

export function deadLetterOf(
  record: SourceRecord,
  cause: { readonly code: FailureCode; readonly detail: string },
  context: DeadLetterContext,
): DeadLetter {
  return {
    version: 1,
    function: context.functionName,
    topic: record.position.topic,
    partition: record.position.partition,
    offset: record.position.offset,
    timestamp: record.timestampMs,
    ...(record.timestampType !== undefined && { timestampType: record.timestampType }),
    keyBase64: record.key?.base64 ?? null,
    valueBase64: record.value?.base64 ?? null,
    headers: record.headers.map(({ name, value }) => [name, Buffer.from(value).toString('base64')]),
    stage: context.stage,
    code: cause.code,
    reason: cause.detail,
    target: context.target,
    ...(context.deadLetterTopic !== undefined && { deadLetterTopic: context.deadLetterTopic }),
    attempts: context.attempts,
    at: new Date(context.atMs).toISOString(),
  };
}

const OFFSET_DIGITS = 20;
const FINGERPRINT_DIGITS = 16;

/**
 * Keys sort by offset within a partition. A replay of a record overwrites the dead letter of that record. A topic that
 * was deleted and created again starts at offset 0: the fingerprint keeps its dead letters apart from those of the old
 * topic.
 */
export function deadLetterKey(deadLetter: DeadLetter): string {
  const offset = String(deadLetter.offset).padStart(OFFSET_DIGITS, '0');
  return `dead-letters/${deadLetter.function}/${deadLetter.topic}/${deadLetter.partition}/${offset}-${fingerprintOf(deadLetter)}.json`;
}

/**
 * Covers timestamp, key, value and headers. The timestamp alone is not enough: a producer may give none, or the same
 * one twice.
 */
export function fingerprintOf({
  timestamp,
  keyBase64,
  valueBase64,
  headers,
}: Pick<DeadLetter, 'timestamp' | 'keyBase64' | 'valueBase64' | 'headers'>): string {
  const record = JSON.stringify([timestamp, keyBase64, valueBase64, headers]);
  return createHash('sha256').update(record).digest('hex').slice(0, FINGERPRINT_DIGITS);
}
