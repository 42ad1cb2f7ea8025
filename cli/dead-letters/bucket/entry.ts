import { fingerprintOf } from '../../../shared/dead-letter/dead-letter.ts';
import type { SourceRecord } from '../../../shared/record.ts';
import { eventRecordOf } from '../event.ts';
import type { StoredObject } from './read-object.ts';
import type { Settled } from './receipt.ts';

/** A record of an object, without its payload. */
export interface RecordHead {
  readonly topicPartition: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Tells records of one position apart: a topic that was made anew begins at offset 0 again. */
  readonly fingerprint: string;
  /** The size of the record in an event. */
  readonly eventBytes: number;
  /** A redrive settled it. */
  readonly isSettled: boolean;
}

/** An object of the bucket without payloads, so that many fit into memory. */
export interface Entry extends Omit<StoredObject, 'records'> {
  /** In the order of the object: by partition, then by offset. */
  readonly records: readonly RecordHead[];
}

export const entryOf = ({ records, ...rest }: StoredObject, settled: Settled): Entry => ({
  ...rest,
  records: records.map((record) => ({
    ...record.position,
    fingerprint: fingerprintOfRecord(record),
    eventBytes: Buffer.byteLength(JSON.stringify(eventRecordOf(record))),
    isSettled: settled.get(record.position.topicPartition)?.has(record.position.offset) === true,
  })),
});

export const openRecordsOf = ({ records }: Entry): readonly RecordHead[] =>
  records.filter(({ isSettled }) => !isSettled);

export const fingerprintOfRecord = ({ timestampMs, key, value, headers }: SourceRecord): string =>
  fingerprintOf({
    timestamp: timestampMs,
    keyBase64: key?.base64 ?? null,
    valueBase64: value?.base64 ?? null,
    headers: headers.map((header) => [header.name, Buffer.from(header.value).toString('base64')]),
  });
