import type { BsonDocument } from '../bson/bson-document.ts';
import type { DeleteOne, ReplaceOne, UpdateOne } from '../plan/write-model.ts';
import type { SourceVersion } from './source-version.ts';

interface Guarded {
  /** Text that names the document: see identity.ts. */
  readonly identity: string;
  /** As the strategy gave it, equality only. */
  readonly filter: BsonDocument;
  readonly sourceVersion: SourceVersion;
  /** Of several writes of one record, which; 0 of a single one. */
  readonly step: number;
  /** What is sent where the write turns out to be one that cannot be guarded; undefined where it always can. */
  readonly plain?: PlainModel | undefined;
}

/** As the connector writes it. */
export type PlainModel = ReplaceOne | UpdateOne | DeleteOne;

/** The whole document in place of what is stored. */
export interface ReplaceWrite extends Guarded {
  readonly kind: 'replace';
  /** As it will be stored, with the mark. */
  readonly document: BsonDocument;
  readonly upsert: boolean;
  /** It says nothing but how new the deletion is: readers take it for absent, and a TTL index removes it. */
  readonly isTombstone: boolean;
}

/** Operators on whatever is stored. */
export interface UpdateWrite extends Guarded {
  readonly kind: 'update';
  /** Operators to their fields, the mark's among them. */
  readonly update: BsonDocument;
  readonly upsert: boolean;
  /** Whether it may be applied twice with the result of once. */
  readonly isIdempotent: boolean;
}

/** The document is taken away, and with it the evidence of how new it was. */
export interface DeleteWrite extends Guarded {
  readonly kind: 'delete';
}

/** A document that must not be there yet. */
export interface InsertWrite extends Guarded {
  readonly kind: 'insert';
  /** As it will be stored, with the mark. */
  readonly document: BsonDocument;
  /** Something is there: it is sent once more so that it takes the place of a tombstone, and of nothing else. */
  readonly replacesTombstone: boolean;
}

/** Without guard and mark: a stale one is not told from a new one, and a redelivery does it once more. */
export interface PlainWrite extends Guarded {
  readonly kind: 'plain';
  readonly model: PlainModel;
}

/** What one record, a step of it, or a fold of several does to one document. */
export type Write = ReplaceWrite | UpdateWrite | DeleteWrite | InsertWrite;

/** What is sent of it. */
export type SentWrite = Write | PlainWrite;
