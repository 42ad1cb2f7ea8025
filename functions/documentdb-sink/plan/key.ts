import { isUtf8 } from 'node:buffer';
import { Binary } from 'mongodb';
import type { SourceRecord } from '../../../shared/record.ts';
import type { DocumentId } from './document-id.ts';

/**
 * The record's key as `_id`: its text if it is UTF-8, else its bytes. A key that is JSON is text all the same, so that
 * one key has one `_id` however its producer spells it. Undefined without a key.
 */
export function idFromKey(record: SourceRecord): DocumentId | undefined {
  if (record.key === null) return undefined;
  const bytes = record.key.bytes();
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer) ? buffer.toString() : new Binary(buffer);
}
