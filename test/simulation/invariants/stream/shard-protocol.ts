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

/** A shard that has refused records because it is full. */
interface Full {
  /** Those that were not sent again since: any of them may be the one that is tried. No suspects: the others go before them. */
  readonly refused: Set<string>;
  /** Until one is tried nothing else is sent there, but nobody waits longer than that: a shard takes so much a second. */
  untilMs: number;
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
  readonly fullShards: Map<string, Full>;
  /** Records that were rejected alone: each is sent alone, one after another, as soon as any may be sent again. */
  readonly suspects: Set<string>;
}

/** Whoever was told that a shard is full sends nothing more there before what was refused is tried again, or could be. */
export class ShardManners {
  readonly #told = new Map<string, Told>();
  /** What was sent to a full shard, and by invocation, shard and time what was tried there: several requests begin at once. */
  readonly #sentToFull: { readonly moment: string; readonly message: string }[] = [];
  readonly #triedAt = new Set<string>();

  get violations(): readonly Violation[] {
    return this.#sentToFull
      .filter(({ moment }) => !this.#triedAt.has(moment))
      .map(({ message }) => ({ guarantee: 'G5', message }));
  }

  /** The process decides to send this request. */
  decided(invocation: string, entries: readonly SentEntry[], nowMs: number): void {
    const { shardByLane, fullShards, suspects } = this.#toldTo(invocation);
    const sent = entries.flatMap(({ positions }) => positions);
    const momentOf = (shardId: string) => `${invocation} ${shardId} ${nowMs}`;
    for (const [shardId, full] of fullShards) {
      const triedAgain = sent.filter((position) => full.refused.delete(position));
      if (triedAgain.length === 0) continue;
      full.untilMs = nowMs;
      this.#triedAt.add(momentOf(shardId));
    }
    for (const { lanes, positions } of entries) {
      const shardIds = lanes.flatMap((lane) => shardByLane.get(lane) ?? []);
      const shardId = shardIds.find((each) => (fullShards.get(each)?.untilMs ?? nowMs) > nowMs);
      if (shardId === undefined || positions.some((position) => suspects.has(position))) continue;
      const message = `invocation ${invocation} sends ${positions[0]} to ${shardId}, which has just said that it is full`;
      this.#sentToFull.push({ moment: momentOf(shardId), message });
    }
  }

  /** The process heard these answers to the entries of a request. */
  answered(invocation: string, { entries, answers, nowMs }: Answered): void {
    if (answers.length !== entries.length) return;
    const { shardByLane, fullShards, suspects } = this.#toldTo(invocation);
    for (const [index, { shardId, isThrottled }] of answers.entries()) {
      const entry = entries[index];
      if (shardId === undefined || entry === undefined) continue;
      for (const lane of entry.lanes) shardByLane.set(lane, shardId);
      const triable = entry.positions.filter((position) => !suspects.has(position));
      if (!isThrottled || triable.length === 0) continue;
      const refused = new Set([...(fullShards.get(shardId)?.refused ?? []), ...triable]);
      fullShards.set(shardId, { refused, untilMs: nowMs + RETRY_DELAY_MS_MAX });
    }
  }

  /** The process heard that a request of these records was rejected. */
  rejected(invocation: string, positions: readonly string[]): void {
    const [position] = positions;
    if (position !== undefined && positions.length === 1) this.#toldTo(invocation).suspects.add(position);
  }

  #toldTo(invocation: string): Told {
    const known = this.#told.get(invocation);
    if (known !== undefined) return known;
    const told: Told = { shardByLane: new Map(), fullShards: new Map(), suspects: new Set() };
    this.#told.set(invocation, told);
    return told;
  }
}
