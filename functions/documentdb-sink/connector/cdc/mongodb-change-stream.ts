import { isDocument } from '../../bson/documents.ts';
import type { MutableDocument } from '../../bson/sink-document.ts';
import { UnwritableError } from '../../plan/unwritable-error.ts';
import type { WriteModel } from '../../plan/write-model.ts';
import type { TopicProperties } from '../topic-properties.ts';
import type { CdcHandler } from './cdc-handler.ts';
import { fullDocumentNull, updateOf } from './update-description.ts';

/**
 * Events of MongoDB's own change streams. Only writes of documents have an effect.
 * https://www.mongodb.com/docs/manual/reference/change-events/
 */
export function changeStreamHandler(properties: TopicProperties): CdcHandler {
  const update = updateWriter(properties);
  return (document) => {
    const event = document.value() ?? new Map<string, unknown>();
    switch (operationOf(event)) {
      case 'insert':
      case 'replace':
        return [replaceOne(event, true)];
      case 'update':
        return update(event);
      case 'delete':
        return [{ kind: 'deleteOne', filter: documentAt(event, 'documentKey') }];
      default:
        return [];
    }
  };
}

function operationOf(event: MutableDocument): string {
  const operation = event.get('operationType');
  if (typeof operation === 'string') return operation.toLowerCase();
  throw new UnwritableError('the change event has no operationType, or it is not a string');
}

const replaceOne = (event: MutableDocument, upsert: boolean): WriteModel => ({
  kind: 'replaceOne',
  filter: documentAt(event, 'documentKey'),
  replacement: documentAt(event, 'fullDocument'),
  upsert,
});

/** Replaces by the whole document if the event has it, otherwise applies the update description. */
function updateWriter(properties: TopicProperties): (event: MutableDocument) => readonly WriteModel[] {
  const nullIsUpdate = fullDocumentNull(properties) === 'update';
  const update = updateOf(properties);
  return (event) => {
    const isNull = nullIsUpdate && event.get('fullDocument') === null;
    if (event.has('fullDocument') && !isNull) return [replaceOne(event, false)];
    const filter = documentAt(event, 'documentKey');
    // The document was deleted before its lookup, and the event does not describe the change.
    if (isNull && !isDocument(event.get('updateDescription'))) return [];
    return update(filter, documentAt(event, 'updateDescription'));
  };
}

function documentAt(event: MutableDocument, field: string): MutableDocument {
  const content = event.get(field);
  if (isDocument(content)) return content;
  throw new UnwritableError(`the field ${field} of the change event is missing or not a document`);
}
