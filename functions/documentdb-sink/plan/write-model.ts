import type { BsonDocument } from '../bson/bson-document.ts';

/**
 * One write of a record before guard, version and fold: a write model of the MongoDB driver. A record has no model,
 * one, or several that are applied one after another (a truncated array together with changes to the array). All of
 * them are for one document, and only the first one may be a write that must not be applied twice (`$inc`, `$push`,
 * ..).
 */
export type WriteModel = InsertOne | ReplaceOne | UpdateOne | DeleteOne;

export interface InsertOne {
  readonly kind: 'insertOne';
  readonly document: BsonDocument;
}

export interface ReplaceOne {
  readonly kind: 'replaceOne';
  /**
   * Equality conditions only: `{_id}`, or the fields of a business key (paths with dots if the strategy flattens them).
   */
  readonly filter: BsonDocument;
  readonly replacement: BsonDocument;
  readonly upsert: boolean;
}

export interface UpdateOne {
  readonly kind: 'updateOne';
  readonly filter: BsonDocument;
  /** Maps an operator (`$set`, `$unset`, `$setOnInsert`, `$push`, ..) to its fields, which are Maps themselves. */
  readonly update: BsonDocument;
  readonly upsert: boolean;
}

export interface DeleteOne {
  readonly kind: 'deleteOne';
  readonly filter: BsonDocument;
}
