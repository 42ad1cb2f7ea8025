import type { IgnoredReason, RecordFailure } from '../../../shared/outcome.ts';
import type { SourceRecord } from '../../../shared/record.ts';
import type { BsonDocument } from '../bson/bson-document.ts';
import type { Namespace } from './namespace.ts';
import type { WriteModel } from './write-model.ts';

/** What the configuration makes of one record, before guard and fold. Decided for each record on its own. */
export type WritePlan =
  | {
      readonly kind: 'write';
      readonly namespace: Namespace;
      readonly models: readonly [WriteModel, ...WriteModel[]];
      /** Where a guard by timestamp or field is configured: how new the record is by its own account. */
      readonly version: bigint | number | undefined;
    }
  /** Nothing to write, by a rule the user can read: a CDC event without an effect, a tombstone that is skipped. */
  | { readonly kind: 'none'; readonly reason: IgnoredReason }
  | {
      readonly kind: 'poison';
      readonly namespace: Namespace | undefined;
      /** The filter of the document it would have written, where that much is known: its lane waits for the letter. */
      readonly filter: BsonDocument | undefined;
      readonly failure: RecordFailure;
    }
  /** Nothing that the record is to blame for: it stays unsettled until somebody mends the configuration. */
  | { readonly kind: 'unsettled'; readonly failure: RecordFailure };

/** A whole configuration, for every topic. Pure but for the clock it is given. Never throws for what a record holds. */
export type RecordMapper = (record: SourceRecord, wallTimeMs: number) => WritePlan;
