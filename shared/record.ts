/** Where a record came from: the identity of the record in every outcome, log field and test. */
export interface SourcePosition {
  /**
   * The key of `event.records`, unchanged: Lambda matches on this text. Never split the text: topic names may contain
   * dashes.
   */
  readonly topicPartition: string;
  readonly topic: string;
  readonly partition: number;
  /** A safe integer; `decodeEvent` checks this. */
  readonly offset: number;
}

export interface RecordHeader {
  readonly name: string;
  readonly value: Uint8Array;
}

/** Bytes that arrived as base64 text. Nothing that is decoded is kept: a batch has thousands of payloads. */
export interface Payload {
  /** Standard base64 with padding, as the event had it. */
  readonly base64: string;
  /** Length of the decoded bytes. */
  readonly byteLength: number;
  bytes(): Uint8Array;
  /** The text, if the bytes are valid UTF-8; undefined for other bytes. Encoding the text gives the same bytes again. */
  text(): string | undefined;
}

export interface SourceRecord {
  readonly position: SourcePosition;
  /**
   * Kafka's timestamp in milliseconds since 1970; -1 when the producer gave none. Any integer between plus and minus
   * {@link TIMESTAMP_MS_MAX}, so that a `Date` may not be able to hold the value. Rounded beyond 2^53 ({@link
   * isTimestampRounded}).
   */
  readonly timestampMs: number;
  /**
   * Set when the broker's clock gave the timestamp; absent when the producer's clock did, which is the default of a
   * topic.
   */
  readonly timestampType?: 'LOG_APPEND_TIME';
  /** `null` for an absent key and for an empty key: the event has the same form for both. */
  readonly key: Payload | null;
  /** `null` is a tombstone; an empty value is a payload of zero bytes. */
  readonly value: Payload | null;
  /** In the order of the record; names may repeat. */
  readonly headers: readonly RecordHeader[];
}

/** Non-empty, offsets strictly ascending. */
export interface PartitionBatch {
  readonly topicPartition: string;
  readonly records: readonly SourceRecord[];
}

/** The greatest double below 2^63: a timestamp within this bound fits into a 64-bit integer. */
export const TIMESTAMP_MS_MAX = 2 ** 63 - 1_024;

/** Whether the JSON parser rounded the record's timestamp. */
export const isTimestampRounded = ({ timestampMs }: SourceRecord): boolean => !Number.isSafeInteger(timestampMs);

export const samePosition = (a: SourcePosition, b: SourcePosition): boolean =>
  a.topicPartition === b.topicPartition && a.offset === b.offset;

/** @param base64 standard base64 with padding, as {@link isBase64} checks */
export const payloadOf = (base64: string): Payload => new Base64Payload(base64);

/** A class: an event has thousands of payloads, and an object with closures costs more memory and time. */
class Base64Payload implements Payload {
  readonly base64: string;
  readonly byteLength: number;

  constructor(base64: string) {
    this.base64 = base64;
    this.byteLength = bytesIn(base64);
  }

  bytes(): Uint8Array {
    return Buffer.from(this.base64, 'base64');
  }

  text(): string | undefined {
    if (this.byteLength > SCRATCH.length) return utf8Text(this.bytes());
    SCRATCH.write(this.base64, 'base64');
    const text = SCRATCH.toString('utf8', 0, this.byteLength);
    // What is not UTF-8 is decoded as this character; the bytes may also hold the character itself.
    return text.includes(REPLACEMENT) ? utf8Text(this.bytes()) : text;
  }
}

const REPLACEMENT = '\ufffd';

/** A payload from bytes. The base64 text is made on first use, at most once. */
export function payloadOfBytes(content: Buffer): Payload {
  let encoded: string | undefined;
  return {
    get base64() {
      encoded ??= content.toString('base64');
      return encoded;
    },
    byteLength: content.byteLength,
    bytes: () => content,
    text: () => utf8Text(content),
  };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined; // the bytes are not UTF-8
  }
}

/**
 * Whether the text is standard base64 with padding, in the form that Kinesis and `Buffer` accept. `Buffer` skips every
 * character that it cannot decode, so the number of decoded bytes tells whether there was one; of the URL-safe alphabet it
 * decodes `-` and `_` too. That takes a seventh of the time of a regular expression.
 */
export function isBase64(text: string): boolean {
  if (text.length % 4 !== 0) return false;
  const room = text.length > SCRATCH.length ? Buffer.allocUnsafe(text.length) : SCRATCH;
  return room.write(text, 'base64') === bytesIn(text) && isAscii(text) && !text.includes('-') && !text.includes('_');
}

/** Of other characters `Buffer` reads only the lower byte: U+0141 would pass for `A`. */
const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length;

/** Takes decoded bytes for the length of one call. Most payloads are smaller. */
const SCRATCH = Buffer.allocUnsafeSlow(64 * 1024);

/** The number of bytes that base64 text stands for. */
const bytesIn = (base64: string): number => (base64.length / 4) * 3 - paddingLength(base64);

function paddingLength(base64: string): number {
  if (base64.endsWith('==')) return 2;
  return base64.endsWith('=') ? 1 : 0;
}
