import { isDocument, removeNullValues } from '../../bson/documents.ts';
import type { MutableDocument } from '../../bson/sink-document.ts';
import type { WriteModel } from '../../plan/write-model.ts';

/**
 * `change.data.capture.handler.remove.null.values`: removes nulls from a replacement and from `$set`. Undefined if
 * nothing remains to be written.
 */
export function withoutNulls(model: WriteModel): WriteModel | undefined {
  if (model.kind === 'replaceOne') {
    // Each handler makes these documents for this write only, so they may be changed.
    removeNullValues(model.replacement as MutableDocument);
    return model.replacement.size === 0 ? undefined : model;
  }
  return model.kind === 'updateOne' ? updateWithoutNulls(model) : model;
}

function updateWithoutNulls(model: WriteModel & { kind: 'updateOne' }): WriteModel | undefined {
  const update = model.update as MutableDocument;
  const set = update.get('$set');
  if (isDocument(set)) {
    removeNullValues(set);
    if (set.size === 0) update.delete('$set');
  }
  return update.size === 0 ? undefined : model;
}
