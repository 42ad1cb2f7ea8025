import type { RecordHeader } from '../../../../shared/record.ts';
import type { SchemaAndValue } from './data/to-document.ts';

export type Side = 'key' | 'value';

export interface ConnectHeader extends SchemaAndValue {
  readonly name: string;
}

/**
 * A header of the record, or one that a transform made. Headers are parsed only on demand, because no strategy of the
 * connector reads them.
 */
export type Header = RecordHeader | ConnectHeader;

/** The part of Kafka Connect's SinkRecord that transforms see. Transforms do not change partition and offset. */
export interface ConnectRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Undefined if the producer gave no timestamp. */
  readonly timestampMs: number | undefined;
  /**
   * Converted when a transform or a strategy first asks for the key. @throws UnwritableError if the conversion fails
   */
  readonly key: () => SchemaAndValue;
  readonly value: () => SchemaAndValue;
  readonly headers: readonly Header[];
}

/**
 * A single message transform, without side effects. Undefined means that the record is filtered out.
 * @throws UnwritableError if the transform refuses the record
 */
export type Transform = (record: ConnectRecord) => ConnectRecord | undefined;

export type Predicate = (record: ConnectRecord) => boolean;

/** A transform that changes only the key or only the value. */
export const onSide =
  (side: Side, change: (data: SchemaAndValue) => SchemaAndValue): Transform =>
  (record) => {
    const data = record[side]();
    const changed = change(data);
    return changed === data ? record : { ...record, [side]: () => changed };
  };
