import { serviceHashKey } from '../../../support/kpl/hash-key.ts';
import type { Random } from '../../scenario/random.ts';
import type { ProducedRecord } from '../kafka-log.ts';

/** A record as a consumer of the stream gets it, taken out of its aggregate where it was in one. */
export interface StoredRecord {
  /** Undefined: nobody produced it. */
  readonly record: ProducedRecord | undefined;
  readonly position: string;
  readonly partitionKey: string;
  /** By which Kinesis chose the shard. */
  readonly hashKey: bigint;
  readonly dataBase64: string;
}

/** What decides about an entry's shard. */
export interface Routing {
  readonly partitionKey: string;
  readonly explicitHashKey: string | undefined;
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html */
export const routedBy = ({ partitionKey, explicitHashKey }: Routing): bigint =>
  explicitHashKey === undefined ? serviceHashKey(partitionKey) : BigInt(explicitHashKey);

export interface Shard {
  readonly id: string;
  /** Of 2^16 parts of the hash keys, `from` included, `to` not. */
  readonly from: number;
  readonly to: number;
}

/** As the service counts them: ascending within a shard. */
export interface Place {
  readonly shardId: string;
  readonly sequenceNumber: string;
}

const HASHES = 2 ** 16;
/** Small, so that numbers get another digit within a story. */
const STEP_MAX = 4;
const HASH_KEYS_EACH = 2n ** 112n;

/** The hash keys of a shard, both ends included. */
export const rangeOf = ({ from, to }: Shard) => ({
  first: BigInt(from) * HASH_KEYS_EACH,
  last: BigInt(to) * HASH_KEYS_EACH - 1n,
});

/**
 * Shards by ranges of hash keys, each with what was stored in it. What is stored in a child is behind all
 * that is in its parents. https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html
 */
export class Stream {
  /** In the order of their sequence numbers. */
  readonly stored: (StoredRecord & Place)[] = [];
  readonly #random: Random;
  readonly #isCountedByShard: boolean;
  readonly #lastNumbers = new Map<string, number>();
  readonly #inSecond = new Map<string, { second: number; count: number }>();
  #shards: Shard[];
  #shardCount = 0;
  #entryCount = 0;
  #reshardCount = 0;

  /** @param isCountedByShard each by itself, in steps; otherwise one line for all shards */
  constructor(shardCount: number, random: Random, isCountedByShard = false) {
    this.#random = random;
    this.#isCountedByShard = isCountedByShard;
    const bound = (index: number) => Math.floor((index * HASHES) / shardCount);
    this.#shards = Array.from({ length: shardCount }, (_, index) => this.#newShard(bound(index), bound(index + 1)));
  }

  get shards(): readonly Shard[] {
    return this.#shards;
  }

  get isResharded(): boolean {
    return this.#reshardCount > 0;
  }

  shardOf(routing: Routing): Shard {
    const hashKey = Number(routedBy(routing) / HASH_KEYS_EACH);
    const shard = this.#shards.find(({ from, to }) => from <= hashKey && hashKey < to);
    if (shard === undefined) throw new Error(`no open shard holds hash key ${hashKey}`);
    return shard;
  }

  /** How many entries the shard was offered in this second, with this one. */
  countInSecond({ id }: Shard, nowMs: number): number {
    const second = Math.floor(nowMs / 1_000);
    const known = this.#inSecond.get(id);
    const count = known?.second === second ? known.count + 1 : 1;
    this.#inSecond.set(id, { second, count });
    return count;
  }

  /** @param records what a consumer gets of the entry */
  store(shard: Shard, records: readonly StoredRecord[]): Place {
    const place = { shardId: shard.id, sequenceNumber: this.#nextNumberOf(shard) };
    for (const record of records) this.stored.push({ ...record, ...place });
    return place;
  }

  #nextNumberOf({ id }: Shard): string {
    this.#entryCount += 1;
    if (!this.#isCountedByShard) return String(this.#entryCount).padStart(56, '0');
    const number = (this.#lastNumbers.get(id) ?? this.#random.integer(0, STEP_MAX)) + this.#random.integer(1, STEP_MAX);
    this.#lastNumbers.set(id, number);
    return String(number);
  }

  /** A shard is split into two, or two neighbours are merged: the children take what comes from now on. */
  reshard(): void {
    this.#reshardCount += 1;
    const isMerge = this.#shards.length > 1 && this.#random.chance(0.5);
    const index = this.#random.integer(0, this.#shards.length - (isMerge ? 2 : 1));
    const parents = this.#shards.slice(index, index + (isMerge ? 2 : 1));
    const from = parents[0]?.from ?? 0;
    const to = parents.at(-1)?.to ?? HASHES;
    const middle = Math.floor((from + to) / 2);
    const children = isMerge ? [this.#newShard(from, to)] : [this.#newShard(from, middle), this.#newShard(middle, to)];
    this.#shards.splice(index, parents.length, ...children);
  }

  #newShard(from: number, to: number): Shard {
    this.#shardCount += 1;
    return { id: `shardId-${String(this.#shardCount - 1).padStart(12, '0')}`, from, to };
  }
}
