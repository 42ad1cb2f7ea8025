import type { RecordHeader } from '../../../../shared/record.ts';
import type { SchemaAndValue } from './data/to-document.ts';

export type Side = 'key' | 'value';

export interface ConnectHeader extends SchemaAndValue {
  readonly name: string;
}

/** As it came, or as a transform made it. No strategy of the connector reads headers, so few are ever read. */
export type Header = RecordHeader | ConnectHeader;

/** Kafka Connect's SinkRecord, as far as transforms see it. Where it came from stays as it is: partition and offset. */
export interface ConnectRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Undefined where the producer gave none. */
  readonly timestampMs: number | undefined;
  /** Converted when a transform or a strategy first asks. @throws UnwritableError when it cannot be */
  readonly key: () => SchemaAndValue;
  readonly value: () => SchemaAndValue;
  readonly headers: readonly Header[];
}

/**
 * A single message transform. Pure. Undefined: the record is filtered out.
 * @throws UnwritableError when it does not take the record
 */
export type Transform = (record: ConnectRecord) => ConnectRecord | undefined;

export type Predicate = (record: ConnectRecord) => boolean;

/** A transform that changes the key or the value and nothing else. */
export const onSide =
  (side: Side, change: (data: SchemaAndValue) => SchemaAndValue): Transform =>
  (record) => {
    const data = record[side]();
    const changed = change(data);
    return changed === data ? record : { ...record, [side]: () => changed };
  };
