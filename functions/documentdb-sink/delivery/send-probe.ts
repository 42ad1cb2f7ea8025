import { ObjectId } from 'mongodb';
import { untilAborted } from '../../../shared/concurrency/until-aborted.ts';
import { type CommandFailure, classifyError } from '../target/classify.ts';
import type { Statement } from '../target/document-store.ts';
import type { ReadParts } from './versions-reader.ts';

export type ProbeParts = Pick<ReadParts, 'store' | 'namespace' | 'signal'>;

/**
 * A guarded update that matches no document, because its `_id` is new. Even if it matched a document, it would change
 * nothing: it only has `$setOnInsert`, and does not upsert.
 */
const probe = (): Statement => ({
  q: { _id: new ObjectId(), '_k.probe': { $not: { $gt: 0n } } },
  u: new Map([['$setOnInsert', new Map([['_k.probe', 0n]])]]),
  upsert: false,
});

/** Never rejects. @returns whether the collection accepts an update now, or the failure of the probe */
export async function sendProbe({ store, namespace, signal }: ProbeParts): Promise<boolean | CommandFailure> {
  try {
    const { count, writeErrors } = await untilAborted(store.write(namespace, 'update', [probe()], signal), signal);
    return count === 0 && writeErrors.length === 0;
  } catch (error) {
    return classifyError(error);
  }
}
