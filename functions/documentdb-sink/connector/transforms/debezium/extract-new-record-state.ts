import type { ConnectRecord, Transform } from '../connect-record.ts';
import type { ConnectValue } from '../data/connect-value.ts';
import { fieldOf } from '../data/schema.ts';
import { Struct } from '../data/struct.ts';
import type { SchemaAndValue } from '../data/to-document.ts';
import { TransformError } from '../data/transform-error.ts';
import { requireStruct } from '../fields.ts';
import { fieldExtractor } from '../kafka/fields/extract-field.ts';
import { staticInserter } from '../kafka/fields/insert-field.ts';
import type { Classes } from '../transform-class.ts';
import type { TransformSettings } from '../transform-settings.ts';
import { withFields, withHeaders } from './added-data.ts';
import { dropFields } from './dropped-fields.ts';
import { isEnvelope } from './envelope.ts';
import { OBSOLETE, UNWRAP_PROPERTIES, type UnwrapSettings, unwrapSettings } from './unwrap-settings.ts';

const before = fieldExtractor({ steps: [], last: 'before' }, true);
const after = fieldExtractor({ steps: [], last: 'after' }, true);

/** The row before and after the change. */
interface Rows {
  readonly old: SchemaAndValue;
  readonly new: SchemaAndValue;
}

/**
 * Replaces a Debezium change event by the row after the change.
 * https://debezium.io/documentation/reference/3.4/transformations/event-flattening.html
 */
function extractNewRecordState(settings: TransformSettings): Transform {
  const unwrap = unwrapSettings(settings);
  return (record) => {
    const data = record.value();
    if (data.value === null) {
      return unwrap.mode === 'rewrite-with-tombstone' ? withHeaders(record, null, unwrap.addedHeaders) : undefined;
    }
    if (!isEnvelope(data)) return record;
    const event = requireStruct(data.value, 'a change event');
    const start = withHeaders(record, event, unwrap.addedHeaders);
    const row = after(data);
    if (row.value !== null) return rowOf(start, event, row, unwrap);
    const old = before(data);
    // An event without both rows is a truncated table.
    return old.value === null ? undefined : deletionOf(start, event, { old, new: row }, unwrap);
  };
}

/** The record for a row that was created, read or changed. */
function rowOf(record: ConnectRecord, event: Struct, row: SchemaAndValue, unwrap: UnwrapSettings): ConnectRecord {
  const addsDeletedField = unwrap.mode === 'rewrite' || unwrap.mode === 'rewrite-with-tombstone';
  const flagged = addsDeletedField ? withDeleted(row, 'false', unwrap) : row;
  const routed = routedBy({ ...record, value: () => flagged }, flagged.value, unwrap);
  return dropped(withFields(routed, event, unwrap.addedFields), unwrap);
}

function deletionOf(
  record: ConnectRecord,
  event: Struct,
  rows: Rows,
  unwrap: UnwrapSettings,
): ConnectRecord | undefined {
  const value = deletedValue(rows, unwrap);
  if (value === undefined) return undefined;
  const routed = routedBy({ ...record, value: () => value }, event.getWithoutDefault('before'), unwrap);
  const left = dropped(routed, unwrap);
  return left.value().value === null ? left : withFields(left, event, unwrap.addedFields);
}

/** The value for a deletion; undefined if deletions are dropped. */
function deletedValue(rows: Rows, unwrap: UnwrapSettings): SchemaAndValue | undefined {
  switch (unwrap.mode) {
    case 'drop':
      return undefined;
    case 'tombstone':
      return rows.new;
    case 'delete-to-tombstone':
      return { schema: undefined, value: null };
    case 'rewrite':
    case 'rewrite-with-tombstone':
      return withDeleted(rows.old, 'true', unwrap);
  }
}

const withDeleted = (data: SchemaAndValue, text: string, { replacesNulls }: UnwrapSettings): SchemaAndValue =>
  data.value instanceof Struct ? staticInserter('__deleted', text, replacesNulls)(data) : data;

const dropped = (record: ConnectRecord, { droppedFields }: UnwrapSettings): ConnectRecord =>
  droppedFields === undefined ? record : dropFields(record, droppedFields);

/** Changes the topic to the one that a string field of the row names, unless that field is blank. */
function routedBy(record: ConnectRecord, row: ConnectValue, { routeByField }: UnwrapSettings): ConnectRecord {
  if (routeByField === '') return record;
  const struct = requireStruct(row, 'routing by a field');
  if (fieldOf(struct.schema, routeByField)?.schema.type !== 'string') {
    throw new TransformError(`the row has no string field ${routeByField} for the topic name`);
  }
  const topic = struct.getWithoutDefault(routeByField);
  return typeof topic === 'string' && topic.trim() !== '' ? { ...record, topic } : record;
}

export const EXTRACT_NEW_RECORD_STATE: Classes = [
  [
    'io.debezium.transforms.ExtractNewRecordState',
    { properties: UNWRAP_PROPERTIES, obsolete: OBSOLETE, create: extractNewRecordState },
  ],
];
