import type { WriteModel } from '../../../../functions/documentdb-sink/plan/write-model.ts';
import type { Stored } from '../../../support/document-server/bson-values.ts';
import { equalitiesOf } from '../../../support/document-server/filter.ts';
import { documentOf, operate } from '../../../support/document-server/update-operators.ts';

/** A document as it has to be after some records, one after another, each once. */
export interface Modelled {
  /** Undefined: never there, or deleted hard. */
  readonly document: Stored | undefined;
  readonly isTombstone: boolean;
  /** The greatest so far, as far as it is remembered. */
  readonly version: number | undefined;
}

export const NOTHING: Modelled = { document: undefined, isTombstone: false, version: undefined };

/** Written from the server's manual and from what is promised, apart from the code that has to keep it. */
export function afterRecord(
  before: Modelled,
  models: readonly WriteModel[],
  version: number | undefined,
  deletes: 'tombstone' | 'hard',
): Modelled {
  if (version !== undefined && before.version !== undefined && before.version > version) return before;
  return models.reduce((state, model) => afterModel(state, model, version, deletes), before);
}

function afterModel(
  before: Modelled,
  model: WriteModel,
  version: number | undefined,
  deletes: 'tombstone' | 'hard',
): Modelled {
  const written = (document: Stored): Modelled => ({ document, isTombstone: false, version });
  const isThere = before.document !== undefined && !before.isTombstone;
  switch (model.kind) {
    case 'deleteOne':
      if (deletes === 'hard') return NOTHING;
      return {
        document: withIdOf(before.document, documentOf(equalitiesOf(model.filter))),
        isTombstone: true,
        version,
      };
    case 'insertOne':
      return isThere ? before : written(withIdOf(before.document, model.document));
    case 'replaceOne':
      return isThere || model.upsert ? written(withIdOf(before.document, model.replacement)) : before;
    case 'updateOne': {
      if (!isThere && !model.upsert) return before;
      const base = before.document ?? documentOf(equalitiesOf(model.filter));
      return written(operate(base, model.update, before.document === undefined));
    }
  }
}

/** A document keeps its `_id` as it was inserted: an equal number may be of another type. */
const withIdOf = (before: Stored | undefined, document: Stored): Stored =>
  before?.has('_id') ? new Map([...document, ['_id', before.get('_id')]]) : document;
