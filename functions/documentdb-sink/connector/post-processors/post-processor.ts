import type { SourceRecord } from '../../../../shared/record.ts';
import type { SinkDocument } from '../../bson/sink-document.ts';

/**
 * Changes the record's documents in place. A missing document is left out.
 * @throws UnwritableError if the record lacks a part that the processor needs
 */
export type PostProcessor = (document: SinkDocument, record: SourceRecord) => void;
