import { RETRY_DELAY_MS_MAX } from '../../scenario/promised.ts';
import type { Violation } from '../violation.ts';

/** What one request tells of the lanes in it. */
export interface SentEntry {
  /** Lanes with records in it; none of those that are in order with nothing. */
  readonly lanes: readonly string[];
  /** Of its records. */
  readonly positions: readonly string[];
}

export interface EntryAnswer {
  readonly shardId: string | undefined;
  readonly isThrottled: boolean;
}

interface Waiting {
  readonly positions: ReadonlySet<string>;
  /** Nobody waits longer than that for a shard: it takes so much a second. */
  readonly untilMs: number;
}

interface Answered {
  readonly entries: readonly SentEntry[];
  readonly answers: readonly EntryAnswer[];
  readonly nowMs: number;
}

/** What one invocation was told of the shards. */
interface Told {
  /** The shard that last stored or refused records of a lane. */
  readonly shardByLane: Map<string, string>;
  /** By shard: records that it refused because it is full, and that wait to be sent again. */
  readonly waiting: Map<string, Waiting>;
}

/** Whoever was told that a shard is full sends nothing more there before what was refused is tried again, or could be. */
export class ShardManners {
  readonly violations: Violation[] = [];
  readonly #told = new Map<string, Told>();

  /** The process decides to send this request. */
  decided(invocation: string, entries: readonly SentEntry[], nowMs: number): void {
    const { shardByLane, waiting } = this.#toldTo(invocation);
    const sent = new Set(entries.flatMap(({ positions }) => positions));
    for (const [shardId, { positions, untilMs }] of waiting) {
      if (nowMs >= untilMs || [...positions].some((position) => sent.has(position))) waiting.delete(shardId);
    }
    for (const { lanes, positions } of entries) {
      const full = lanes.map((lane) => shardByLane.get(lane)).find((shardId) => shardId && waiting.has(shardId));
      if (full === undefined) continue;
      const message = `invocation ${invocation} sends ${positions[0]} to ${full}, which has just said that it is full`;
      this.violations.push({ guarantee: 'G5', message });
    }
  }

  /** The process heard these answers to the entries of a request. */
  answered(invocation: string, { entries, answers, nowMs }: Answered): void {
    if (answers.length !== entries.length) return;
    const { shardByLane, waiting } = this.#toldTo(invocation);
    for (const [index, { shardId, isThrottled }] of answers.entries()) {
      const entry = entries[index];
      if (shardId === undefined || entry === undefined) continue;
      for (const lane of entry.lanes) shardByLane.set(lane, shardId);
      if (!isThrottled) continue;
      const positions = new Set([...(waiting.get(shardId)?.positions ?? []), ...entry.positions]);
      waiting.set(shardId, { positions, untilMs: nowMs + RETRY_DELAY_MS_MAX });
    }
  }

  #toldTo(invocation: string): Told {
    const known = this.#told.get(invocation);
    if (known !== undefined) return known;
    const told = { shardByLane: new Map<string, string>(), waiting: new Map<string, Waiting>() };
    this.#told.set(invocation, told);
    return told;
  }
}
