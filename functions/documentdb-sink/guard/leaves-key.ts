import type { BsonDocument } from '../bson/bson-document.ts';
import { identityOf } from '../bson/identity.ts';
import type { UpdateOne } from '../plan/write-model.ts';
import { overlaps } from '../update/operators.ts';
import type { PlainModel } from './write.ts';

/**
 * Whether a write gives the document other values in the fields of its filter, so that the next write with this filter would
 * not find the document: a business key comes from the Kafka key, and the value has other fields or lacks them; a change
 * event names the shard key beside `_id`, and changes it. No server accepts a write that changes `_id`.
 */
export function leavesKey(model: PlainModel): boolean {
  switch (model.kind) {
    case 'deleteOne':
      return false;
    case 'replaceOne':
      return [...model.filter].some(([path, value]) => replacesField(model.replacement, path, value));
    case 'updateOne':
      return [...model.filter].some(([path, value]) => updatesField(model, path, value));
  }
}

/** The server keeps the `_id` of the document where the replacement has none. */
function replacesField(replacement: BsonDocument, path: string, value: unknown): boolean {
  const next = fieldAt(replacement, path);
  return next !== value && !(path === '_id' && next === undefined) && identityOf(next) !== identityOf(value);
}

/** An update keeps the fields that it does not name; `$setOnInsert` gives values to a document that the update inserts. */
function updatesField({ update, upsert }: UpdateOne, path: string, value: unknown): boolean {
  return [...update].some(([operator, fields]) => {
    if (!(fields instanceof Map) || (operator === '$setOnInsert' && !upsert)) return false;
    return SETTING.has(operator) ? setsField(fields, path, value) : touchesField(fields.keys(), path);
  });
}

const SETTING: ReadonlySet<string> = new Set(['$set', '$setOnInsert']);

function setsField(fields: BsonDocument, path: string, value: unknown): boolean {
  const [name = ''] = path.split('.', 1);
  if (fields.has(name) && identityOf(fieldAt(fields, path)) !== identityOf(value)) return true;
  if (name !== path && fields.has(path) && identityOf(fields.get(path)) !== identityOf(value)) return true;
  return touchesField(
    [...fields.keys()].filter((other) => other !== name && other !== path),
    path,
  );
}

const touchesField = (names: Iterable<string>, path: string): boolean =>
  [...names].some((other) => other === path || overlaps(other, path));

const fieldAt = (document: BsonDocument, path: string): unknown => {
  const [name = '', ...rest] = path.split('.');
  return rest.reduce<unknown>(
    (inner, each) => (inner instanceof Map ? (inner as BsonDocument).get(each) : undefined),
    document.get(name),
  );
};
