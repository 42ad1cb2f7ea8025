import type { DocumentId } from '../id-strategies/document-id.ts';
import { type Mark, storedMark } from '../mark.ts';
import type { DeleteWrite, ReplaceWrite } from './write.ts';

/** The connector's DeleteOneDefaultStrategy. */
export const hardDelete = (id: DocumentId, mark: Mark): DeleteWrite => ({ kind: 'delete', id, mark });

/** A document that says nothing but how new the deletion is; readers take it for absent, and a TTL index removes it. */
export const tombstoneDelete = (id: DocumentId, mark: Mark, deletedAtMs: number): ReplaceWrite => ({
  kind: 'replace',
  id,
  mark,
  document: new Map<string, unknown>([
    ['_id', id],
    ['_k', storedMark(mark)],
    ['_deletedAt', new Date(deletedAtMs)],
  ]),
});
