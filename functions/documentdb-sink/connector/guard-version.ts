import { Double } from 'mongodb';
import type { SourceRecord } from '../../../shared/record.ts';
import { fieldAt } from '../bson/field-lookup.ts';
import type { SinkDocument } from '../bson/sink-document.ts';
import { UnwritableError } from '../plan/unwritable-error.ts';
import type { TopicProperties } from './topic-properties.ts';

/**
 * How new a record is by its own account, beside its offset; undefined where only the offset counts: no such guard is
 * configured, or a null value has no field to tell.
 * @throws UnwritableError when the record does not say
 */
export type GuardVersion = (document: SinkDocument, record: SourceRecord) => bigint | number | undefined;

/** `msksinks.guard`. Asked before any post processor: the field is that of the value as it came. */
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
