import type { BsonDocument } from '../converters/bson-document.ts';
import type { DocumentId } from '../id-strategies/document-id.ts';
import { type Mark, storedMark } from '../mark.ts';
import type { ReplaceWrite } from './write.ts';

/**
 * The connector's ReplaceOneDefaultStrategy: the record's document in place of whatever is stored. The value's own `_id`
 * gives way. `_id` stands first: a replacement whose first name began with `$` would be taken for an update.
 */
export function replaceOne(id: DocumentId, value: BsonDocument, mark: Mark): ReplaceWrite {
  const document = new Map<string, unknown>([['_id', id]]);
  for (const [name, field] of value) if (name !== '_id') document.set(name, field);
  document.set('_k', storedMark(mark));
  return { kind: 'replace', id, mark, document };
}
