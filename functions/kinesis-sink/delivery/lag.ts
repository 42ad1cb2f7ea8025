/** The time from Kafka's timestamp to the stream's acknowledgement, for the records of one batch. */
export class Lag {
  readonly #lagsMs: number[] = [];

  /** @param timestampMs negative if the producer gave no usable timestamp */
  add(timestampMs: number, acknowledgedAtMs: number): void {
    if (timestampMs >= 0) this.#lagsMs.push(Math.max(0, acknowledgedAtMs - timestampMs));
  }

  /** Quantiles by nearest rank; undefined if no record had a timestamp. */
  quantiles(): { readonly p50: number; readonly p99: number; readonly max: number } | undefined {
    const sorted = Float64Array.from(this.#lagsMs).sort();
    const at = (slice: number) => sorted[Math.max(0, Math.ceil(slice * sorted.length) - 1)];
    const [p50, p99, max] = [at(0.5), at(0.99), at(1)];
    return p50 === undefined || p99 === undefined || max === undefined ? undefined : { p50, p99, max };
  }
}
