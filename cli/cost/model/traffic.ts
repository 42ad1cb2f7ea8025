/** The records of all topics together. */
export interface Traffic {
  readonly recordsPerSecond: number;
  /** Of the value; keys and headers are small beside it. */
  readonly valueBytes: number;
  /** Distinct keys, each as busy as the others. */
  readonly keys: number;
  /** Of all topics; undefined: as many as the way needs. */
  readonly partitions: number | undefined;
}

/** How long a target takes for one request, on the wire and inside. */
export interface RoundTrips {
  readonly kinesisMs: number;
  readonly documentdbMs: number;
}

/**
 * Kinesis: sequential calls reach 61 to 84 a second (https://github.com/spring-cloud/spring-cloud-stream-binder-aws-kinesis/issues/65).
 * DocumentDB: an assumption.
 */
export const ROUND_TRIPS: RoundTrips = { kinesisMs: 13, documentdbMs: 10 };

export const megabytesPerSecond = ({ recordsPerSecond, valueBytes }: Traffic): number =>
  (recordsPerSecond * valueBytes) / 1e6;
