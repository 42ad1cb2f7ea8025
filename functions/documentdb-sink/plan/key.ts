import { isUtf8 } from 'node:buffer';
import { Binary } from 'mongodb';
import type { SourceRecord } from '../../../shared/record.ts';
import type { DocumentId } from './document-id.ts';

/**
 * The record's key as `_id`: a string if the key is valid UTF-8, otherwise binary data. A key that holds JSON stays a
 * string, so that the `_id` does not depend on what the producer wrote into the key. Undefined if the record has no
 * key.
 */
export function idFromKey(record: SourceRecord): DocumentId | undefined {
  if (record.key === null) return undefined;
  const bytes = record.key.bytes();
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer) ? buffer.toString() : new Binary(buffer);
}
