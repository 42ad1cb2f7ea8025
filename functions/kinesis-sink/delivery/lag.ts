/** The time from Kafka's timestamp to the stream's acknowledgement, for the records of one batch. */
export class Lag {
  readonly #lagsMs: number[] = [];

  /** @param timestampMs negative if the producer gave no usable timestamp */
  add(timestampMs: number, acknowledgedAtMs: number): void {
    if (timestampMs >= 0) this.#lagsMs.push(Math.max(0, acknowledgedAtMs - timestampMs));
  }

  /** Quantiles by nearest rank; undefined if no record had a timestamp. */
  quantiles(): { readonly p50: number; readonly p99: number; readonly max: number } | undefined {
    if (this.#lagsMs.length === 0) return undefined;
    const sorted = Float64Array.from(this.#lagsMs).sort();
    const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] as number;
    return { p50: at(0.5), p99: at(0.99), max: at(1) };
  }
}
