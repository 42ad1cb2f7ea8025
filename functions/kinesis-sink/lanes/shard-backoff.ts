/**
 * The retry times of throttled shards. Until then, no lane whose shard is known sends to such a shard. A shard accepts
 * 1,000 records and 1 MB a second, so it would refuse whatever is sent earlier.
 * https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
 */
export class ShardBackoff {
  readonly #retryAtMs = new Map<string | undefined, number>();
  #lastRetryAtMs = 0;

  backOff(shardId: string, untilMs: number): void {
    this.#retryAtMs.set(shardId, Math.max(untilMs, this.retryAtMs(shardId)));
    this.#lastRetryAtMs = Math.max(untilMs, this.#lastRetryAtMs);
  }

  /** @param shardId undefined if the shard is unknown, which delays nothing */
  retryAtMs(shardId: string | undefined): number {
    return this.#retryAtMs.get(shardId) ?? 0;
  }

  /** When an entry with records of lanes of these shards may be sent. */
  opensAtMs(shardIds: readonly (string | undefined)[]): number {
    return Math.max(...shardIds.map((shardId) => this.retryAtMs(shardId)));
  }

  isAnyBackingOff(nowMs: number): boolean {
    return this.#lastRetryAtMs > nowMs;
  }
}
