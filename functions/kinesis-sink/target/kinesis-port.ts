import type { Entry } from '../plan/entry.ts';
import type { EntryReply } from './classify.ts';

/** What this sink needs of Kinesis to write. Rejects when the request was not answered as a whole. */
export interface KinesisPort {
  /** One reply per entry, in order; a caller must not trust the count. */
  putRecords(entries: readonly Entry[], signal: AbortSignal): Promise<readonly EntryReply[]>;
}
