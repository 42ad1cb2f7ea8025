/** Where a record came from. The identity of every outcome, log field and test. */
export interface SourcePosition {
  /** The key of `event.records`, verbatim: Lambda matches on it. Never split: topics contain dashes. */
  readonly topicPartition: string;
  readonly topic: string;
  readonly partition: number;
  /** A safe integer; checked when decoding. */
  readonly offset: number;
}

export interface RecordHeader {
  readonly name: string;
  readonly value: Uint8Array;
}

/** Bytes that arrived as base64 text and are decoded only when somebody asks, at most once. */
export interface Payload {
  /** Standard base64 with padding, as it stood in the event. */
  readonly base64: string;
  /** Length of the decoded bytes. */
  readonly byteLength: number;
  bytes(): Uint8Array;
}

export interface SourceRecord {
  readonly position: SourcePosition;
  /**
   * Milliseconds since 1970, as Kafka has it; -1 when the producer gave none. Any integer up to {@link TIMESTAMP_MS_MAX}
   * on either side, so that a Date may not hold it; beyond 2^53 it is rounded ({@link isTimestampRounded}).
   */
  readonly timestampMs: number;
  /** Whose clock that is; absent for the producer's, which is what topics have unless they are told otherwise. */
  readonly timestampType?: 'LOG_APPEND_TIME';
  /** `null` for an absent and for an empty key: events do not tell them apart. */
  readonly key: Payload | null;
  /** `null` is a tombstone; an empty value is a payload of no bytes. */
  readonly value: Payload | null;
  /** In order; names may repeat. */
  readonly headers: readonly RecordHeader[];
}

/** Non-empty, offsets strictly ascending. */
export interface PartitionBatch {
  readonly topicPartition: string;
  readonly records: readonly SourceRecord[];
}

/** The greatest number below 2^63: what fits here fits into an integer of 64 bits, everywhere. */
export const TIMESTAMP_MS_MAX = 2 ** 63 - 1_024;

/** Whether the JSON parser could not keep the record's time as it was. */
export const isTimestampRounded = ({ timestampMs }: SourceRecord): boolean => !Number.isSafeInteger(timestampMs);

export const samePosition = (a: SourcePosition, b: SourcePosition): boolean =>
  a.topicPartition === b.topicPartition && a.offset === b.offset;

/** `base64` must be standard base64 with padding; {@link isBase64} tells. */
export function payloadOf(base64: string): Payload {
  let decoded: Uint8Array | undefined;
  return {
    base64,
    byteLength: (base64.length / 4) * 3 - paddingLength(base64),
    bytes() {
      decoded ??= Buffer.from(base64, 'base64');
      return decoded;
    },
  };
}

/** Bytes that were made here; their base64 is made only when somebody asks, at most once. */
export function payloadOfBytes(content: Buffer): Payload {
  let encoded: string | undefined;
  return {
    get base64() {
      encoded ??= content.toString('base64');
      return encoded;
    },
    byteLength: content.byteLength,
    bytes: () => content,
  };
}

/** Whether the text is standard base64 with padding, as Kinesis and `Buffer` read it. */
export const isBase64 = (text: string): boolean => text.length % 4 === 0 && !NOT_BASE64.test(text);

/** A character of no alphabet, or padding that something follows. A search, so that a text of 6 MB needs no backtracking. */
const NOT_BASE64 = /[^A-Za-z0-9+/=]|=[^=]|===/;

function paddingLength(base64: string): number {
  if (base64.endsWith('==')) return 2;
  return base64.endsWith('=') ? 1 : 0;
}
