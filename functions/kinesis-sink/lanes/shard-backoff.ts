/**
 * Shards that throttled: until its gate opens, nothing more is sent to a shard as far as one knows where its records go.
 * A shard takes 1,000 records and 1 MB a second, so what is sent to a full one meanwhile is refused as well.
 * https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
 */
export class ShardGates {
  readonly #opensAtMs = new Map<string, number>();
  #lastOpensAtMs = 0;

  shut(shardId: string, untilMs: number): void {
    this.#opensAtMs.set(shardId, Math.max(untilMs, this.opensAtMs(shardId)));
    this.#lastOpensAtMs = Math.max(untilMs, this.#lastOpensAtMs);
  }

  /** @param shardId undefined: nobody knows yet, which holds nothing up */
  opensAtMs(shardId: string | undefined): number {
    return shardId === undefined ? 0 : (this.#opensAtMs.get(shardId) ?? 0);
  }

  isAnyShut(nowMs: number): boolean {
    return this.#lastOpensAtMs > nowMs;
  }
}
