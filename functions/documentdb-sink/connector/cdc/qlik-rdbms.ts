import type { SourceRecord } from '../../../../shared/record.ts';
import { ID_FIELD, isDocument } from '../../bson/documents.ts';
import type { MutableDocument } from '../../bson/sink-document.ts';
import { UnwritableError } from '../../plan/unwritable-error.ts';
import type { WriteModel } from '../../plan/write-model.ts';
import { objectIdOf } from '../id-strategies/derived.ts';
import type { TopicProperties } from '../topic-properties.ts';
import type { CdcHandler } from './cdc-handler.ts';
import { isSameValue } from './same-value.ts';

/** Events of Qlik Replicate. https://help.qlik.com/en-US/replicate/Content/Replicate/Main/Kafka/kafka_target.htm */
export function qlikRdbmsHandler(properties: TopicProperties): CdcHandler {
  const unsetsCleared = properties.text('msksinks.cdc.cleared.columns').toLowerCase() === 'unset';
  const ignoresUnknown = properties.text('msksinks.cdc.unknown.operation').toLowerCase() === 'ignore';
  return (document, record) => {
    const value: MutableDocument = document.value() ?? new Map();
    if (value.size === 0) return [];
    const key: MutableDocument = document.key() ?? new Map();
    switch (operationOf(value)) {
      case 'insert':
      case 'refresh':
      case 'read':
        return [replaceOne(key, value, record)];
      case 'update':
        return updateOne(key, value, unsetsCleared);
      case 'delete':
        return [{ kind: 'deleteOne', filter: deleteFilter(key, value) }];
      default:
        if (ignoresUnknown) return [];
        throw new UnwritableError(
          'unable to determine the CDC operation: it is none of insert, refresh, read, update, delete',
        );
    }
  };
}

/**
 * The operation is at `message.headers.operation`, `message.operation`, `message.headers_operation` or
 * `headers.operation`.
 */
function operationOf(value: MutableDocument): string {
  const headers = within('headers', within('message', value));
  const operation = headers.has('operation') ? headers.get('operation') : headers.get('headers_operation');
  if (typeof operation === 'string') return operation.toLowerCase();
  throw new UnwritableError('could not determine the CDC operation type: the value has no operation that is a string');
}

function replaceOne(key: MutableDocument, value: MutableDocument, record: SourceRecord): WriteModel {
  const id = key.size === 0 ? objectIdOf(record) : new Map(key);
  const data = within('data', within('message', value));
  const replacement: MutableDocument = new Map([[ID_FIELD, id]]);
  for (const [column, content] of data) replacement.set(column, content);
  return { kind: 'replaceOne', filter: new Map([[ID_FIELD, id]]), replacement, upsert: true };
}

function updateOne(key: MutableDocument, value: MutableDocument, unsetsCleared: boolean): readonly WriteModel[] {
  const message = within('message', value);
  const before = within('beforeData', message);
  const filter = filterOf(key, before);
  const data = within('data', message);
  if (data.size === 0) throw noData();
  const set = new Map([...data].filter(([column, content]) => !isSameValue(content, before.get(column))));
  const update: MutableDocument = set.size === 0 ? new Map() : new Map([['$set', set]]);
  const cleared = unsetsCleared && isDocument(message.get('beforeData')) ? clearedColumns(before, data) : new Map();
  if (cleared.size > 0) update.set('$unset', cleared);
  return update.size === 0 ? [] : [{ kind: 'updateOne', filter, update, upsert: true }];
}

const clearedColumns = (before: MutableDocument, data: MutableDocument): MutableDocument =>
  new Map([...before.keys()].filter((column) => !data.has(column)).map((column) => [column, '']));

/** Without a primary key, the filter is the row before the change, or else the whole value. */
function deleteFilter(key: MutableDocument, value: MutableDocument): MutableDocument {
  if (key.size > 0) return filterOf(key, key);
  return filterOf(key, within('beforeData', within('data', within('message', value), true), true));
}

function filterOf(key: MutableDocument, row: MutableDocument): MutableDocument {
  if (key.size > 0) return new Map([[ID_FIELD, new Map(key)]]);
  if (row.size === 0) throw noData();
  return row;
}

const noData = (): UnwritableError =>
  new UnwritableError('the value document does not contain the expected data of the row');

/** The document in that field. Returns the enclosing document if the field is missing (or null, if that is allowed). */
function within(field: string, around: MutableDocument, nullIsAbsent = false): MutableDocument {
  const inner = around.get(field);
  if (inner === undefined || (inner === null && nullIsAbsent)) return around;
  if (isDocument(inner)) return inner;
  throw new UnwritableError(`the value document contains a ${field} that is not a document`);
}
