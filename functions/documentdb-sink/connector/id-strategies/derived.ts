import { createHash } from 'node:crypto';
import { ObjectId } from 'mongodb';
import type { SourcePosition, SourceRecord } from '../../../../shared/record.ts';

const OBJECT_ID_BYTES = 12;
const UUID_BYTES = 16;
const UINT32_SIZE = 2 ** 32;

/** `topic#partition#offset`, in the format of the connector's KafkaMetaDataStrategy. */
export const positionText = ({ topic, partition, offset }: SourcePosition): string => `${topic}#${partition}#${offset}`;

/** The same text with the topic that Kafka delivered, even if a transform has changed the topic since. */
const sourceText = ({ topicPartition, partition, offset }: SourcePosition): string =>
  `${topicPartition.slice(0, -`-${partition}`.length)}#${partition}#${offset}`;

/**
 * An ObjectId that is the same for every delivery of a record. Its first four bytes are the record's time in seconds,
 * as in any ObjectId (so that an index grows at its end); the others are a hash of the position.
 * https://www.mongodb.com/docs/manual/reference/bson-types/#objectid
 */
export function objectIdOf({ position, timestampMs }: SourceRecord): ObjectId {
  const bytes = createHash('sha256').update(sourceText(position)).digest().subarray(0, OBJECT_ID_BYTES);
  bytes.writeUInt32BE(Math.floor(Math.max(timestampMs, 0) / 1000) % UINT32_SIZE);
  return new ObjectId(bytes);
}

/** A name-based UUID (version 5) of a position, as bytes. https://www.rfc-editor.org/rfc/rfc9562#section-5.5 */
export function uuidOf(position: SourcePosition): Buffer {
  const bytes = createHash('sha1').update(NAMESPACE).update(sourceText(position)).digest().subarray(0, UUID_BYTES);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes;
}

/** The UUID namespace of this project, a random value. */
const NAMESPACE = Buffer.from('5d3f0a8e6f0b4b6e9c1d2a7c8e4f1b90', 'hex');

export const uuidText = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
