import type { SourceRecord } from '../../../../shared/record.ts';
import { ID_FIELD, isDocument } from '../../bson/documents.ts';
import type { MutableDocument } from '../../bson/sink-document.ts';
import { UnwritableError } from '../../plan/unwritable-error.ts';
import type { WriteModel } from '../../plan/write-model.ts';
import { objectIdOf } from '../id-strategies/derived.ts';
import type { TopicProperties } from '../topic-properties.ts';
import type { CdcHandler } from './cdc-handler.ts';
import { operationReader } from './debezium-operation.ts';

/** Events of Debezium's connectors for relational databases. MySQL's and Postgres's have the same form. */
export function debeziumRdbmsHandler(properties: TopicProperties): CdcHandler {
  const operationOf = operationReader(properties);
  return (document, record) => {
    const value: MutableDocument = document.value() ?? new Map();
    // Debezium's tombstone for compacted topics.
    if (value.size === 0) return [];
    const key: MutableDocument = document.key() ?? new Map();
    switch (operationOf(value)) {
      case 'create':
        return [replaceByAfter(key, value, key.size === 0 ? derivedId(record) : idOf(key))];
      case 'update':
        return [replaceByAfter(key, value, filterOf(key, value))];
      case 'delete':
        return [{ kind: 'deleteOne', filter: filterOf(key, value) }];
      case 'none':
        return [];
    }
  };
}

/** The `_id` is a document of the primary key's columns. */
const idOf = (key: MutableDocument): MutableDocument => new Map([[ID_FIELD, new Map(key)]]);

const derivedId = (record: SourceRecord): MutableDocument => new Map([[ID_FIELD, objectIdOf(record)]]);

/** Without a primary key, the filter is the whole row before the change. */
function filterOf(key: MutableDocument, value: MutableDocument): MutableDocument {
  if (key.size > 0) return idOf(key);
  const before = value.get('before');
  if (isDocument(before) && before.size > 0) return before;
  throw new UnwritableError("the value doc's 'before' field is empty or has an invalid type for an update or delete");
}

function replaceByAfter(key: MutableDocument, value: MutableDocument, filter: MutableDocument): WriteModel {
  const after = value.get('after');
  if (!isDocument(after) || after.size === 0) {
    throw new UnwritableError("the value document must contain a non-empty 'after' field of type document");
  }
  const replacement: MutableDocument = new Map();
  if (filter.has(ID_FIELD)) replacement.set(ID_FIELD, filter.get(ID_FIELD));
  for (const [column, content] of after) if (!key.has(column)) replacement.set(column, content);
  return { kind: 'replaceOne', filter, replacement, upsert: true };
}
