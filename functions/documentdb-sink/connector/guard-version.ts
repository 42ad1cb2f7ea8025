import { Double } from 'mongodb';
import type { SourceRecord } from '../../../shared/record.ts';
import { fieldAt } from '../bson/field-lookup.ts';
import type { SinkDocument } from '../bson/sink-document.ts';
import { UnwritableError } from '../plan/unwritable-error.ts';
import type { TopicProperties } from './topic-properties.ts';

/**
 * The record's own version, besides its offset. Undefined if only the offset counts: no such guard is configured, or
 * the value is null and has no field.
 * @throws UnwritableError if the record has no version
 */
export type GuardVersion = (document: SinkDocument, record: SourceRecord) => bigint | number | undefined;

/** `msksinks.guard`. Called before any post processor, so the field is read from the original value. */
export function createGuardVersion(properties: TopicProperties): GuardVersion {
  const path = properties.text('msksinks.guard.field');
  switch (properties.text('msksinks.guard').toLowerCase()) {
    case 'timestamp':
      return (_document, { timestampMs }) => timestampOf(timestampMs);
    case 'field':
      return (document) => versionAt(document, path);
    default:
      return () => undefined;
  }
}

function timestampOf(timestampMs: number): bigint {
  if (timestampMs !== -1) return BigInt(timestampMs);
  throw new UnwritableError('the record has no timestamp, which msksinks.guard=timestamp needs');
}

function versionAt(document: SinkDocument, path: string): bigint | number | undefined {
  const value = document.value();
  if (value === undefined) return undefined;
  const version = versionOf(fieldAt(value, path));
  if (version !== undefined) return version;
  throw new UnwritableError(`msksinks.guard.field: the value has neither a number nor a date at '${path}'`);
}

function versionOf(value: unknown): bigint | number | undefined {
  if (typeof value === 'bigint') return value;
  if (value instanceof Date) return BigInt(value.getTime());
  const number = value instanceof Double ? value.value : value;
  return typeof number === 'number' && !Number.isNaN(number) ? number : undefined;
}
