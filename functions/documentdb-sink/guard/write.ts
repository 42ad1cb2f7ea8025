import type { BsonDocument } from '../bson/bson-document.ts';
import type { DeleteOne, ReplaceOne, UpdateOne } from '../plan/write-model.ts';
import type { SourceVersion } from './source-version.ts';

interface Guarded {
  /** Identity of the document as text, see identity.ts. */
  readonly identity: string;
  /** The filter of the strategy; equality conditions only. */
  readonly filter: BsonDocument;
  readonly sourceVersion: SourceVersion;
  /** Index of the write among the writes of one record; 0 for a single write. */
  readonly step: number;
  /** The unguarded write, sent if no unique index can guard the write; undefined if the write can always be guarded. */
  readonly plain?: PlainModel | undefined;
  /** The next write with the same filter would not find the document: no fold with other writes, and no guard by a business key. */
  readonly leavesKey?: boolean;
}

/** The write as the connector sends it. */
export type PlainModel = ReplaceOne | UpdateOne | DeleteOne;

/** Replaces the whole stored document. */
export interface ReplaceWrite extends Guarded {
  readonly kind: 'replace';
  /** The document to store, including `_k`. */
  readonly document: BsonDocument;
  readonly upsert: boolean;
  /** A tombstone holds only the version of a deletion. Readers treat it as absent; a TTL index removes it. */
  readonly isTombstone: boolean;
}

/** Applies update operators to the stored document. */
export interface UpdateWrite extends Guarded {
  readonly kind: 'update';
  /** Operators to their fields, including those of `_k`. */
  readonly update: BsonDocument;
  readonly upsert: boolean;
  /** True if the update is idempotent. */
  readonly isIdempotent: boolean;
}

/** Removes the document and its stored version. */
export interface DeleteWrite extends Guarded {
  readonly kind: 'delete';
}

/** Inserts a document that must not exist. */
export interface InsertWrite extends Guarded {
  readonly kind: 'insert';
  /** The document to store, including `_k`. */
  readonly document: BsonDocument;
  /** The insert met a document and is sent again so that it can replace a tombstone, and nothing else. */
  readonly replacesTombstone: boolean;
}

/** A write without guard and version: stale versions are not detected, and a redelivery applies the write again. */
export interface PlainWrite extends Guarded {
  readonly kind: 'plain';
  readonly model: PlainModel;
}

/** The effect of a record, of one of its writes, or of a fold on one document. */
export type Write = ReplaceWrite | UpdateWrite | DeleteWrite | InsertWrite;

/** The command statement for a write. */
export type SentWrite = Write | PlainWrite;
