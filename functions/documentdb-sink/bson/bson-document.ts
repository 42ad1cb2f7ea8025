/**
 * A document for the server. The driver serialises a `Map` unchanged: the names keep their order (an object puts
 * integer-like names first), and no name has a meaning to the driver (`_bsontype` in an object has one).
 */
export type BsonDocument = ReadonlyMap<string, unknown>;

export type Conversion =
  /** The document was made for one record, and its caller may change the document. */
  | { readonly ok: true; readonly document: Map<string, unknown> }
  /** `detail` is written by this project and never quotes the payload. */
  | { readonly ok: false; readonly detail: string };
