import type { IgnoredReason, RecordFailure } from '../../../shared/outcome.ts';
import type { SourceRecord } from '../../../shared/record.ts';
import type { BsonDocument } from '../bson/bson-document.ts';
import type { Namespace } from './namespace.ts';
import type { WriteModel } from './write-model.ts';

/** The plan for one record, before guard and fold. Each record is planned on its own. */
export type WritePlan =
  | {
      readonly kind: 'write';
      readonly namespace: Namespace;
      readonly models: readonly [WriteModel, ...WriteModel[]];
      /** The record's own version, if a guard by timestamp or by field is configured. */
      readonly version: bigint | number | undefined;
    }
  /** Nothing to write, under a documented rule: a CDC event without an effect, or a tombstone that is skipped. */
  | { readonly kind: 'none'; readonly reason: IgnoredReason }
  | {
      readonly kind: 'poison';
      readonly namespace: Namespace | undefined;
      /**
       * The filter of the document that the record would have written, if known: the lane of that document waits for
       * the dead letter.
       */
      readonly filter: BsonDocument | undefined;
      readonly failure: RecordFailure;
    }
  /** The configuration is wrong and the record is not: the record stays unsettled until the configuration is fixed. */
  | { readonly kind: 'unsettled'; readonly failure: RecordFailure };

/** The configuration for every topic. Depends only on its arguments, and never throws because of a record's content. */
export type RecordMapper = (record: SourceRecord, wallTimeMs: number) => WritePlan;
