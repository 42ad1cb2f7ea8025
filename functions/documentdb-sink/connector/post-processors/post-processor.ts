import type { SourceRecord } from '../../../../shared/record.ts';
import type { SinkDocument } from '../../bson/sink-document.ts';

/**
 * Changes the record's documents in place. A document that is not there is left alone.
 * @throws UnwritableError when the record does not hold what the processor needs
 */
export type PostProcessor = (document: SinkDocument, record: SourceRecord) => void;
