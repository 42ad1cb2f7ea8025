import type { WriteModel } from '../../../../../functions/documentdb-sink/plan/write-model.ts';
import { doc } from '../../../../support/document-server/bson-values.ts';
import type { ConnectorStory, SourceName } from '../../../scenario/connector/connector.ts';
import { opOf } from '../../../scenario/generate/document-ops.ts';
import type { ScenarioRecord } from '../../../scenario/scenario.ts';
import {
  CLEARED,
  changedFieldsOf,
  newSizeOf,
  operationOf,
  PART,
  removedFieldOf,
  wholeFieldsOf,
  wholeRowBeforeOf,
} from './change-events.ts';

// What the CDC handler of a source makes of an event, told from the documentation and none of the function's code:
// https://www.mongodb.com/docs/kafka-connector/current/sink-connector/fundamentals/change-data-capture/ and, for what
// the file asks for beside the connector, docs/migrating.md (`msksinks.cdc.*`).

type Fields = Readonly<Record<string, unknown>>;

export interface ChangeModelParts extends Pick<ConnectorStory, 'rowKey'> {
  readonly source: SourceName;
  /** A number as the converter of the file reads it. */
  readonly typed: (value: unknown) => unknown;
}

/** Rows are told apart by all columns of their key, documents by their own `_id`. */
const idOf = ({ key }: ScenarioRecord, { source, typed }: ChangeModelParts): unknown =>
  source === 'debeziumTable' || source === 'qlik' ? doc({ k: key, part: typed(PART) }) : key;

export function modelsOfChange(record: ScenarioRecord, parts: ChangeModelParts): readonly WriteModel[] {
  if (record.hasNoEffect) return [];
  if (parts.rowKey !== undefined) return modelsOfKeylessRow(record, parts);
  const { source } = parts;
  const id = idOf(record, parts);
  const filter = doc({ _id: id });
  if (record.kind === 'tombstone') return [{ kind: 'deleteOne', filter }];
  const of = (fields: Fields): Fields => read(fields, parts);
  const whole = of({ ...wholeFieldsOf(record), ...columnsLeft(record, source) });
  const changed = of(changedFieldsOf(record));
  const removed = { [removedFieldOf(record)]: '' };
  const updateOne = (update: Fields, upsert: boolean): WriteModel => ({
    kind: 'updateOne',
    filter,
    update: doc(update),
    upsert,
  });
  switch (opOf(record)) {
    case 'patch':
      if (source === 'debeziumPatch') return [updateOne({ $set: changed, $unset: removed }, false)];
      // An array is cut where the file says so.
      return [
        updateOne(
          {
            $set: changed,
            ...(record.id % 2 === 0 && { $unset: removed }),
            $push: { list: doc({ $each: [], $slice: newSizeOf(record) }) },
          },
          false,
        ),
      ];
    case 'set':
      // The columns that differ from those before, and of those that are gone the field goes as well.
      return [updateOne({ $set: { ...changed, list: whole['list'] }, $unset: { [CLEARED]: '' } }, true)];
    default: {
      const upsert = opOf(record) !== 'put';
      return [{ kind: 'replaceOne', filter, replacement: doc({ ...whole, _id: id }), upsert }];
    }
  }
}

/** A row without a primary key is made under an `_id` of the record's own, and found by all of its columns. */
function modelsOfKeylessRow(record: ScenarioRecord, parts: ChangeModelParts): readonly WriteModel[] {
  const before = wholeRowBeforeOf(record);
  const filter = doc(before === undefined ? { _id: `made by ${record.id}` } : read(before, parts));
  if (record.kind === 'tombstone') return [{ kind: 'deleteOne', filter }];
  const row = read({ k: record.key, part: PART, ...wholeFieldsOf(record) }, parts);
  return [{ kind: 'replaceOne', filter, replacement: doc(row), upsert: true }];
}

/**
 * What the strategies of the file make of a row that ExtractNewRecordState takes out of an event: `_id` is the whole key, and
 * the row is as it was, with the fields of the event that `add.fields` names.
 */
export function modelsOfRow(record: ScenarioRecord): readonly WriteModel[] {
  if (record.hasNoEffect) return [];
  const { id, key, kind } = record;
  const _id = doc({ k: key, part: PART });
  const filter = doc({ _id });
  if (kind === 'tombstone') return [{ kind: 'deleteOne', filter }];
  const row = { k: key, part: PART, ...wholeFieldsOf(record), __op: operationOf(record), __source_ts_ms: id };
  return [{ kind: 'replaceOne', filter, replacement: doc({ ...row, _id }), upsert: true }];
}

/** Of a row of Debezium the key's columns are in `_id` alone; of one of Qlik they are in both. */
const columnsLeft = ({ key }: ScenarioRecord, source: SourceName): Fields =>
  source === 'qlik' ? { k: key, part: PART, [CLEARED]: 1 } : {};

/** Debezium writes a document of MongoDB as a text, which no converter reads. */
function read(fields: Fields, { source, typed }: ChangeModelParts): Fields {
  const isText = source === 'debeziumPatch' || source === 'debeziumStream';
  return JSON.parse(JSON.stringify(fields), (_name, each: unknown) => (isText ? each : typed(each)));
}
