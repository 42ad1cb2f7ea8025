import { ID_FIELD, isDocument } from '../../bson/documents.ts';
import type { MutableDocument, SinkDocument } from '../../bson/sink-document.ts';
import { UnwritableError } from '../../plan/unwritable-error.ts';
import type { Create } from '../custom/custom-strategies.ts';
import { hasIdStrategy, ID_STRATEGY } from '../id-strategies/create-id-strategy.ts';
import type { IdStrategy } from '../id-strategies/id-strategy.ts';
import type { TopicProperties } from '../topic-properties.ts';
import { flattenKeys } from './flatten-keys.ts';
import type { WriteModelStrategy } from './write-model-strategy.ts';

export const UPSERT = 'msksinks.writemodel.upsert';
const PACKAGE = 'com.mongodb.kafka.connect.sink.writemodel.strategy.';
export const DELETE_ONE_DEFAULT = `${PACKAGE}DeleteOneDefaultStrategy`;

/** The connector's own words. */
const COULD_NOT = 'Could not build the WriteModel';

/** The connector's write model strategies by class name. */
export const writeModelStrategies = (idStrategy: IdStrategy): ReadonlyMap<string, Create<WriteModelStrategy>> =>
  new Map<string, Create<WriteModelStrategy>>([
    [`${PACKAGE}DefaultWriteModelStrategy`, byDefault],
    [`${PACKAGE}InsertOneDefaultStrategy`, () => insertOneDefault],
    [`${PACKAGE}ReplaceOneDefaultStrategy`, replaceOneDefault],
    [`${PACKAGE}ReplaceOneBusinessKeyStrategy`, replaceOneBusinessKey],
    [`${PACKAGE}UpdateOneDefaultStrategy`, updateOneDefault],
    [`${PACKAGE}UpdateOneTimestampsStrategy`, updateOneTimestamps],
    [`${PACKAGE}UpdateOneBusinessKeyTimestampStrategy`, updateOneBusinessKeyTimestamp],
    [DELETE_ONE_DEFAULT, () => deleteOneDefault],
    [`${PACKAGE}DeleteOneBusinessKeyStrategy`, deleteOneBusinessKey],
    [
      `${PACKAGE}DeleteOneTombstoneBusinessKeyStrategy`,
      (properties) => deleteOneTombstoneBusinessKey(properties, idStrategy),
    ],
  ]);

/** A time series collection accepts only inserts. */
const byDefault: Create<WriteModelStrategy> = (properties) =>
  properties.text('timeseries.timefield').trim() === '' ? replaceOneDefault(properties) : insertOneDefault;

const insertOneDefault: WriteModelStrategy = (document) => ({ kind: 'insertOne', document: valueDocument(document) });

const replaceOneDefault: Create<WriteModelStrategy> = (properties) => {
  const upsert = properties.flag(UPSERT);
  return (document) => {
    const replacement = valueDocument(document);
    return { kind: 'replaceOne', filter: new Map([[ID_FIELD, idOf(replacement)]]), replacement, upsert };
  };
};

const replaceOneBusinessKey: Create<WriteModelStrategy> = (properties) => {
  const upsert = properties.flag(UPSERT);
  const takeKey = businessKeyTaker(properties);
  return (document) => {
    const replacement = valueDocument(document);
    return { kind: 'replaceOne', filter: takeKey(replacement), replacement, upsert };
  };
};

const updateOneDefault: Create<WriteModelStrategy> = (properties) => {
  const upsert = properties.flag(UPSERT);
  return (document) => {
    const fields = valueDocument(document);
    const filter = new Map([[ID_FIELD, idOf(fields)]]);
    fields.delete(ID_FIELD);
    return { kind: 'updateOne', filter, update: new Map([['$set', fields]]), upsert };
  };
};

const updateOneTimestamps: Create<WriteModelStrategy> = (properties) => {
  const upsert = properties.flag(UPSERT);
  return (document, _record, wallTimeMs) => {
    const fields = valueDocument(document);
    const filter = new Map([[ID_FIELD, idOf(fields)]]);
    return { kind: 'updateOne', filter, update: timestamped(fields, wallTimeMs), upsert };
  };
};

const updateOneBusinessKeyTimestamp: Create<WriteModelStrategy> = (properties) => {
  const upsert = properties.flag(UPSERT);
  const takeKey = businessKeyTaker(properties);
  return (document, _record, wallTimeMs) => {
    const fields = valueDocument(document);
    const filter = takeKey(fields);
    return { kind: 'updateOne', filter, update: timestamped(fields, wallTimeMs), upsert };
  };
};

function timestamped(fields: MutableDocument, wallTimeMs: number): MutableDocument {
  const now = new Date(wallTimeMs);
  fields.set('_modifiedTS', now);
  return new Map([
    ['$set', fields],
    ['$setOnInsert', new Map([['_insertedTS', now]])],
  ]);
}

/** As a write model strategy: the filter is the key if it has an `_id`, otherwise the key as `_id`. */
const deleteOneDefault: WriteModelStrategy = (document) => {
  const key = keyDocument(document);
  return { kind: 'deleteOne', filter: key.has(ID_FIELD) ? key : new Map([[ID_FIELD, key]]) };
};

/** As the delete strategy: the filter is the `_id` that the id strategy makes from the key. */
export const deleteOneById =
  (idStrategy: IdStrategy, needsKeyDocument: boolean): WriteModelStrategy =>
  (document, record) => {
    if (needsKeyDocument) keyDocument(document);
    return { kind: 'deleteOne', filter: new Map([[ID_FIELD, idStrategy(document, record)]]) };
  };

/** Deletes even if the record has a value. */
const deleteOneBusinessKey: Create<WriteModelStrategy> = (properties) => {
  const takeKey = businessKeyTaker(properties);
  return (document) => ({ kind: 'deleteOne', filter: takeKey(valueDocument(document)) });
};

const deleteOneTombstoneBusinessKey = (properties: TopicProperties, idStrategy: IdStrategy): WriteModelStrategy => {
  const isPartialKey = hasIdStrategy(properties, 'PartialKeyStrategy');
  return (document, record) => {
    keyDocument(document);
    const id = isPartialKey ? idStrategy(document, record) : undefined;
    if (isDocument(id)) return { kind: 'deleteOne', filter: flattenKeys(id) };
    throw new UnwritableError(
      `DeleteOneTombstoneBusinessKeyStrategy expects PartialKeyStrategy to be defined as ${ID_STRATEGY}`,
    );
  };
};

/**
 * Removes `_id` from the document and returns its fields as the filter, flattened to paths if the id strategy is a
 * partial one.
 */
function businessKeyTaker(properties: TopicProperties): (document: MutableDocument) => MutableDocument {
  const isPartial = hasIdStrategy(properties, 'PartialKeyStrategy', 'PartialValueStrategy');
  return (document) => {
    const id = document.get(ID_FIELD);
    if (!isDocument(id)) {
      throw new UnwritableError(
        `${COULD_NOT}, the value document does not contain an _id field of type BsonDocument which holds the business key ` +
          'fields. If you are including an existing `_id` value in the business key then ensure ' +
          `\`${ID_STRATEGY}.overwrite.existing=true\``,
      );
    }
    document.delete(ID_FIELD);
    return isPartial ? flattenKeys(id) : id;
  };
}

function valueDocument(document: SinkDocument): MutableDocument {
  const value = document.value();
  if (value !== undefined) return value;
  throw new UnwritableError(`${COULD_NOT}, the value document was missing unexpectedly`);
}

function keyDocument(document: SinkDocument): MutableDocument {
  const key = document.key();
  if (key !== undefined) return key;
  throw new UnwritableError(`${COULD_NOT}, the key document was missing unexpectedly`);
}

/** A null `_id` counts as an `_id`. */
function idOf(document: MutableDocument): unknown {
  const id = document.get(ID_FIELD);
  if (id !== undefined) return id;
  throw new UnwritableError(`${COULD_NOT}, the \`_id\` field was missing unexpectedly`);
}
