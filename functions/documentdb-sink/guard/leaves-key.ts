import type { BsonDocument } from '../bson/bson-document.ts';
import { identityOf } from '../bson/identity.ts';
import { fieldsOf } from '../update/operators.ts';
import type { PlainModel } from './write.ts';

/**
 * Whether a write by a business key gives the document another key, so that the next write of this key would not find
 * the document: the key comes from the Kafka key, and the value has other fields or lacks them.
 */
export function leavesKey(model: PlainModel): boolean {
  if (model.kind === 'deleteOne' || model.filter.has('_id')) return false;
  const fields = model.kind === 'replaceOne' ? model.replacement : fieldsOf(model.update, '$set');
  return [...model.filter].some(([path, value]) => {
    const [name = '', ...rest] = path.split('.');
    // An update keeps the fields that it does not set.
    if (model.kind === 'updateOne' && !fields.has(name)) return false;
    return identityOf(valueAt(fields.get(name), rest)) !== identityOf(value);
  });
}

const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => (inner instanceof Map ? (inner as BsonDocument).get(name) : undefined), value);
