import type { Log, Meter } from '../../../shared/telemetry/telemetry.ts';
import type { PackedEntry } from '../lanes/lane.ts';
import type { EntryReply } from '../target/classify.ts';
import { Lag } from './lag.ts';
import { OrderAudit } from './order-audit.ts';

/** Bounds the log line: the number of shards that it names. */
const SHARDS_LOGGED_MAX = 10;

/** The metrics of a batch besides the outcomes of its records. */
export class BatchMetrics {
  readonly #meter: Meter;
  readonly #log: Log;
  readonly #lag = new Lag();
  readonly #audit = new OrderAudit();
  readonly #throttlesByShard = new Map<string, number>();
  #entryCount = 0;
  #recordCount = 0;

  constructor({ meter, log }: { readonly meter: Meter; readonly log: Log }) {
    this.#meter = meter;
    this.#log = log;
  }

  sent(packedEntries: readonly PackedEntry[]): void {
    const sumOf = (count: (packedEntry: PackedEntry) => number) =>
      packedEntries.reduce((sum, packedEntry) => sum + count(packedEntry), 0);
    this.#meter.count('Requests');
    this.#meter.count('EntriesSent', packedEntries.length);
    this.#meter.count(
      'UserRecordsSent',
      sumOf(({ entry }) => entry.records.length),
    );
    this.#meter.count(
      'BytesSent',
      sumOf(({ entry }) => entry.byteLength),
      'Bytes',
    );
    const retried = packedEntries.filter(({ slices }) => slices.some(({ lane }) => lane.trial.attempts > 0)).length;
    if (retried > 0) this.#meter.count('EntriesRetried', retried);
  }

  acknowledged({ entry, slices }: PackedEntry, { shardId, sequenceNumber }: EntryReply, wallTimeMs: number): void {
    this.#entryCount += 1;
    this.#recordCount += entry.records.length;
    for (const { timestampMs } of entry.records) this.#lag.add(timestampMs, wallTimeMs);
    for (const slice of slices) {
      if (!this.#audit.isInOrder(slice, shardId, sequenceNumber)) this.#meter.count('OrderAnomalies');
    }
  }

  throttled(shardId: string | undefined, entryCount: number): void {
    this.#meter.count('EntriesThrottled', entryCount);
    if (shardId === undefined) return;
    this.#throttlesByShard.set(shardId, (this.#throttlesByShard.get(shardId) ?? 0) + entryCount);
  }

  /** Call at the end of a batch. */
  report(): void {
    if (this.#entryCount > 0) this.#meter.peak('AggregationRatio', this.#recordCount / this.#entryCount, 'Count');
    const lag = this.#lag.quantiles();
    if (lag !== undefined) {
      this.#meter.peak('EndToEndLagP50', lag.p50, 'Milliseconds');
      this.#meter.peak('EndToEndLagP99', lag.p99, 'Milliseconds');
      this.#meter.peak('EndToEndLagMax', lag.max, 'Milliseconds');
    }
    this.#reportThrottles();
  }

  /**
   * Shards are named in a log line and are no metric dimension: a stream has up to 20,000 shards, and each would be a
   * billed metric.
   */
  #reportThrottles(): void {
    const shards = [...this.#throttlesByShard].toSorted(([, a], [, b]) => b - a);
    const [hottest] = shards;
    if (hottest === undefined) return;
    this.#meter.peak('ShardsThrottled', shards.length, 'Count');
    this.#meter.peak('ThrottlesOfHottestShard', hottest[1], 'Count');
    this.#log.warn('shards_throttled', {
      shardCount: shards.length,
      shards: shards.slice(0, SHARDS_LOGGED_MAX).map(([shardId, throttleCount]) => ({ shardId, throttleCount })),
    });
  }
}
