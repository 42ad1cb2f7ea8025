import type { BsonDocument } from '../converters/bson-document.ts';
import type { DocumentId } from '../id-strategies/document-id.ts';
import type { Mark } from '../mark.ts';

interface Guarded {
  readonly id: DocumentId;
  readonly mark: Mark;
}

/** The whole document, made if it is absent. */
export interface ReplaceWrite extends Guarded {
  readonly kind: 'replace';
  /** As it will be stored, with `_id` and the mark. */
  readonly document: BsonDocument;
}

/** The document is taken away, and with it the evidence of how new it was. */
export interface DeleteWrite extends Guarded {
  readonly kind: 'delete';
}

/**
 * What one record, or a fold of several, does to one document. A tombstone delete is a `replace`. Partial updates and
 * inserts join here as kinds of their own: guard, fold and requests switch over `kind` and then fail to compile.
 */
export type Write = ReplaceWrite | DeleteWrite;
