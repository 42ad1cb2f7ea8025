/**
 * Shards that throttled: until its retry time nothing more is sent to a shard as far as one knows where its records go.
 * A shard takes 1,000 records and 1 MB a second, so what is sent to a full one meanwhile is refused as well.
 * https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
 */
export class ShardBackoff {
  readonly #retryAtMs = new Map<string, number>();
  #lastRetryAtMs = 0;

  backOff(shardId: string, untilMs: number): void {
    this.#retryAtMs.set(shardId, Math.max(untilMs, this.retryAtMs(shardId)));
    this.#lastRetryAtMs = Math.max(untilMs, this.#lastRetryAtMs);
  }

  /** @param shardId undefined: nobody knows yet, which holds nothing up */
  retryAtMs(shardId: string | undefined): number {
    return shardId === undefined ? 0 : (this.#retryAtMs.get(shardId) ?? 0);
  }

  isAnyBackingOff(nowMs: number): boolean {
    return this.#lastRetryAtMs > nowMs;
  }
}
