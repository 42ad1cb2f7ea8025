import { ID_FIELD, isDocument } from '../../bson/documents.ts';
import type { MutableDocument, SinkDocument } from '../../bson/sink-document.ts';
import { UnwritableError } from '../../plan/unwritable-error.ts';
import type { WriteModel } from '../../plan/write-model.ts';
import type { TopicProperties } from '../topic-properties.ts';
import type { CdcHandler } from './cdc-handler.ts';
import { operationReader } from './debezium-operation.ts';
import { readDocument } from './event-text.ts';
import { fullDocumentNull, updateOf } from './update-description.ts';

type Update = (value: MutableDocument, document: SinkDocument) => readonly WriteModel[];

/** Debezium's MongoDB connector up to 1.x, whose updates are patches from the oplog. */
export const debeziumOplogHandler = (properties: TopicProperties): CdcHandler => handler(properties, updateByPatch);

/** Debezium's MongoDB connector on change streams, whose updates contain the whole document. */
export const debeziumChangeStreamHandler = (properties: TopicProperties): CdcHandler =>
  handler(properties, updateByAfter(properties));

/** https://debezium.io/documentation/reference/stable/connectors/mongodb.html#mongodb-change-events-value */
function handler(properties: TopicProperties, update: Update): CdcHandler {
  const operationOf = operationReader(properties);
  return (document) => {
    const key = document.key();
    if (key === undefined || key.size === 0) {
      throw new UnwritableError('the key document must not be missing for CDC mode');
    }
    const value = document.value() ?? new Map<string, unknown>();
    // Debezium's tombstone for compacted topics.
    if (key.has('id') && value.size === 0) return [];
    switch (operationOf(value)) {
      case 'create':
        return [replaceByAfter(value)];
      case 'update':
        return update(value, document);
      case 'delete':
        return [{ kind: 'deleteOne', filter: filterByKey(document) }];
      case 'none':
        return [];
    }
  };
}

function replaceByAfter(value: MutableDocument): WriteModel {
  const replacement = readDocument('after', textAt('Insert', value, 'after'));
  const id = replacement.get(ID_FIELD);
  if (id === undefined) throw new UnwritableError('the field after of the change event has no _id');
  return { kind: 'replaceOne', filter: new Map([[ID_FIELD, id]]), replacement, upsert: true };
}

const updateByPatch: Update = (value, document) => {
  const patch = readDocument('patch', textAt('Update', value, 'patch'));
  patch.delete('$v');
  if (!patch.has(ID_FIELD)) {
    return [{ kind: 'updateOne', filter: filterByKey(document), update: patch, upsert: false }];
  }
  return [{ kind: 'replaceOne', filter: new Map([[ID_FIELD, patch.get(ID_FIELD)]]), replacement: patch, upsert: true }];
};

const updateByAfter = (properties: TopicProperties): Update => {
  const nullIsUpdate = fullDocumentNull(properties) === 'update';
  const descriptionOf = updateOf(properties);
  return (value, document) => {
    const after = textAt('Update', value, 'after');
    if (after === null && nullIsUpdate) {
      const description = debeziumDescription(value.get('updateDescription'));
      return description === undefined ? [] : descriptionOf(filterByKey(document), description);
    }
    const replacement = readDocument('after', after);
    return [{ kind: 'replaceOne', filter: filterByKey(document), replacement, upsert: true }];
  };
};

/**
 * The description of MongoDB's own event. Debezium's `updatedFields` is a text, a truncated array has a `size`, and each part
 * may be null. Undefined if the event has no description.
 * https://github.com/debezium/debezium/blob/main/debezium-connector-mongodb/src/main/java/io/debezium/connector/mongodb/MongoDbFieldName.java
 */
function debeziumDescription(description: unknown): MutableDocument | undefined {
  if (!isDocument(description)) return undefined;
  const updated = description.get('updatedFields') ?? '{}';
  const truncated = description.get('truncatedArrays') ?? [];
  return new Map<string, unknown>([
    ['updatedFields', readDocument('updateDescription.updatedFields', updated)],
    ['removedFields', description.get('removedFields') ?? []],
    ['truncatedArrays', Array.isArray(truncated) ? truncated.map(withNewSize) : truncated],
  ]);
}

const withNewSize = (entry: unknown): unknown =>
  isDocument(entry) && entry.has('size') ? new Map([...entry, ['newSize', entry.get('size')]]) : entry;

/** The `_id` of the document: the field `id` of the key holds its extended JSON. */
function filterByKey(document: SinkDocument): MutableDocument {
  const key = document.key();
  if (key === undefined) throw new UnwritableError('the key document must not be missing');
  const id = textAt('Key', key, 'id');
  if (typeof id !== 'string') throw new UnwritableError('the field id in the key of the change event is not a string');
  return readDocument('key.id', `{${ID_FIELD}: ${id}}`);
}

function textAt(name: string, fields: MutableDocument, field: string): unknown {
  const text = fields.get(field);
  if (text !== undefined) return text;
  throw new UnwritableError(`${name} document missing \`${field}\` field`);
}
