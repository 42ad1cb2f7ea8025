import { Binary } from 'mongodb';
import { ID_FIELD } from '../../bson/documents.ts';
import type { MutableDocument, SinkDocument } from '../../bson/sink-document.ts';
import { parseUuid } from '../../java/text/uuid.ts';
import { UnwritableError } from '../../plan/unwritable-error.ts';
import type { IdStrategy } from './id-strategy.ts';

type Where = 'key' | 'value';

/** The `_id` field of the key or of the value. */
export const provided =
  (where: Where): IdStrategy =>
  (document) =>
    providedId(document, where);

/**
 * The `_id` field, which must be a UUID: binary data stays unchanged, a text of 36 or 32 characters becomes binary data
 * of subtype 4.
 */
export const uuidProvided =
  (where: Where): IdStrategy =>
  (document) => {
    const id = providedId(document, where);
    if (id instanceof Binary && UUID_SUBTYPES.has(id.sub_type)) return id;
    const bytes = typeof id === 'string' ? parseUuid(id) : undefined;
    if (bytes !== undefined) return new Binary(bytes, Binary.SUBTYPE_UUID);
    throw new UnwritableError(`UUID cannot be constructed from provided value: the _id of the ${where} is not a UUID`);
  };

const UUID_SUBTYPES: ReadonlySet<number> = new Set([Binary.SUBTYPE_UUID_OLD, Binary.SUBTYPE_UUID]);

function providedId(document: SinkDocument, where: Where): unknown {
  const from: MutableDocument | undefined = where === 'key' ? document.key() : document.value();
  const id = from?.get(ID_FIELD);
  if (id === undefined || id === null) {
    throw new UnwritableError(
      `provided id strategy is used, but the document structure of the ${where} contained no _id field or it was null`,
    );
  }
  return id;
}
