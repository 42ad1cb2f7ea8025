/**
 * A document on its way to the server. The driver serialises a `Map` as it stands: its names keep their order (an
 * object puts integer-like ones first), and none of them means anything to the driver (`_bsontype` would, in an object).
 */
export type BsonDocument = ReadonlyMap<string, unknown>;

export type Conversion =
  /** Made for its record alone, which may go on with it. */
  | { readonly ok: true; readonly document: Map<string, unknown> }
  /** `detail` is in our words and never quotes the payload. */
  | { readonly ok: false; readonly detail: string };
