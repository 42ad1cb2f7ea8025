import type { Payload, SourceRecord } from '../../../../shared/record.ts';
import type { MutableDocument, SinkDocument } from '../../bson/sink-document.ts';
import type { Converter } from './create-converter.ts';

export interface Converters {
  readonly key: Converter;
  readonly value: Converter;
}

/** A record's key and value. Each is converted when a strategy first asks for it. */
export function documentOfRecord(record: SourceRecord, converters: Converters): SinkDocument {
  return { key: once(record.key, converters.key), value: once(record.value, converters.value) };
}

function once(payload: Payload | null, convert: Converter): () => MutableDocument | undefined {
  let converted: { readonly document: MutableDocument | undefined } | undefined;
  return () => {
    converted ??= { document: payload === null ? undefined : convert(payload) };
    return converted.document;
  };
}
