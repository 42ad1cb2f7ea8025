import type { SourceRecord } from '../../../../shared/record.ts';
import type { SinkDocument } from '../../bson/sink-document.ts';

/**
 * Returns the `_id` of a record's document as a BSON value. Every delivery of a record gives the same value.
 * @throws UnwritableError if the record lacks a part that the strategy needs
 */
export type IdStrategy = (document: SinkDocument, record: SourceRecord) => unknown;
