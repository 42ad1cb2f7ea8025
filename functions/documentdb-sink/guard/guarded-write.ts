import type { BsonDocument } from '../bson/bson-document.ts';
import { RESERVED_FIELDS } from '../bson/documents.ts';
import { EncodedDocument } from '../bson/encoded-document.ts';
import { UnwritableError } from '../plan/unwritable-error.ts';
import type { DeleteOne, InsertOne, ReplaceOne, UpdateOne, WriteModel } from '../plan/write-model.ts';
import { expandFilter } from '../update/expand-filter.ts';
import { fieldsOf, isIdempotent, reservedIn, setsOnInsert } from '../update/operators.ts';
import { leavesKey } from './leaves-key.ts';
import { type SourceVersion, storedVersionOf } from './source-version.ts';
import type { InsertWrite, PlainModel, ReplaceWrite, UpdateWrite, Write } from './write.ts';

/** What a guarded write needs besides its model. */
export interface WriteContext {
  /** Identity of the document, see identity.ts. */
  readonly identity: string;
  readonly sourceVersion: SourceVersion;
  /** Index of the model among the models of one record. */
  readonly step: number;
  readonly deletes: 'tombstone' | 'hard';
  readonly wallTimeMs: number;
}

/**
 * Adds the source version to a write model (docs/guarantees.md: what holds, by kind of write).
 * @throws UnwritableError if the model touches a reserved field or cannot be guarded
 */
export function guardedWrite(model: WriteModel, context: WriteContext): Write {
  switch (model.kind) {
    case 'replaceOne':
      return replaceWrite(model, context);
    case 'updateOne':
      return updateWrite(model, context);
    case 'deleteOne':
      return context.deletes === 'hard' ? { kind: 'delete', ...guardOf(model, context) } : tombstone(model, context);
    case 'insertOne':
      return insertWrite(model, context);
  }
}

function guardOf(
  model: { readonly filter: BsonDocument } | PlainModel,
  { identity, sourceVersion, step, deletes }: WriteContext,
) {
  const { filter } = model;
  if (filter.size === 0) throw new UnwritableError('the filter is empty and would match every document');
  const guard = { identity, filter, sourceVersion, step };
  if (!('kind' in model)) return guard;
  const whole = mayLackGuard(model, deletes) ? { ...guard, plain: plainOf(model, deletes) } : guard;
  return leavesKey(model) ? { ...whole, leavesKey: true } : whole;
}

/** `_id` always has a unique index. But for `$setOnInsert`, a tombstone counts as an existing document. */
const mayLackGuard = (model: PlainModel, deletes: WriteContext['deletes']): boolean =>
  !model.filter.has('_id') || (deletes === 'tombstone' && model.kind === 'updateOne' && setsOnInsert(model.update));

/** Removes `_deletedAt`, so that a tombstone becomes a visible document. */
function plainOf(model: PlainModel, deletes: WriteContext['deletes']): PlainModel {
  if (deletes === 'hard' || model.kind !== 'updateOne') return model;
  const unset = new Map(fieldsOf(model.update, '$unset')).set('_deletedAt', '');
  return { ...model, update: new Map(model.update).set('$unset', unset) };
}

const replaceWrite = (model: ReplaceOne, context: WriteContext): ReplaceWrite => ({
  kind: 'replace',
  ...guardOf(model, context),
  document: documentWithVersion(model.replacement, context.sourceVersion, false),
  upsert: model.upsert,
  isTombstone: false,
});

function updateWrite(model: UpdateOne, context: WriteContext): UpdateWrite {
  const { update, upsert } = model;
  checkOperators(update);
  const reserved = reservedIn(update);
  if (reserved !== undefined) throw ownField(reserved);
  const isIdempotentUpdate = isIdempotent(update);
  // The source version that the first write of a record stores would make a later write look as if it were applied.
  if (!isIdempotentUpdate && context.step > 0) throw new UnwritableError(NOT_REPEATABLE);
  return {
    kind: 'update',
    ...guardOf(model, context),
    update: updateWithVersion(update, context.sourceVersion),
    upsert,
    isIdempotent: isIdempotentUpdate,
  };
}

/** Applies the rules of the driver and the server: a part dropped silently would count as written. */
function checkOperators(update: BsonDocument): void {
  if (update.size === 0) throw new UnwritableError('the update is empty');
  for (const [operator, fields] of update) {
    if (!operator.startsWith('$'))
      throw new UnwritableError('the update has a top-level field that is not an update operator');
    if (!(fields instanceof Map)) throw new UnwritableError('the value of an update operator is not a document');
  }
}

const NOT_REPEATABLE =
  'only the first of several writes of one record may use operators that are not idempotent ($inc, $push, ..)';

/** Keeps the versions of other partitions, and removes the tombstone's `_deletedAt`. */
export function updateWithVersion(
  update: BsonDocument,
  { field, offset, timestampMs, version }: SourceVersion,
): BsonDocument {
  const set = new Map(fieldsOf(update, '$set')).set(`_k.${field}`, offset).set('_k.ts', timestampMs);
  if (version !== undefined) set.set('_k.v', version);
  const unset = new Map(fieldsOf(update, '$unset')).set('_deletedAt', '');
  return new Map(update).set('$set', set).set('$unset', unset);
}

function tombstone(model: DeleteOne, context: WriteContext): ReplaceWrite {
  const { filter } = model;
  const key = expandFilter(filter);
  if (key === undefined) throw new UnwritableError('the filter has a path into a value that is not a document');
  const document = new Map(key)
    .set('_k', storedVersionOf(context.sourceVersion))
    .set('_deletedAt', new Date(context.wallTimeMs));
  return { kind: 'replace', ...guardOf(model, context), document, upsert: true, isTombstone: true };
}

function insertWrite({ document }: InsertOne, context: WriteContext): InsertWrite {
  if (!document.has('_id')) throw new UnwritableError('the document to insert has no _id');
  const filter = new Map([['_id', document.get('_id')]]);
  return {
    kind: 'insert',
    ...guardOf({ filter }, context),
    document: documentWithVersion(document, context.sourceVersion, true),
    replacesTombstone: false,
  };
}

/**
 * The document with its version. `_id` comes first; without `_id`, `_k` comes first if the first name begins with `$`
 * (as in a DBRef), because the server would take such a document for an update.
 */
function documentWithVersion(
  document: BsonDocument,
  sourceVersion: SourceVersion,
  takesDollarNames: boolean,
): BsonDocument {
  if (document instanceof EncodedDocument) return document.withVersion(storedVersionOf(sourceVersion));
  const reserved = RESERVED_FIELDS.find((name) => document.has(name));
  if (reserved !== undefined) throw ownField(reserved);
  const result = new Map<string, unknown>();
  if (document.has('_id')) result.set('_id', document.get('_id'));
  else if (isOperatorLike(document.keys().next().value ?? '')) result.set('_k', storedVersionOf(sourceVersion));
  for (const [name, value] of document) {
    if (isOperatorLike(name) && !takesDollarNames && !DBREF_NAMES.has(name)) throw new UnwritableError(DOLLAR_NAME);
    result.set(name, value);
  }
  return result.set('_k', storedVersionOf(sourceVersion));
}

const DOLLAR = 0x24;
const isOperatorLike = (name: string): boolean => name.charCodeAt(0) === DOLLAR;

/**
 * The connector's driver refuses other names with `$` in a replacement, but not in an insert.
 * https://github.com/mongodb/mongo-java-driver/blob/main/driver-core/src/main/com/mongodb/internal/validator/ReplacingDocumentFieldNameValidator.java
 */
const DBREF_NAMES: ReadonlySet<string> = new Set(['$db', '$ref', '$id']);
const DOLLAR_NAME = 'Invalid BSON field name: a field of the document begins with $';

const ownField = (name: string) => new UnwritableError(`the value has a field ${name}, which is reserved for the sink`);
