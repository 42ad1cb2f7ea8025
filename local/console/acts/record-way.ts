import type { FunctionName } from '../../engines/endpoints.ts';
import type { ProducedRecord } from '../../orders/producer.ts';
import type { StreamRecord } from '../../orders/stream-reader.ts';
import type { InvocationView } from '../state/view.ts';

/** The way of one record from Kafka to both targets. */
export interface RecordWay {
  readonly record: FoundRecord;
  readonly sinks: readonly SinkStep[];
  /** Its copies in the stream. */
  readonly copies: readonly { readonly shardId: string; readonly sequenceNumber: string }[];
  readonly document: DocumentStep;
  readonly deadLetters: readonly { readonly function: string; readonly code: string; readonly reason: string }[];
}

export interface FoundRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly timestampMs: number;
  /** Null: a tombstone. */
  readonly valueBytes: number | null;
  readonly valueStart: string | null;
  readonly poison: string | null;
}

/** `settled`: the function will not see the record again. */
export interface SinkStep {
  readonly name: FunctionName;
  readonly state: 'settled' | 'inFlight' | 'waits';
  /** The newest first. */
  readonly invocations: readonly Pick<InvocationView, 'id' | 'startedAtMs' | 'durationMs' | 'response'>[];
}

/** Which record the document of the key is from, by the version that the sink keeps in it. `unread`: DocumentDB is stopped. */
export interface DocumentStep {
  readonly state: 'none' | 'thisRecord' | 'newerRecord' | 'olderRecord' | 'unread';
  readonly sourceOffset: number | null;
  /** That record deleted it: a tombstone is left. */
  readonly isDeleted: boolean;
}

const VALUE_SHOWN_CHARACTERS = 600;
const FOUND_MAX = 20;

/** `3@120`, `orders-3@120`, or a key or its beginning; the newest first. */
export function findRecords(search: string, produced: readonly ProducedRecord[]): readonly ProducedRecord[] {
  const [, partition, offset] = /^(?:.+-)?(\d+)@(\d+)$/.exec(search.trim()) ?? [];
  if (partition !== undefined) {
    return produced.filter((record) => record.partition === Number(partition) && record.offset === Number(offset));
  }
  const wanted = search.trim();
  if (wanted === '') return [];
  const exact = produced.filter(({ key }) => key === wanted);
  const found = exact.length > 0 ? exact : produced.filter(({ key }) => key?.startsWith(wanted));
  return found.slice(-FOUND_MAX).toReversed();
}

export const foundRecord = ({ partition, offset, key, timestampMs, value, poison }: ProducedRecord): FoundRecord => ({
  ...{ partition, offset, key, timestampMs },
  valueBytes: value === null ? null : Buffer.byteLength(value),
  valueStart: value?.slice(0, VALUE_SHOWN_CHARACTERS) ?? null,
  poison: poison ?? null,
});

export interface WaySources {
  /** The newest first. */
  readonly invocations: readonly InvocationView[];
  /** The first offset of the record's partition that is not settled, by function. */
  readonly settledUpTo: ReadonlyMap<FunctionName, number>;
}

export function sinkSteps(
  { partition, offset }: ProducedRecord,
  { invocations, settledUpTo }: WaySources,
): readonly SinkStep[] {
  return [...settledUpTo].map(([name, upTo]) => {
    const own = invocations.filter(
      ({ sink, parts }) =>
        sink === name &&
        parts.some((part) => part.partition === partition && part.firstOffset <= offset && offset <= part.lastOffset),
    );
    const isOpen = own.some(({ response }) => response.kind === 'running');
    return {
      name,
      state: offset < upTo ? 'settled' : isOpen ? 'inFlight' : 'waits',
      invocations: own.map(({ id, startedAtMs, durationMs, response }) => ({ id, startedAtMs, durationMs, response })),
    };
  });
}

/** A record without a key is under a random one. */
export const copiesOf = ({ key, value }: ProducedRecord, stored: readonly StreamRecord[]): RecordWay['copies'] => {
  const data = Buffer.from(value ?? '');
  return stored
    .filter((record) => (key === null || record.partitionKey === key) && record.data.equals(data))
    .map(({ shardId, sequenceNumber }) => ({ shardId, sequenceNumber }));
};

/** @param document as stored, with the sink's `_k`: the newest offset by topic and partition */
export function documentStep(
  { partition, offset }: ProducedRecord,
  topic: string,
  document: StoredDocument | undefined,
): DocumentStep {
  const version = document?._k?.[`${topic}-${partition}`];
  if (version === undefined) return { state: 'none', sourceOffset: null, isDeleted: false };
  const sourceOffset = Number(version);
  const isDeleted = document?._deletedAt !== undefined;
  if (sourceOffset === offset) return { state: 'thisRecord', sourceOffset, isDeleted };
  return { state: sourceOffset > offset ? 'newerRecord' : 'olderRecord', sourceOffset, isDeleted };
}

export interface StoredDocument {
  readonly _k?: Readonly<Record<string, unknown>>;
  readonly _deletedAt?: unknown;
}
