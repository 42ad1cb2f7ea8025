import type { Entry } from '../plan/entry.ts';
import type { EntryReply } from './classify.ts';

/** The part of Kinesis that this sink writes through. Rejects if the service did not answer the request as a whole. */
export interface KinesisPort {
  /** Returns one reply per entry, in order. Callers must check the number of replies. */
  putRecords(entries: readonly Entry[], signal: AbortSignal): Promise<readonly EntryReply[]>;
}
