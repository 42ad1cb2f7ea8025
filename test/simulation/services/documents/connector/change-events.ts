import type { ConnectorStory, SourceName } from '../../../scenario/connector/connector.ts';
import { opOf } from '../../../scenario/generate/document-ops.ts';
import type { ScenarioRecord } from '../../../scenario/scenario.ts';
import { SECRET } from '../../kafka-log.ts';

// What sources write of a change, by their documentation:
// https://debezium.io/documentation/reference/1.9/connectors/mongodb.html (patches),
// https://debezium.io/documentation/reference/3.4/connectors/mongodb.html,
// https://debezium.io/documentation/reference/3.4/connectors/postgresql.html,
// https://help.qlik.com/en-US/replicate/Content/Replicate/Main/Kafka/kafka_target.htm,
// https://www.mongodb.com/docs/manual/reference/change-events/

type Fields = Readonly<Record<string, unknown>>;

/** The second column of a primary key. */
export const PART = 3;
/** The array of a document is cut to so many elements. */
export const newSizeOf = ({ id }: Pick<ScenarioRecord, 'id'>): number => id % 3;
/** The field that a change takes away. */
export const removedFieldOf = ({ id }: Pick<ScenarioRecord, 'id'>): string => `f${(id + 1) % 3}`;

/** What a change gives to some columns of a row, or fields of a document. */
export const changedFieldsOf = ({ id, kind, refusal }: Pick<ScenarioRecord, 'id' | 'kind' | 'refusal'>): Fields => ({
  id,
  secret: `${SECRET}-${id}`,
  ...(kind === 'refused' && { refused: refusal ?? true }),
  [`f${id % 3}`]: id,
  inner: { id, none: null },
});

/** The whole of them after the change, without what names the row or document. */
export const wholeFieldsOf = (record: Pick<ScenarioRecord, 'id' | 'kind' | 'refusal'>): Fields => ({
  ...changedFieldsOf(record),
  same: 'as before',
  list: [1, 2, record.id],
});

/** A column that is none of the row after an update. */
export const CLEARED = 'cleared';

const rowBeforeOf = ({ id }: ScenarioRecord): Fields => ({ id: id - 1, same: 'as before', [CLEARED]: 1 });

/** The row before a change, as it was written; without a primary key nothing else tells which row it is. */
export const wholeRowBeforeOf = ({ key, rowBefore }: ScenarioRecord): Fields | undefined =>
  rowBefore === undefined ? undefined : { ...primaryKeyOf(key), ...wholeFieldsOf({ id: rowBefore, kind: 'plain' }) };

const primaryKeyOf = (key: string | null): Fields => ({ k: key, part: PART });

type OfSource = Pick<ConnectorStory, 'rowKey' | 'transforms'> & { readonly source: SourceName };

/** The key of a record, as its source writes it; null: it writes none. */
export function eventKeyOf(record: ScenarioRecord, of: OfSource): Fields | null {
  const { key } = record;
  const { rowKey, source } = of;
  if (isSchemaChange(record, of)) return { databaseName: 'shop' };
  if (rowKey !== undefined) return rowKey === 'null' ? null : {};
  switch (source) {
    case 'debeziumPatch':
    case 'debeziumStream':
      // The `_id` as extended JSON.
      return { id: JSON.stringify(key) };
    case 'debeziumTable':
    case 'qlik':
      return primaryKeyOf(key);
    case 'changeStream':
      return { _id: { _data: `token of ${key}` } };
  }
}

/** By the name of their schema transforms know Debezium's events. Undefined: events of this source have no name. */
export const schemaNameOf = (source: SourceName): string | undefined =>
  source.startsWith('debezium') ? 'source.shop.orders.Envelope' : undefined;

/** The value of a record; null: the tombstone that follows a deletion in a compacted topic. */
export function eventOf(record: ScenarioRecord, of: OfSource): Fields | null {
  const { rowKey, source } = of;
  if (isSchemaChange(record, of)) return schemaChangeOf(record);
  switch (source) {
    case 'debeziumPatch':
      return patchEventOf(record);
    case 'debeziumStream':
      return streamEventOf(record);
    case 'debeziumTable':
      return rowKey === undefined ? tableEventOf(record) : keylessEventOf(record);
    case 'qlik':
      return qlikEventOf(record);
    case 'changeStream':
      return changeEventOf(record);
  }
}

/** Truncation of a table, and messages that are none of a row. */
const OTHER_OPERATIONS = ['t', 'm'] as const;

const otherOperation = ({ id }: ScenarioRecord) => ({
  before: null,
  after: null,
  op: OTHER_OPERATIONS[Math.floor(id / 4) % 2],
  source: { ts_ms: id },
});

/** Of a table, on the topic of the connector's name: https://debezium.io/documentation/reference/3.4/connectors/mysql.html#mysql-schema-change-topic */
export const isSchemaChange = (
  { hasNoEffect, id }: ScenarioRecord,
  { source, transforms = [] }: Pick<ConnectorStory, 'source' | 'transforms'>,
): boolean =>
  // A transform that takes rows out of events leaves others as they are, and they are stored.
  source === 'debeziumTable' && transforms.length === 0 && hasNoEffect === true && id % 4 === 1;

const schemaChangeOf = ({ id }: ScenarioRecord): Fields => ({
  source: { ts_ms: id },
  databaseName: 'shop',
  ddl: `ALTER TABLE orders ADD COLUMN f${id} INT`,
  tableChanges: [{ type: 'ALTER', id: '"shop"."orders"' }],
});

/** A row or document is updated, made, or read for the first time. */
export const operationOf = ({ id }: Pick<ScenarioRecord, 'id'>): string => ['u', 'c', 'r'][id % 3] ?? '';

function patchEventOf(record: ScenarioRecord): Fields | null {
  const { hasNoEffect, id, key, kind } = record;
  if (hasNoEffect) return id % 2 === 0 ? null : otherOperation(record);
  const filter = JSON.stringify({ _id: key });
  if (kind === 'tombstone') return { op: 'd', after: null, patch: null, filter };
  const whole = JSON.stringify({ _id: key, ...wholeFieldsOf(record) });
  if (opOf(record) === 'patch') {
    const patch = { $v: 1, $set: changedFieldsOf(record), $unset: { [removedFieldOf(record)]: true } };
    return { op: 'u', after: null, patch: JSON.stringify(patch), filter };
  }
  // A document that was replaced is a patch with its `_id`.
  if (id % 3 === 0) return { op: 'u', after: null, patch: whole, filter };
  return { op: id % 3 === 1 ? 'c' : 'r', after: whole, patch: null, filter: null };
}

function streamEventOf(record: ScenarioRecord): Fields | null {
  const { hasNoEffect, id, key, kind } = record;
  if (hasNoEffect) return id % 2 === 0 ? null : otherOperation(record);
  if (kind === 'tombstone') return { op: 'd', before: null, after: null, updateDescription: null };
  if (opOf(record) === 'patch') {
    const updateDescription = {
      updatedFields: JSON.stringify(changedFieldsOf(record)),
      removedFields: id % 2 === 0 ? [removedFieldOf(record)] : null,
      truncatedArrays: [{ field: 'list', size: newSizeOf(record) }],
    };
    return { op: 'u', before: null, after: null, updateDescription };
  }
  const after = JSON.stringify({ _id: key, ...wholeFieldsOf(record) });
  return { op: operationOf(record), before: null, after, updateDescription: null };
}

function tableEventOf(record: ScenarioRecord): Fields | null {
  const { hasNoEffect, id, key, kind } = record;
  if (hasNoEffect) return id % 2 === 0 ? null : otherOperation(record);
  const primaryKey = primaryKeyOf(key);
  const before = { ...primaryKey, ...rowBeforeOf(record) };
  if (kind === 'tombstone') return { op: 'd', before, after: null, source: { ts_ms: id } };
  const after = { ...primaryKey, ...wholeFieldsOf(record) };
  const op = operationOf(record);
  return { op, before: op === 'u' ? before : null, after, source: { ts_ms: id } };
}

/** Of a table whose REPLICA IDENTITY is FULL: the row before has all columns. */
function keylessEventOf(record: ScenarioRecord): Fields | null {
  const { hasNoEffect, id, key, kind } = record;
  if (hasNoEffect) return otherOperation(record);
  const before = wholeRowBeforeOf(record) ?? null;
  if (kind === 'tombstone') return { op: 'd', before, after: null, source: { ts_ms: id } };
  const after = { ...primaryKeyOf(key), ...wholeFieldsOf(record) };
  const op = before === null ? (id % 2 === 0 ? 'c' : 'r') : 'u';
  return { op, before, after, source: { ts_ms: id } };
}

function qlikEventOf(record: ScenarioRecord): Fields | null {
  const { hasNoEffect, id, key, kind } = record;
  const messageOf = (operation: string | undefined, rest: Fields) => ({
    magic: 'atMSG',
    type: 'DT',
    message: { schemaId: null, headers: { operation, streamPosition: `${id}` }, ...rest },
  });
  if (hasNoEffect) return id % 2 === 0 ? null : messageOf('TRUNCATE', { data: {}, beforeData: null });
  const primaryKey = primaryKeyOf(key);
  if (kind === 'tombstone')
    return messageOf('DELETE', { data: { ...primaryKey, ...rowBeforeOf(record) }, beforeData: null });
  const data = { ...primaryKey, ...wholeFieldsOf(record) };
  if (opOf(record) === 'set') {
    return messageOf('UPDATE', { data, beforeData: { ...primaryKey, ...rowBeforeOf(record) } });
  }
  return messageOf(id % 2 === 0 ? 'INSERT' : 'REFRESH', { data: { ...data, [CLEARED]: 1 }, beforeData: null });
}

/** Of a collection that is gone, or of one that was given another name. */
const OTHER_TYPES = ['drop', 'rename', 'invalidate'] as const;

function changeEventOf(record: ScenarioRecord): Fields {
  const { hasNoEffect, id, key, kind } = record;
  const event = { _id: { _data: `token of ${id}` }, ns: { db: 'source', coll: 'orders' } };
  if (hasNoEffect) return { ...event, operationType: OTHER_TYPES[id % 3] };
  const documentKey = { _id: key };
  if (kind === 'tombstone') return { ...event, operationType: 'delete', documentKey };
  const fullDocument = { _id: key, ...wholeFieldsOf(record) };
  const updateDescription = {
    updatedFields: changedFieldsOf(record),
    removedFields: id % 2 === 0 ? [removedFieldOf(record)] : [],
    truncatedArrays: [{ field: 'list', newSize: newSizeOf(record) }],
  };
  switch (opOf(record)) {
    case 'patch':
      // Whoever looks up the document may find that it is gone.
      return {
        ...event,
        operationType: 'update',
        documentKey,
        updateDescription,
        ...(id % 2 === 0 && { fullDocument: null }),
      };
    case 'put':
      return { ...event, operationType: 'update', documentKey, updateDescription, fullDocument };
    default:
      return { ...event, operationType: id % 2 === 0 ? 'insert' : 'replace', documentKey, fullDocument };
  }
}
