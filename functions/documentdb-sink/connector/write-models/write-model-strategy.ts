import type { SourceRecord } from '../../../../shared/record.ts';
import type { SinkDocument } from '../../bson/sink-document.ts';
import type { WriteModel } from '../../plan/write-model.ts';

/**
 * Returns the write model of a record, after its post processors have run.
 * @throws UnwritableError if the documents lack a part that the strategy needs
 */
export type WriteModelStrategy = (document: SinkDocument, record: SourceRecord, wallTimeMs: number) => WriteModel;
