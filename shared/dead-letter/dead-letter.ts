import { createHash } from 'node:crypto';
import type { FailureCode } from '../outcome.ts';
import type { SourceRecord } from '../record.ts';

/** What could not be done with the record: understand it, or write it. */
export type DeadLetterStage = 'converting' | 'writing';

/** A record that can never succeed, with everything needed to understand it and to send it again. */
export interface DeadLetter {
  readonly version: 1;
  /** The function's short name: `kinesisSink` or `documentdbSink`. */
  readonly function: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly keyBase64: string | null;
  readonly valueBase64: string | null;
  readonly headers: readonly (readonly [name: string, base64: string])[];
  readonly stage: DeadLetterStage;
  readonly code: FailureCode;
  /** In our words; never a foreign message. */
  readonly reason: string;
  /** Where the record was to go: a stream's ARN, a namespace. */
  readonly target: string;
  /** The topic a connector's file names for dead letters (`errors.deadletterqueue.topic.name`), where there is one. */
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
 * Sorted by offset within a partition. A replay of a record overwrites the letter of that record. A topic made anew begins
 * at offset 0 again: the fingerprint of the record keeps its letters apart from those of the old topic.
 */
export function deadLetterKey(letter: DeadLetter): string {
  const offset = String(letter.offset).padStart(OFFSET_DIGITS, '0');
  return `dead-letters/${letter.function}/${letter.topic}/${letter.partition}/${offset}-${fingerprintOf(letter)}.json`;
}

/** Of what stands in the record. A time alone would not do: a producer may give none, or the same one. */
function fingerprintOf({ timestamp, keyBase64, valueBase64, headers }: DeadLetter): string {
  const record = JSON.stringify([timestamp, keyBase64, valueBase64, headers]);
  return createHash('sha256').update(record).digest('hex').slice(0, FINGERPRINT_DIGITS);
}
