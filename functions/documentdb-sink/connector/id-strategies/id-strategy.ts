import type { SourceRecord } from '../../../../shared/record.ts';
import type { SinkDocument } from '../../bson/sink-document.ts';

/**
 * The `_id` of a record's document, as a BSON value. The same record gives the same value each time it is delivered.
 * @throws UnwritableError when the record does not hold what the strategy needs
 */
export type IdStrategy = (document: SinkDocument, record: SourceRecord) => unknown;
