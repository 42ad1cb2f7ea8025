/** A document that is still being made: converted from one record, it belongs to that record's compilation alone. */
export type MutableDocument = Map<string, unknown>;

/**
 * A record as the connector's strategies see it. Key and value are converted when a strategy first asks for them, so
 * that what no strategy needs cannot fail; the same document comes back each time, with the changes made to it.
 */
export interface SinkDocument {
  /** Undefined where the record has no key. @throws UnwritableError when it is no document */
  key(): MutableDocument | undefined;
  /** Undefined for a null value. @throws UnwritableError when it is no document */
  value(): MutableDocument | undefined;
  /** The key as a BSON value, document or not, where a transform may have changed it. Undefined: there is none. */
  rawKey?(): unknown;
}
