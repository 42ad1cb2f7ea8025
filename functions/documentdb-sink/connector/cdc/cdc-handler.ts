import type { SourceRecord } from '../../../../shared/record.ts';
import type { SinkDocument } from '../../bson/sink-document.ts';
import type { WriteModel } from '../../plan/write-model.ts';

/**
 * The writes of a change event, to be applied one after another; empty if the event has no effect.
 * @throws UnwritableError if the event lacks a part that the handler needs
 */
export type CdcHandler = (document: SinkDocument, record: SourceRecord, wallTimeMs: number) => readonly WriteModel[];
