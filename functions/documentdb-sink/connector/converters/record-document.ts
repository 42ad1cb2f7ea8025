import type { SourceRecord } from '../../../../shared/record.ts';
import type { SinkDocument } from '../../bson/sink-document.ts';
import type { Converter } from './create-converter.ts';

export interface Converters {
  readonly key: Converter;
  readonly value: Converter;
}

/** Both sides of a record. Each side is converted when a strategy asks for the side, or at `convert` at the latest. */
export function documentOfRecord(record: SourceRecord, converters: Converters): SinkDocument {
  const key = once(() => (record.key === null ? undefined : converters.key(record.key)));
  const value = once(() => (record.value === null ? undefined : converters.value(record.value)));
  return {
    key: once(() => key()?.document()),
    value: once(() => value()?.document()),
    convert() {
      key();
      value();
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
