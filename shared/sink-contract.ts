import type { DeadLetterQueue } from './dead-letter/dead-letter-queue.ts';
import type { RecordOutcome } from './outcome.ts';
import type { Probe } from './probe/probe.ts';
import type { PartitionBatch } from './record.ts';
import type { Deadline } from './time/deadline.ts';

/**
 * Writes batches to one target.
 *
 * - Returns one outcome per record, in the order of `batches`.
 * - Resolves for every failure of delivery. Connections and credentials are made inside `write`, so a failure of theirs
 *   leaves the batch unsettled. Rejects only for a bug: nothing catches that error, and Lambda repeats the batch.
 * - A record is `written` only when the target acknowledged the record, and `deadLettered` only when the dead letter is
 *   durable (G1).
 * - Hands a record back only at `deadline.sendUntilMs`: until then, everything that may succeed is tried again, and a
 *   blocked record waits (G6).
 * - Sends nothing new after `deadline.sendUntilMs`, and resolves by `deadline.answerByMs`, or a moment later (G5).
 * - With `redriven`, every record that can never be written goes there instead of the bucket, whatever the poison policy
 *   says.
 * - Handles one call at a time. Between calls, a sink keeps only connections, credentials and facts about the target.
 */
export interface Sink {
  write(
    batches: readonly PartitionBatch[],
    deadline: Deadline,
    redriven?: DeadLetterQueue,
  ): Promise<readonly RecordOutcome[]>;
  /** Looks at the target from where the function runs. */
  readonly probe?: Probe;
}
