/** A document under construction. Only the compilation of its own record may change the document. */
export type MutableDocument = Map<string, unknown>;

/**
 * A record as the connector's strategies see it. Key and value become documents when a strategy first asks for them, so
 * a side that no strategy needs may be no document. Each call returns the same document, with all changes made so far.
 */
export interface SinkDocument {
  /** Undefined if the record has no key. @throws UnwritableError if the key is no document */
  key(): MutableDocument | undefined;
  /** Undefined if the record's value is null. @throws UnwritableError if the value is no document */
  value(): MutableDocument | undefined;
  /**
   * Runs the converters of both sides, as Kafka Connect's worker does before any strategy. Absent if the converters ran
   * before.
   * @throws UnwritableError if a converter refuses its side
   */
  convert?(): void;
  /**
   * The key as a BSON value, also if the key is no document, after the transforms. Undefined if the record has no key.
   */
  rawKey?(): unknown;
}
