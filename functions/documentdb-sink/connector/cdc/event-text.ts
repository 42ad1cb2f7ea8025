import type { MutableDocument } from '../../bson/sink-document.ts';
import { UnconvertibleError } from '../../bson/unconvertible-error.ts';
import { readRelaxedJson } from '../../json/relaxed-json.ts';
import { UnwritableError } from '../../plan/unwritable-error.ts';

/**
 * Reads a field of a change event that holds a document as extended JSON. @throws UnwritableError if the field holds no
 * document
 */
export function readDocument(field: string, text: unknown): MutableDocument {
  if (typeof text !== 'string') throw new UnwritableError(`the field ${field} of the change event is not a string`);
  try {
    return readRelaxedJson(text);
  } catch (error) {
    if (!(error instanceof UnconvertibleError)) throw error;
    throw new UnwritableError(`the field ${field} of the change event: ${error.message}`);
  }
}
