import type { ConnectorStory } from '../connector/connector.ts';

/** What a record with a value does to its document. One without deletes it. */
export const WRITE_OPS = [
  /** The whole document. */
  'replace',
  /** Some fields of it, made if need be; others are taken away. */
  'set',
  /** The same, with the time of the first and of the last write. */
  'stamp',
  /** The whole document, which must not be there. */
  'insert',
  /** Some fields of a document that is there. */
  'patch',
  /** The whole document, if one is there. */
  'put',
  /** Counts up: must not happen twice. */
  'increment',
  /** Two writes, one after the other, of which the first counts up. */
  'steps',
] as const;

export type WriteOp = (typeof WRITE_OPS)[number];

/** What a story's records do: one of them, or several. */
export type DocumentStrategy = 'replace' | 'set' | 'stamp' | 'increment' | 'steps' | 'events' | 'mixed';

/** How a value is none that could be stored, though it may be JSON. */
export const POISONS = ['halfCharacter', 'mark', 'dollarName', 'throws', 'badOperator'] as const;

export type Poison = (typeof POISONS)[number];

export interface ScenarioDocumentdb {
  readonly deletes: 'tombstone' | 'hard';
  readonly poolSizeMax: number;
  readonly strategy: DocumentStrategy;
  /** `_id` is the key; two fields with a unique index; `_id` is of any type, another one in each record (wide-ids.ts). */
  readonly identity: 'id' | 'business' | 'wideId';
  /** The mapper of a function without a connector's file, as it is: each record replaces its document. */
  readonly isNative?: true;
  /** The file of a MongoDB sink connector, which says how records become documents. */
  readonly connector?: ConnectorStory;
  /** What decides beside offsets: nothing, the record's time, or a field that is another in each record. */
  readonly guard: 'offset' | 'timestamp' | 'field';
  /** Whether a deletion says how new it is: a null value has no field. */
  readonly isDeletionVersioned: boolean;
  /** Among how many collections keys are distributed; default: one. */
  readonly collectionCount?: number;
  /** Each topic has collections of its own; default: all topics write to the same. */
  readonly isCollectionOfTopic?: true;
  /** A record names its collection: nobody may read the name in a log line. */
  readonly isCollectionOfRecord?: true;
  /** The index on business keys; default: a unique one. */
  readonly businessIndex?: 'sparse' | 'none';
  /** Keys 2 and 3 are arrays with an element in common (business keys). */
  readonly hasArraysInKeys?: true;
  /** E11000 says nothing of its index. */
  readonly isIndexUnnamed?: true;
  /** What somebody else inserts is gone as soon as it was read; default: soon, or never. */
  readonly isForeignGoneOnceRead?: true;
}

export const opOf = ({ op }: { readonly op?: WriteOp }): WriteOp => op ?? 'replace';
