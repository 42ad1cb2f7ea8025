import type { SourceRecord } from '../../../../shared/record.ts';
import type { SinkDocument } from '../../bson/sink-document.ts';
import type { WriteModel } from '../../plan/write-model.ts';

/**
 * The write that a record asks for, after its post processors have run.
 * @throws UnwritableError when the documents do not hold what the strategy needs
 */
export type WriteModelStrategy = (document: SinkDocument, record: SourceRecord, wallTimeMs: number) => WriteModel;
