import { createHash } from 'node:crypto';
import type { Random } from '../model/random.ts';
import type { ProducedRecord } from './kafka-log.ts';

/** An entry as the stream holds it. */
export interface StoredEntry {
  /** Undefined: nobody produced it. */
  readonly record: ProducedRecord | undefined;
  readonly position: string;
  readonly partitionKey: string;
  readonly dataBase64: string;
}

export interface Shard {
  readonly id: string;
  /** Of 2^16 hash keys, `from` included, `to` not: the first two bytes of the MD5 decide. */
  readonly from: number;
  readonly to: number;
}

/** As the service counts them: one line for all shards, and so ascending within each. */
export interface Place {
  readonly shardId: string;
  readonly sequenceNumber: string;
}

const HASHES = 2 ** 16;

/**
 * Shards by ranges of the partition key's MD5, each with what was stored in it. What is stored in a child is behind all
 * that is in its parents. https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html
 */
export class Stream {
  /** In the order of their sequence numbers. */
  readonly stored: (StoredEntry & Place)[] = [];
  readonly #random: Random;
  readonly #inSecond = new Map<string, { second: number; count: number }>();
  #shards: Shard[];
  #shardCount = 0;

  constructor(shardCount: number, random: Random) {
    this.#random = random;
    const bound = (index: number) => Math.floor((index * HASHES) / shardCount);
    this.#shards = Array.from({ length: shardCount }, (_, index) => this.#newShard(bound(index), bound(index + 1)));
  }

  get shards(): readonly Shard[] {
    return this.#shards;
  }

  shardOf(partitionKey: string): Shard {
    const hashKey = createHash('md5').update(partitionKey).digest().readUInt16BE(0);
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

  store(entry: StoredEntry): Place {
    const place = {
      shardId: this.shardOf(entry.partitionKey).id,
      sequenceNumber: String(this.stored.length + 1).padStart(56, '0'),
    };
    this.stored.push({ ...entry, ...place });
    return place;
  }

  /** A shard is split into two, or two neighbours are merged: the children take what comes from now on. */
  reshard(): void {
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
