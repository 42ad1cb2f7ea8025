import { drive, type Work } from '../../../shared/delivery/drive.ts';
import type { OutcomeCollector } from '../../../shared/delivery/outcome-collector.ts';
import type { Poisoned, PoisonHandler } from '../../../shared/delivery/poison-handler.ts';
import { createTasks } from '../../../shared/delivery/tasks.ts';
import { assertNever } from '../../../shared/errors.ts';
import type { RecordFailure } from '../../../shared/outcome.ts';
import type { Log } from '../../../shared/telemetry/telemetry.ts';
import { fullJitterMs } from '../../../shared/time/backoff.ts';
import type { Evidence } from '../lanes/evidence.ts';
import type { Item, Lane, LaneSlice, PackedEntry, SliceResult } from '../lanes/lane.ts';
import { Lanes } from '../lanes/lanes.ts';
import { pack } from '../lanes/pack.ts';
import { RequestSize } from '../lanes/request-size.ts';
import { ShardBackoff } from '../lanes/shard-backoff.ts';
import { AGGREGATE_BYTES_MAX, AGGREGATE_RECORDS_MAX } from '../limits.ts';
import type { PlanOptions } from '../plan/plan.ts';
import { classifyEntry, type EntryReply, type RequestFailure } from '../target/classify.ts';
import { type InspectionParts, waitUntilAggregationIsSafe } from './aggregation-safety.ts';
import { BatchMetrics } from './batch-metrics.ts';
import { type ExchangeParts, exchange } from './exchange.ts';
import { judgeRejection } from './rejection.ts';
import { RequestGate } from './request-gate.ts';
import { type Half, SEARCHED, Search } from './search.ts';

export interface StreamDeliveryParts extends ExchangeParts, InspectionParts {
  /** 0 <= random() < 1 */
  readonly random: () => number;
  readonly log: Log;
  readonly options: ExchangeParts['options'] &
    Pick<PlanOptions, 'aggregation' | 'recordBytesMax'> & {
      readonly streamArn: string;
      readonly requestsInFlightMax: number;
    };
  readonly outcomes: OutcomeCollector;
  readonly evidence: Evidence;
  readonly poison: PoisonHandler;
}

/** An entry that Kinesis refused, in a request that it answered. */
interface Refusal {
  readonly packedEntry: PackedEntry;
  readonly failure: RecordFailure;
  /** The shard that throttled the entry, if the reply names it. */
  readonly throttledBy: string | undefined;
}

/** Sends the lanes of one batch until they are settled or the deadline is reached. */
export class StreamDelivery implements Work {
  readonly #parts: StreamDeliveryParts;
  readonly #lanes: Lanes;
  readonly #search = new Search();
  readonly #gate: RequestGate;
  readonly #requestSize = new RequestSize();
  readonly #shardBackoff = new ShardBackoff();
  readonly #batchMetrics: BatchMetrics;
  readonly #requests = createTasks();
  readonly #deadLetterTasks = createTasks();

  constructor(lanes: readonly Lane[], parts: StreamDeliveryParts) {
    this.#parts = parts;
    this.#lanes = new Lanes(lanes);
    this.#gate = new RequestGate(parts.options.requestsInFlightMax);
    this.#batchMetrics = new BatchMetrics(parts);
  }

  /** Never ends early because of a failure. Resolves by `answerByMs`. */
  async run(): Promise<void> {
    const inspection = this.#parts.preflight.begin(this.#parts.deadline);
    try {
      const isSafe = await waitUntilAggregationIsSafe(this.#lanes, inspection, this.#parts);
      if (isSafe) await drive(this, { ...this.#parts, tasks: [this.#requests, this.#deadLetterTasks] });
    } finally {
      inspection.end();
    }
    this.#batchMetrics.report();
  }

  start(nowMs: number): void {
    if (this.#gate.triesOneEntry) this.#endSearch(nowMs);
    this.#buryPoisoned();
    while (this.#gate.mayOpen(nowMs, this.#requests.openCount())) {
      const half = this.#claimLanes(nowMs) ?? this.#claimHalf(nowMs);
      if (half === undefined) return;
      this.#requests.start(this.#send(half));
    }
  }

  nextWakeAtMs(nowMs: number): number | undefined {
    const readyAtMs = this.#search.isOver ? this.#lanes.nextReadyAtMs(nowMs) : nowMs;
    if (readyAtMs === undefined) return undefined;
    const gateAtMs = this.#gate.nextChangeAtMs(nowMs);
    if (gateAtMs === undefined && readyAtMs <= nowMs) return undefined; // all slots are in use
    return Math.max(readyAtMs, gateAtMs ?? nowMs);
  }

  /** A policy that settles poison at once may bring the next poison of a lane to its head. */
  #buryPoisoned(): void {
    for (let lanes = this.#lanes.claimPoisoned(); lanes.length > 0; lanes = this.#lanes.claimPoisoned()) {
      for (const lane of lanes) {
        const item = lane.head;
        if (item?.task.kind !== 'poison') continue;
        const { failure } = item.task;
        if (failure.code === 'planning_failed') this.#parts.meter.count('PlanningFailures');
        this.#bury({ lane, item, failure, stage: 'converting' });
      }
    }
  }

  /** The lane is released once its head is settled. */
  #bury(poisoned: Omit<Poisoned<Item>, 'target'> & { readonly lane: Lane }): void {
    const letter = this.#parts.poison.bury({ ...poisoned, target: this.#parts.options.streamArn });
    const release = () => this.#lanes.place(poisoned.lane);
    if (letter === undefined) release();
    else this.#deadLetterTasks.start(letter.then(release));
  }

  /** A request with the heads of ready lanes. */
  #claimLanes(nowMs: number): Half | undefined {
    const { options, random } = this.#parts;
    const ready = this.#lanes.ready(nowMs, this.#shardBackoff);
    const bytesMax = Math.min(AGGREGATE_BYTES_MAX, options.recordBytesMax);
    const { packedEntries, lanes } = pack(this.#gate.triesOneEntry ? anyOf(ready, random()) : ready, {
      aggregation: options.aggregation,
      aggregate: { recordsMax: AGGREGATE_RECORDS_MAX, bytesMax },
      request: this.#requestSize.limits,
    });
    this.#lanes.claim(lanes);
    return packedEntries.length > 0 ? { packedEntries } : undefined;
  }

  /** Entries for a throttled shard leave the search, and wait for that shard's retry time. */
  #claimHalf(nowMs: number): Half | undefined {
    const opensAtMs = ({ slices }: PackedEntry) => this.#shardBackoff.opensAtMs(slices.map(({ lane }) => lane.shardId));
    const { half, held } = this.#search.claim((packedEntry) => opensAtMs(packedEntry) > nowMs);
    for (const each of held) this.#apply(each, { ...SEARCHED, kind: 'retry', readyAtMs: opensAtMs(each) });
    return half;
  }

  /** While the stream rejects everything, no half shows anything. All entries are sent again one by one. */
  #endSearch(nowMs: number): void {
    for (const each of this.#search.end()) this.#apply(each, { ...SEARCHED, kind: 'retry', readyAtMs: nowMs });
  }

  /** Sends one request and applies the result of each entry. */
  async #send(half: Half): Promise<void> {
    const { evidence } = this.#parts;
    const { packedEntries } = half;
    const request = evidence.sends();
    this.#batchMetrics.sent(packedEntries);
    const result = await exchange(packedEntries, this.#parts);
    if (result.kind !== 'answered') {
      this.#hearFailure(half, result);
      return;
    }
    this.#requestSize.answered();
    const takenCount = this.#hearReplies(packedEntries, result.replies);
    if (takenCount > 0) evidence.takes(request);
    if (half.own !== undefined) half.own.isStored = takenCount === packedEntries.length;
  }

  #hearFailure(half: Half, result: RequestFailure): void {
    const { clock, meter } = this.#parts;
    const { packedEntries } = half;
    meter.count('RequestsFailed');
    for (const packedEntry of packedEntries) countFailure(packedEntry);
    switch (result.kind) {
      case 'retry':
        if (result.failure.mayBeWritten) {
          meter.count('RequestsAmbiguous');
          this.#requestSize.lost(packedEntries);
        }
        this.#sendAgain(packedEntries, result.failure, this.#retryAtMs(packedEntries));
        break;
      case 'fatal':
        this.#gate.trip(clock.nowMs());
        this.#sendAgain(packedEntries, result.failure, clock.nowMs());
        break;
      case 'rejected':
        this.#hearRejection(half, result.failure);
        break;
      default:
        assertNever(result);
    }
  }

  /** @returns the number of stored entries */
  #hearReplies(packedEntries: readonly PackedEntry[], replies: readonly EntryReply[]): number {
    this.#gate.answered();
    const wallTimeMs = this.#parts.clock.wallTimeMs();
    const isTrusted = replies.length === packedEntries.length;
    const refusals: Refusal[] = [];
    for (const [index, packedEntry] of packedEntries.entries()) {
      const reply = isTrusted ? replies[index] : undefined;
      const failure = classifyEntry(reply);
      if (failure !== undefined) refusals.push(this.#refuse(packedEntry, failure, reply));
      else this.#acknowledge(packedEntry, reply as EntryReply, wallTimeMs);
    }
    for (const [shardId, refused] of Map.groupBy(refusals, ({ throttledBy }) => throttledBy)) {
      const retryAtMs = this.#retryAtMs(refused.map(({ packedEntry }) => packedEntry));
      if (shardId !== undefined) this.#shardBackoff.backOff(shardId, retryAtMs);
      for (const { packedEntry, failure } of refused) {
        this.#apply(packedEntry, { kind: 'retry', failure, readyAtMs: retryAtMs, shardId });
      }
    }
    return packedEntries.length - refusals.length;
  }

  #acknowledge(packedEntry: PackedEntry, reply: EntryReply, wallTimeMs: number): void {
    this.#batchMetrics.acknowledged(packedEntry, reply, wallTimeMs);
    for (const record of packedEntry.entry.records) this.#parts.evidence.forget(record);
    this.#apply(packedEntry, { kind: 'written', shardId: reply.shardId });
  }

  #refuse(packedEntry: PackedEntry, failure: RecordFailure, reply: EntryReply | undefined): Refusal {
    const throttledBy = failure.code === 'throttled' ? reply?.shardId : undefined;
    this.#parts.meter.count('EntriesRefused');
    if (failure.code === 'throttled') this.#batchMetrics.throttled(throttledBy, 1);
    countFailure(packedEntry);
    return { packedEntry, failure, throttledBy };
  }

  /** Kinesis rejects a whole request because of one bad entry. So halves are sent until the bad entry stands alone. */
  #hearRejection(half: Half, failure: RecordFailure): void {
    const { packedEntries, others } = half;
    const first = packedEntries[0] as PackedEntry;
    if (packedEntries.length > 1) {
      this.#gate.rejected(this.#parts.clock.nowMs());
      for (const packedEntry of packedEntries) this.#apply(packedEntry, SEARCHED);
      this.#search.halve(half);
      return;
    }
    const { clock, evidence, preflight } = this.#parts;
    const nowMs = clock.nowMs();
    const recordBytesMax = preflight.recordBytesMax();
    const judge = { evidence, gate: this.#gate, recordBytesMax, nowMs };
    const result = judgeRejection(first, { failure, others }, judge);
    if (result !== 'poison') {
      this.#apply(first, result);
      return;
    }
    const { lane } = first.slices[0] as LaneSlice;
    const item = lane.head as Item;
    evidence.confirmPoison(item.record, nowMs);
    this.#bury({ lane, item, failure, stage: 'writing' });
  }

  #sendAgain(packedEntries: readonly PackedEntry[], failure: RecordFailure, readyAtMs: number): void {
    for (const packedEntry of packedEntries) this.#apply(packedEntry, { kind: 'retry', failure, readyAtMs });
  }

  /** Applies what became of an entry to its lanes, and releases them, unless a search for a bad entry keeps them claimed. */
  #apply({ slices }: PackedEntry, result: SliceResult): void {
    for (const slice of slices) {
      for (const settlement of slice.lane.apply(slice, result)) this.#parts.outcomes.record(settlement);
      if (result.kind !== 'searched') this.#lanes.place(slice.lane);
    }
  }

  /** Entries that failed together get one retry time, so that they are sent again together. */
  #retryAtMs(packedEntries: readonly PackedEntry[]): number {
    const { clock, random } = this.#parts;
    const attempts = packedEntries.flatMap(({ slices }) => slices.map(({ lane }) => lane.trial.attempts));
    const most = attempts.reduce((max, each) => Math.max(max, each), 1);
    return clock.nowMs() + fullJitterMs(most, random());
  }
}

/** Counts a failed attempt of the entry. */
function countFailure({ slices }: PackedEntry): void {
  for (const { lane } of slices) lane.countFailure();
}

/** One lane, which makes one entry. Bad records are often in neighbouring lanes, so the lane is chosen at random. */
function anyOf(lanes: readonly Lane[], random: number): readonly Lane[] {
  const index = Math.floor(random * lanes.length);
  return lanes.slice(index, index + 1);
}
