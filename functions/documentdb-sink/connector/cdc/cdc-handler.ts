import type { SourceRecord } from '../../../../shared/record.ts';
import type { SinkDocument } from '../../bson/sink-document.ts';
import type { WriteModel } from '../../plan/write-model.ts';

/**
 * The writes a change event asks for, to be applied one after another; none where the event has no effect.
 * @throws UnwritableError when the event does not hold what it should
 */
export type CdcHandler = (document: SinkDocument, record: SourceRecord, wallTimeMs: number) => readonly WriteModel[];
