import { ObjectId } from 'mongodb';
import { untilAborted } from '../../../shared/concurrency/until-aborted.ts';
import { type CommandFailure, classifyError } from '../target/classify.ts';
import type { Statement } from '../target/document-store.ts';
import type { ReadParts } from './versions-reader.ts';

/**
 * An update like ours that matches no document: its `_id` is new. If it matched one, it would do nothing, for it sets
 * something on insert alone, and inserts nothing.
 */
const probe = (): Statement => ({
  q: { _id: new ObjectId(), '_k.probe': { $not: { $gt: 0n } } },
  u: new Map([['$setOnInsert', new Map([['_k.probe', 0n]])]]),
  upsert: false,
});

/** @returns whether the collection takes an update at this moment, or what came instead of an answer. Never rejects. */
export async function sendProbe({
  store,
  namespace,
  semaphore,
  maySend,
  signal,
}: ReadParts): Promise<boolean | CommandFailure> {
  await semaphore.acquire();
  try {
    if (!maySend()) return false;
    const { count, writeErrors } = await untilAborted(store.write(namespace, 'update', [probe()], signal), signal);
    return count === 0 && writeErrors.length === 0;
  } catch (error) {
    return classifyError(error);
  } finally {
    semaphore.release();
  }
}
