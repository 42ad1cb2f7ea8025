import type { RecordOutcome } from './outcome.ts';
import type { PartitionBatch } from './record.ts';
import type { Deadline } from './time/deadline.ts';

/**
 * Writes batches to one target.
 *
 * - Returns one outcome per record, in the order of `batches`, each about the record in its place.
 * - Resolves for every trouble of delivery: connections and credentials are made inside `write`, so that their failure
 *   is an unsettled batch. Rejects only for a bug; the caller lets that escape, and Lambda repeats the batch.
 * - A record is `written` only when the target acknowledged it, `deadLettered` only when its letter is durable (G1).
 * - An answer that hands a record back is held until `deadline.sendUntilMs`: what may succeed is tried again until then, and
 *   a blocked record waits (G6).
 * - Sends nothing new after `deadline.sendUntilMs`, and resolves by `deadline.answerByMs` (G5).
 * - One call at a time. Keeps nothing between calls but connections, credentials and what it learned of the target.
 */
export interface Sink {
  readonly name: string;
  write(batches: readonly PartitionBatch[], deadline: Deadline): Promise<readonly RecordOutcome[]>;
}
