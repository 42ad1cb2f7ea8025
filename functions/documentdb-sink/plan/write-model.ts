import type { BsonDocument } from '../bson/bson-document.ts';

/**
 * What one record asks of the server, before guard, mark and fold: the write models of the MongoDB driver, in its words.
 * A record compiles to none, one or (a truncated array beside changes to it) several, to be applied one after another:
 * all to one document, and only the first may be one that must not be applied twice (`$inc`, `$push`, ..).
 */
export type WriteModel = InsertOne | ReplaceOne | UpdateOne | DeleteOne;

export interface InsertOne {
  readonly kind: 'insertOne';
  readonly document: BsonDocument;
}

export interface ReplaceOne {
  readonly kind: 'replaceOne';
  /** Equality only: `{_id}`, or the fields of a business key (paths with dots where the strategy flattens them). */
  readonly filter: BsonDocument;
  readonly replacement: BsonDocument;
  readonly upsert: boolean;
}

export interface UpdateOne {
  readonly kind: 'updateOne';
  readonly filter: BsonDocument;
  /** Operator (`$set`, `$unset`, `$setOnInsert`, `$push`, ..) to its fields, which are Maps themselves. */
  readonly update: BsonDocument;
  readonly upsert: boolean;
}

export interface DeleteOne {
  readonly kind: 'deleteOne';
  readonly filter: BsonDocument;
}
